import assert from "node:assert/strict";
import { goOnCommand, type GoOnFacts } from "../../../src/dashboard/run_text/next_steps.ts";
import { summaryLines } from "../../../src/dashboard/summary/end_card.ts";
import { changed, replay, stream } from "../replay.ts";

const RESUME = "deno task train --resume R";

function after(reason: GoOnFacts["reason"], facts: Partial<GoOnFacts> = {}): string | null {
  const stopping = { patience: 5, wait: 5 };
  const known = { run: "R", command: "deno task", epochs: 30, planned: 100, saved: true };
  return goOnCommand({ ...known, reason, stopping, ...facts });
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
  assert.equal(after("early_stopping", { stopping: { patience: 0, wait: 1 } }), `${RESUME} --patience 2`);
  assert.equal(after("early_stopping", { stopping: null }), `${RESUME} --patience 10`);
});

Deno.test("a run that early stopping ended after its last epoch needs more of both", () => {
  assert.equal(after("early_stopping", { planned: 30 }), `${RESUME} --epochs 60 --patience 10`);
});

Deno.test("a run that has waited longer than twice its patience, because of a baseline, gets enough", () => {
  assert.equal(after("early_stopping", { stopping: { patience: 2, wait: 11 } }), `${RESUME} --patience 13`);
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
