import assert from "node:assert/strict";
import { goOnCommand, type GoOnFacts } from "../../../src/dashboard/run_text/next_steps.ts";
import { summaryLines } from "../../../src/dashboard/summary/end_card.ts";
import { changed, replay, stream } from "../replay.ts";

const RESUME = "deno task train --resume R";

function after(reason: GoOnFacts["reason"], facts: Partial<GoOnFacts> = {}): string | null {
  return goOnCommand({ run: "R", command: "deno task", reason, epochs: 30, patience: 5, saved: true, ...facts });
}

Deno.test("a run that was cut short is resumed; one that failed only if it has a checkpoint", () => {
  for (const reason of ["stopped", "interrupted", "lost", "failed"] as const) assert.equal(after(reason), RESUME);
  for (const reason of ["stopped", "interrupted", "lost"] as const) {
    assert.equal(after(reason, { saved: false, epochs: 0 }), RESUME, "extraction goes on too");
  }
  assert.equal(after("failed", { saved: false }), null);
});

Deno.test("a run that reached its end is extended: to twice its epochs, or with twice its patience", () => {
  assert.equal(after("completed"), `${RESUME} --epochs 60`);
  assert.equal(after("early_stopping"), `${RESUME} --patience 10`);
  assert.equal(after("early_stopping", { patience: 0 }), `${RESUME} --patience 2`);
  assert.equal(after("early_stopping", { patience: null }), `${RESUME} --patience 10`);
});

Deno.test("a run whose loss was not a number has no command that goes on", () => {
  assert.equal(after("nan"), null);
});

Deno.test("every end summary names the one command that goes on, and after a NaN loss none", () => {
  const lines = (how: "ended" | "lost", state = replay(stream("lesson"))) =>
    summaryLines({ how, state }).filter((line) => line.startsWith("  go on"));
  const id = "20261123-205501-densenet121-dollarstreet";
  assert.deepEqual(lines("ended"), [`  go on       deno task train --resume ${id} --patience 10`]);
  assert.deepEqual(lines("ended", replay(stream("nan"))), []);
  const cut = replay(stream("lesson").filter(({ type }) => type !== "end"));
  assert.deepEqual(lines("lost", cut), [`  go on       deno task train --resume ${id}`]);
  assert.deepEqual(lines("ended", changed(cut, { view: { lost: true } })), [
    `  go on       deno task train --resume ${id}`,
  ]);
});
