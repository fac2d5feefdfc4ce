import assert from "node:assert/strict";
import { plain } from "../plain.ts";
import { featureSource } from "../../src/training/batches.ts";
import { Control } from "../../src/training/control.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import { eagerSteps } from "../../src/training/steps.ts";
import { train, type TrainingEvent } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import { eventsOf, MADE_UP, type MadeUpOptions, madeUpOptions, madeUpSet, stepsSpec } from "./made_up.ts";

const { tf } = await tensorflowEngine();

/** Trains to the end and asserts that no tensor is left. `react` may answer events with commands. */
async function run(
  options: MadeUpOptions,
  react: (event: TrainingEvent, control: Control) => void = () => {},
  from: TrainingSnapshot | null = null,
  data = MADE_UP,
): Promise<TrainingEvent[]> {
  const before = tf.memory().numTensors;
  const control = new Control();
  const events: TrainingEvent[] = [];
  for await (const event of train(eagerSteps(tf, stepsSpec(options)), data, options, control, from)) {
    events.push(event);
    react(event, control);
  }
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
  return events;
}

function last(events: readonly TrainingEvent[]): TrainingSnapshot {
  const found = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last");
  assert.ok(found, "no last snapshot");
  return found.snapshot;
}

Deno.test("a run without early stopping completes all its epochs and learns", async () => {
  const events = await run(madeUpOptions({ epochs: 12 }));
  const end = eventsOf(events, "end")[0];
  assert.equal(end?.reason, "completed");
  assert.equal(end.history.loss.length, 12);
  assert.ok((end.history.val_accuracy.at(-1) ?? 0) > 0.6, `val_accuracy ${end.history.val_accuracy.at(-1)}`);
  assert.equal(events.at(-1)?.type, "end");
});

Deno.test("the last, smaller batch is used: 100 images in batches of 32 are four steps", async () => {
  const events = await run(madeUpOptions({ epochs: 1 }));
  assert.deepEqual(eventsOf(events, "step").map(({ step, steps }) => [step, steps]), [[1, 4], [2, 4], [3, 4], [4, 4]]);
});

Deno.test("a last batch of a single image is trained on too", async () => {
  const events = await run(madeUpOptions({ epochs: 1, batchSize: 99 }));
  assert.equal(eventsOf(events, "step").length, 2);
  assert.equal(eventsOf(events, "end")[0]?.reason, "completed");
});

Deno.test("the same seed gives identical weights and figures, and another seed different ones", async () => {
  const [first, second, other] = [
    await run(madeUpOptions()),
    await run(madeUpOptions()),
    await run(madeUpOptions({ seed: 3 })),
  ];
  assert.deepEqual(last(first), last(second));
  assert.notDeepEqual(last(first).history, last(other).history);
});

Deno.test("a run continued from a snapshot within an epoch ends bit-identically to an uncut run", async () => {
  const options = madeUpOptions({ restoreBest: true });
  const whole = await run(options);
  const cut = await run(options, (event, control) => {
    if (event.type === "step" && event.epoch === 3 && event.step === 2) control.requestStop();
  });
  const middle = last(cut);
  assert.deepEqual([middle.epoch, middle.step], [2, 2]);
  assert.deepEqual(last(await run(options, undefined, middle)), last(whole));
});

Deno.test("a run with class weights continued within an epoch ends bit-identically too, with the history of every figure", async () => {
  const options = madeUpOptions({ classWeights: [0.5, 2, 1, 1.5] });
  const whole = last(await run(options));
  const cut = await run(options, (event, control) => {
    if (event.type === "step" && event.epoch === 3 && event.step === 2) control.requestStop();
  });
  assert.deepEqual(last(await run(options, undefined, last(cut))), whole);
  // A checkpoint of an older version has no class figures of its epochs.
  const { val_macro_f1: _, ...old } = last(cut).history;
  const { history } = last(await run(options, undefined, { ...last(cut), history: old }));
  const figures = [null, null, ...[...whole.history.val_macro_f1 ?? []].slice(2)];
  assert.deepEqual(plain(history), plain({ ...whole.history, val_macro_f1: figures }));
});

Deno.test("a stop takes effect after the current batch, and the epoch it cuts reports no figures", async () => {
  const events = await run(madeUpOptions(), (event, control) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 1) control.requestStop();
  });
  assert.equal(eventsOf(events, "epoch").length, 1);
  assert.equal(eventsOf(events, "step").length, 5);
  assert.equal(eventsOf(events, "end")[0]?.reason, "stopped");
});

Deno.test("a stop by a signal has the reason interrupted and names the signal", async () => {
  const events = await run(madeUpOptions(), (event, control) => {
    if (event.type === "step") control.requestStop({ signal: "SIGTERM" });
  });
  const end = eventsOf(events, "end")[0];
  assert.deepEqual([end?.reason, end?.signal], ["interrupted", "SIGTERM"]);
});

Deno.test("a run stopped before its first step gives no snapshot", async () => {
  const before = tf.memory().numTensors;
  const control = new Control();
  control.requestStop();
  const events: TrainingEvent[] = [];
  for await (const event of train(eagerSteps(tf, stepsSpec(madeUpOptions())), MADE_UP, madeUpOptions(), control)) {
    events.push(event);
  }
  assert.deepEqual(events.map(({ type }) => type), ["end"]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a checkpoint requested within an epoch is made after the current batch", async () => {
  const events = await run(madeUpOptions({ epochs: 2 }), (event, control) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 3) control.requestCheckpoint("manual");
  });
  const manual = eventsOf(events, "snapshot").find(({ kind }) => kind === "manual");
  assert.deepEqual([manual?.snapshot.epoch, manual?.snapshot.step], [1, 3]);
});

Deno.test("a checkpoint requested before the first step is made after it and not lost", async () => {
  const control = new Control();
  control.requestCheckpoint("manual");
  const events: TrainingEvent[] = [];
  for await (
    const event of train(eagerSteps(tf, stepsSpec(madeUpOptions())), MADE_UP, madeUpOptions({ epochs: 1 }), control)
  ) events.push(event);
  const manual = eventsOf(events, "snapshot").filter(({ kind }) => kind === "manual");
  assert.deepEqual(manual.map(({ snapshot: { epoch, step } }) => [epoch, step]), [[0, 1]]);
});

Deno.test("a paused run is saved once, however often the timer fires, and the pause does not count as epoch time", async () => {
  const events = await run(madeUpOptions({ epochs: 2 }), (event, control) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 2) control.setPaused(true);
    if (event.type !== "paused") return;
    for (const afterMs of [50, 100, 150]) setTimeout(() => control.requestCheckpoint("last"), afterMs);
    setTimeout(() => control.setPaused(false), 400);
  });
  const kinds = eventsOf(events, "snapshot").filter(({ snapshot: { epoch, step } }) => epoch === 1 && step === 2);
  assert.deepEqual(kinds.map(({ kind }) => kind), ["last"]);
  assert.ok((eventsOf(events, "epoch")[1]?.seconds ?? 1) < 0.35, "the pause was counted");
});

Deno.test("a pause holds and saves the run until it is resumed and changes no figure", async () => {
  let pausedMs = 0;
  const events = await run(madeUpOptions(), (event, control) => {
    if (event.type === "step" && event.epoch === 2 && event.step === 2) control.setPaused(true);
    if (event.type === "paused") {
      pausedMs = performance.now();
      setTimeout(() => control.setPaused(false), 60);
    }
    if (event.type === "resumed") pausedMs = performance.now() - pausedMs;
  });
  assert.ok(pausedMs >= 55, `held for ${pausedMs} ms`);
  assert.deepEqual(last(events), last(await run(madeUpOptions())));
});

Deno.test("a pause is reported before the run is saved, because saving a large head takes long", async () => {
  const events = await run(madeUpOptions({ epochs: 1 }), (event, control) => {
    if (event.type === "step" && event.step === 1) control.setPaused(true);
    if (event.type === "snapshot") control.setPaused(false);
  });
  const at = events.findIndex(({ type }) => type === "paused");
  assert.deepEqual(events.slice(at - 1, at + 3).map(({ type }) => type), ["step", "paused", "snapshot", "resumed"]);
});

Deno.test("a stop ends a paused run", async () => {
  const events = await run(madeUpOptions(), (event, control) => {
    if (event.type === "step") control.setPaused(true);
    if (event.type === "paused") setTimeout(() => control.requestStop(), 5);
  });
  assert.equal(eventsOf(events, "end")[0]?.reason, "stopped");
});

Deno.test("early stopping ends the run when patience is exhausted and announces it one epoch before", async () => {
  const options = madeUpOptions({ epochs: 50, learningRate: 1e-9 });
  const events = await run({ ...options, earlyStopping: { ...options.earlyStopping, patience: 3 } });
  const end = eventsOf(events, "end")[0];
  assert.equal(end?.reason, "early_stopping");
  const states = eventsOf(events, "early_stopping");
  assert.equal(states.at(-1)?.state.wait, 3);
  assert.equal(states.at(-2)?.outlook.stopsNext, true);
  assert.equal(states.at(-3)?.outlook.stopsNext, false);
});

Deno.test("the best weights are restored on every kind of end if requested", async () => {
  const options = madeUpOptions({ restoreBest: true, epochs: 8, learningRate: 0.05 });
  for (const stopAt of [null, 7]) {
    const events = await run(options, (event, control) => {
      if (event.type === "step" && event.epoch === stopAt) control.requestStop();
    });
    const [restored] = eventsOf(events, "restored");
    const best = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "best");
    assert.ok(restored && best);
    assert.deepEqual(restored.weights, best.snapshot.weights);
    assert.equal(restored.epoch, best.snapshot.epoch);
  }
});

Deno.test("a loss that is not finite ends the run with reason nan", async () => {
  const set = madeUpSet(100, 4, 12, 1);
  set.features.fill(NaN, 0, 1);
  const broken = { ...MADE_UP, train: featureSource(set) };
  const events = await run(madeUpOptions(), undefined, null, broken);
  assert.equal(eventsOf(events, "end")[0]?.reason, "nan");
  assert.equal(eventsOf(events, "epoch").length, 0);
});
