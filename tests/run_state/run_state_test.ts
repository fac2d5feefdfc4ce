import assert from "node:assert/strict";
import { plain } from "../plain.ts";
import { parseEvent, type RunEvent } from "../../src/events.ts";
import { afterEvent, bestEpochOf, phaseOf, runStateOf, SILENT_RUN } from "../../src/run_state/run_state.ts";
import { event, stream } from "../dashboard/replay.ts";

Deno.test("folding a whole log gives the same state as applying its events one by one", () => {
  for (const name of ["lesson", "extracting", "nan", "overfit"] as const) {
    const events = stream(name);
    const half = Math.floor(events.length / 2);
    const expected = events.reduce(afterEvent, SILENT_RUN);
    assert.deepEqual(runStateOf(events), expected);
    assert.deepEqual(runStateOf(events.slice(half), runStateOf(events.slice(0, half))), expected);
  }
});

Deno.test("folding more events leaves the earlier state unchanged and copies the epochs only if one was added", () => {
  const events = stream("lesson");
  const before = runStateOf(events.slice(0, 60));
  const copy = plain(before);
  runStateOf(events.slice(60), before);
  assert.deepEqual(plain(before), copy);
  const said = runStateOf([event({ type: "log", level: "info", text: "x" })], before);
  assert.equal(said.epochs, before.epochs);
});

Deno.test("once training begins, the run's counts are those of decodable images; older runs lack this field", () => {
  const said = stream("lesson").find((one) => one.type === "run");
  assert.ok(said?.type === "run");
  const sizes = { train: [3, 19], validation: [2, 13] };
  const classes = { type: "classes", majority: { class: 1, accuracy: 0.5 }, weights: null } as const;
  const dataset = { ...said.dataset, train: 23, validation: 15, per_class: { train: [3, 20], validation: [2, 13] } };
  const told = runStateOf([{ ...said, dataset }, event({ ...classes, per_class: sizes })]);
  assert.deepEqual(told.facts?.dataset, { ...dataset, train: 22, per_class: sizes });
  assert.deepEqual(runStateOf([{ ...said, dataset }, event(classes)]).facts?.dataset, dataset);
});

Deno.test("100,000 epochs are folded in a single call", () => {
  const [first] = stream("lesson").filter((said) => said.type === "epoch");
  assert.ok(first);
  const state = runStateOf(Array.from({ length: 100_000 }, (_, index) => ({ ...first, epoch: index + 1 })));
  assert.equal(state.epochs.length, 100_000);
});

const FIGURES = [0.5, 0.56, 0.6, 0.58] as const;

/** Returns epochs with these figures, each followed by an early_stopping event whose reference stays at epoch 1. */
function events(v: 1 | 2): RunEvent[] {
  return FIGURES.flatMap((value, index) => {
    const head = { time: "2026-11-26T11:13:57.658Z", v };
    const stopping = {
      ...{ monitor: "val_accuracy", mode: "max", min_delta: 0.2, patience: 5, baseline: null },
      ...{ wait: index, stops_next: false },
    };
    const said = v === 1 ? { ...stopping, best: 0.5, best_epoch: 1 } : {
      ...stopping,
      // These values contradict the epochs on purpose: a viewer must believe the trainer.
      ...{ best: 0.58, best_epoch: 4, stops_after: 77 },
      ...{ start_from_epoch: 0, reference: 0.5, reference_epoch: 1, threshold: 0.7, baseline_reached: true },
    };
    return [
      {
        ...{
          ...head,
          seq: 2 * index + 1,
          type: "epoch",
          epoch: index + 1,
          epochs: 9,
          seconds: 1,
          learning_rate: 0.001,
        },
        ...{ loss: 1, accuracy: 0.5, val_loss: 1, val_accuracy: value },
      },
      { ...head, seq: 2 * index + 2, type: "early_stopping", ...said },
    ].map((raw) => parseEvent(raw)).filter((parsed) => parsed !== null);
  });
}

Deno.test("for version 1 the best epoch is computed from the epochs, and the reference stays as reported", () => {
  const state = runStateOf(events(1));
  assert.equal(bestEpochOf(state), 3);
  const { best, reference, reference_epoch, threshold, stops_after } = state.earlyStopping ?? {};
  assert.deepEqual([best, reference, reference_epoch, threshold, stops_after], [0.6, 0.5, 1, 0.7, 6]);
});

Deno.test("for version 1 exhausted patience means that the run stops after the epoch just finished", () => {
  const [epoch, stopping] = events(1).slice(-2);
  assert.ok(epoch?.type === "epoch" && stopping?.type === "early_stopping");
  const after = (change: Partial<typeof stopping>) =>
    runStateOf([epoch, { ...stopping, ...change }]).earlyStopping?.stops_after;
  assert.equal(after({ patience: 5, wait: 5 }), epoch.epoch);
  assert.equal(after({ patience: 5, wait: 4 }), epoch.epoch + 1);
  assert.equal(after({ patience: 0, wait: 0, reference_epoch: epoch.epoch }), epoch.epoch + 1, "it has improved");
});

Deno.test("from version 2 on the trainer's values are used and nothing is recomputed", () => {
  const state = runStateOf(events(2));
  assert.equal(bestEpochOf(state), 4);
  assert.equal(state.earlyStopping?.stops_after, 77);
});

Deno.test("paths in the state are safe to draw, while paths in the event still open the files they name", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a\x1b[31mb`;
  try {
    Deno.writeTextFileSync(path, "there");
    const said = event({ type: "checkpoint", path, epoch: 1, step: 0, kind: "best", bytes: 1 });
    const received = parseEvent(JSON.parse(JSON.stringify(said)));
    assert.ok(received?.type === "checkpoint");
    assert.equal(Deno.readTextFileSync(received.path), "there");
    assert.equal(runStateOf([received]).checkpoints[0]?.path, `${folder}/ab`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("the phase of a run can be told from the last events of its log alone", () => {
  const phases = stream("lesson").map((event) => [event.type, phaseOf(runStateOf([event]))] as const);
  for (const [type, phase] of phases) {
    if (["log", "control", "system", "end"].includes(type)) assert.equal(phase, null, type);
    else if (["epoch", "early_stopping", "checkpoint"].includes(type)) assert.equal(phase, "train", type);
    else assert.ok(phase, type);
  }
  assert.equal(phaseOf(runStateOf(stream("lesson"))), "train");
  assert.equal(phaseOf(runStateOf(stream("extracting"))), "extract");
});
