import assert from "node:assert/strict";
import { checkpointLines } from "../../../src/dashboard/panes/checkpoint_rows.ts";
import { epochsOf, type RunState } from "../../../src/run_state/run_state.ts";
import { event, lessonAfter, replay } from "../replay.ts";

const { run } = replay([
  event({ type: "checkpoint", path: "/r/epoch-0012-step-0007", epoch: 12, step: 7, kind: "manual", bytes: 658_000 }),
], lessonAfter(12));

function rows(monitor: string, change: Partial<RunState> = {}): string[] {
  assert.ok(run.earlyStopping);
  const watched = { ...run, ...change, earlyStopping: { ...run.earlyStopping, monitor } };
  return checkpointLines(watched, 5, 200);
}

Deno.test("the checkpoint pane shows the monitored figure, but none for weights from within an epoch", () => {
  const [best, manual] = rows("val_loss");
  assert.match(best ?? "", /^best {7}epoch-\d+ +val_loss \d\.\d{4} {2}\S+ {2}\S+ kB$/);
  assert.match(manual ?? "", /^requested {2}epoch-0012-step-0007 +\d+:\d+:\d+ {2}658 kB$/);
  assert.match(rows("val_accuracy")[0] ?? "", /val_accuracy 0\.\d{4} /);
  const epochs = epochsOf([...run.epochs].map((epoch) => ({ ...epoch, val_macro_f1: 0.5123 })));
  assert.match(rows("val_macro_f1", { epochs })[0] ?? "", /val_macro_f1 0\.5123 /);
});

Deno.test("between a best epoch and its checkpoint the pane does not call an older checkpoint the best", () => {
  const best = (state: { run: RunState }) => checkpointLines(state.run, 5, 200)[0] ?? "";
  // Epoch 21 is the best of the lesson's run. Its checkpoint comes after its early-stopping figures.
  const between = lessonAfter(21);
  assert.equal(between.run.earlyStopping?.best_epoch, 21);
  assert.equal(best(between), "best  epoch 21 is not saved yet");
  const saved = event({ type: "checkpoint", path: "/r/epoch-0021", epoch: 21, step: 0, kind: "best", bytes: 1 });
  assert.match(best(replay([saved], between)), /^best {2}epoch-0021 {2}val_accuracy 0\.6519/);
});

Deno.test("a checkpoint that a resume passed over is shown as damaged, and no longer as the last one", () => {
  const saved = event({ type: "checkpoint", path: "/r/epoch-0012", epoch: 12, step: 0, kind: "last", bytes: 1 });
  const before = replay([saved], lessonAfter(12));
  assert.match(checkpointLines(before.run, 5, 200).join("\n"), /^last .*epoch-0012/m);
  const resumed = event({
    type: "resume",
    checkpoint: "epoch-0011",
    epoch: 11,
    step: 0,
    early_stopping: null,
    seconds: { prepare: 1, extract: 1, train: 1 },
    damaged: [{ name: "epoch-0012", problem: "/r/epoch-0012/weights.bin was damaged or edited" }],
    changes: [],
  }, 2);
  const after = checkpointLines(replay([resumed], before).run, 5, 200);
  assert.equal(after.find((row) => row.includes("epoch-0012")), "damaged  epoch-0012  not used, see the log");
  assert.ok(!after.some((row) => row.startsWith("last")), after.join("\n"));
  // Saved again under its name, it is whole.
  const again = checkpointLines(replay([resumed, saved], before).run, 5, 200);
  assert.ok(!again.some((line) => line.startsWith("damaged")), again.join("\n"));
});

Deno.test("the pane lists the checkpoints that are kept for their figure, and those that are kept no longer leave it", () => {
  const saved = (epoch: number, kept: readonly number[]) =>
    event(
      {
        type: "checkpoint",
        path: `/r/epoch-${String(epoch).padStart(4, "0")}`,
        ...{ epoch, step: 0, kind: "last", bytes: 1000 },
        kept: kept.map((one) => ({ path: `/r/epoch-000${one}`, epoch: one, bytes: 2000 })),
      },
      1,
      epoch,
    );
  const before = lessonAfter(12);
  const lines = (state: { run: RunState }) => checkpointLines(state.run, 9, 200);
  const some = replay([saved(12, [4, 7])], before);
  const kept = lines(some).filter((line) => line.startsWith("kept"));
  assert.equal(kept.length, 2);
  assert.match(kept[0] ?? "", /^kept {2}epoch-0004 {2}val_accuracy 0\.\d{4} +2 kB$/);
  assert.equal(lines(some).filter((line) => line.startsWith("last")).length, 1);
  const others = lines(replay([saved(13, [7, 9])], some)).filter((line) => line.startsWith("kept"));
  assert.deepEqual(others.map((line) => line.slice(6, 16)), ["epoch-0007", "epoch-0009"]);
});

Deno.test("at every width all lines of the checkpoint pane have the same columns, and the monitored figure is kept longest", () => {
  const last = event({
    type: "checkpoint",
    path: "/r/epoch-0012-step-0009",
    epoch: 12,
    step: 9,
    kind: "last",
    bytes: 658_000,
  });
  const asked = event({
    type: "checkpoint",
    path: "/r/epoch-0011",
    epoch: 11,
    step: 0,
    kind: "manual",
    bytes: 658_000,
  });
  const state = replay([last, asked], lessonAfter(12)).run;
  for (let width = 24; width <= 100; width++) {
    const lines = checkpointLines(state, 9, width);
    const has = (pattern: RegExp) => lines.map((line) => pattern.test(line));
    assert.equal(new Set(has(/ \d+:\d+:\d+/)).size, 1, lines.join("\n"));
    assert.equal(new Set(has(/ kB$/)).size, 1, lines.join("\n"));
    const places = lines.flatMap((line) => line.match(/0\.\d{4}/)?.index ?? []);
    assert.ok(new Set(places).size <= 1, lines.join("\n"));
    if (width >= 39) assert.equal(places.length, 2, `${width}: ${lines.join("\n")}`);
    if (width >= 39) assert.ok(lines.every((line) => line.length <= width), lines.join("\n"));
  }
});
