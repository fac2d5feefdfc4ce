import assert from "node:assert/strict";
import { RUNS, toLines } from "../fixtures/runs/make.ts";

for (const [name, make] of Object.entries(RUNS)) {
  Deno.test(`fixtures/runs/${name}.jsonl is the output of make.ts`, () => {
    const file = new URL(`../fixtures/runs/${name}.jsonl`, import.meta.url);
    assert.equal(Deno.readTextFileSync(file), toLines(make()));
  });
}
