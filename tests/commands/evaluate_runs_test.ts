/** The progress of `compare` and `report` in a pipe or a job's log. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { programArgs } from "../../src/program.ts";
import { emptyFeatureCache } from "../process.ts";
import { withImageRun } from "../results/image_run.ts";

Deno.test("compare and report say of each run how many images were read and how many have features", () =>
  withImageRun([], async ({ directory }) => {
    const second = `${directory}-second`;
    cpSync(directory, second, { recursive: true, verbatimSymlinks: true });
    const script = fileURLToPath(new URL("evaluate_runs_child.ts", import.meta.url));
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: programArgs(script, directory, second),
      ...{ stdin: "null", env: emptyFeatureCache(join(directory, "..")) },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    assert.equal(new TextDecoder().decode(stdout), "18\n18\n");
    for (const run of [directory, second]) {
      const lines = said.split("\n").filter((line) => line.startsWith(`headlight: ${basename(run)}: `));
      assert.ok(lines.some((line) => /: reading \d+ of 18 images$/.test(line)), said);
      assert.match(lines.at(-1) ?? "", /: 18 of 18 images/);
    }
  }));
