import assert from "node:assert/strict";
import type { EventBody, RunEvent } from "../../src/events.ts";
import { standingEvents } from "../../src/run_state/standing_events.ts";
import { event, stream } from "../dashboard/replay.ts";

const resume = (epoch: number): RunEvent =>
  event({
    type: "resume",
    checkpoint: null,
    epoch,
    step: 0,
    early_stopping: null,
    seconds: { prepare: 0, extract: 0, train: 0 },
    changes: [],
  });

/** Returns the number of the epoch that each event of a type is about, from the figures in it. */
function epochsOf(events: readonly RunEvent[]): number[] {
  return events.flatMap((one) => one.type === "epoch" ? [one.epoch] : []);
}

Deno.test("all events of a run that was never resumed still hold", () => {
  const events = stream("lesson");
  assert.deepEqual(standingEvents(events), events);
});

Deno.test("cut after any event and gone on with from any earlier epoch, a run's epochs, early stopping and end are those of the unbroken run", () => {
  const events = stream("lesson");
  const compared = (all: readonly RunEvent[]) =>
    standingEvents(all).filter(({ type }) => type === "epoch" || type === "early_stopping" || type === "end");
  const ends = events.flatMap((one, index) => one.type === "early_stopping" ? [index] : []);
  let tried = 0;
  for (let cut = 0; cut <= events.length; cut += 7) {
    const finished = ends.filter((index) => index < cut).length;
    for (const from of new Set([0, Math.floor(finished / 2), finished])) {
      const rest = events.slice(from === 0 ? 0 : (ends[from - 1] ?? 0) + 1);
      const twice = [...events.slice(0, cut), resume(from), ...rest];
      assert.deepEqual(compared(twice), compared(events), `cut ${cut}, from ${from}`);
      tried++;
    }
  }
  assert.ok(tried > 30, `${tried}`);
});

Deno.test("a resume takes back an earlier end and what was said of later epochs, but neither messages nor an earlier resume", () => {
  const [first] = stream("lesson").filter((one) => one.type === "epoch");
  assert.ok(first);
  const confusion: EventBody = { type: "confusion", epoch: 2, cells: [] };
  const log: EventBody = { type: "log", level: "info", text: "x" };
  const end = stream("lesson").find((one) => one.type === "end");
  assert.ok(end);
  const said = standingEvents([
    ...[resume(3), first, { ...first, epoch: 2 }, event(confusion), event(log), end],
    ...[resume(1), { ...first, epoch: 2 }],
  ]);
  assert.deepEqual(said.map(({ type }) => type), ["resume", "epoch", "log", "resume", "epoch"]);
  assert.deepEqual(epochsOf(said), [1, 2]);
});
