/** A training that goes on from any of its states ends as one that was never interrupted, bit for bit. */
import assert from "node:assert/strict";
import type { EarlyStoppingOptions } from "../../src/training/early_stopping.ts";
import { featureSource } from "../../src/training/batches.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import { eagerSteps } from "../../src/training/steps.ts";
import { Control } from "../../src/training/control.ts";
import { train, type TrainingEvent } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import {
  assertSame,
  assertSameWhereverCut,
  lastOf,
  said,
  SAME_WHEREVER_CUT,
  trainFrom,
  type Training,
  trainUntil,
} from "./interrupted.ts";
import { eventsOf, MADE_UP, type MadeUpOptions, madeUpOptions, madeUpSet, stepsSpec } from "./made_up.ts";
import { MADE_UP_PIXELS, scratchSpec } from "./made_up_pixels.ts";

const { tf } = await tensorflowEngine();

function headTraining(change: Partial<MadeUpOptions> = {}): Training {
  const options = madeUpOptions(change);
  return { options, data: MADE_UP, steps: () => eagerSteps(tf, stepsSpec(options)) };
}

function stopping(change: Partial<EarlyStoppingOptions>): { earlyStopping: EarlyStoppingOptions } {
  return { earlyStopping: { ...madeUpOptions().earlyStopping, ...change } };
}

const short = { epochs: 3 } as const;
const graphOptions = madeUpOptions({ epochs: 2, restoreBest: true });
const EVERYWHERE: Readonly<Record<string, Training>> = {
  "a head whose images are shuffled in blocks": headTraining({ ...short, shuffleTogether: 32 }),
  "a head, op by op": headTraining({ ...short, restoreBest: true }),
  "a head as a graph": {
    options: graphOptions,
    data: MADE_UP,
    steps: () => new GraphSteps(tf, stepsSpec(graphOptions), { mostPerCall: 1 }),
  },
  "a head with class weights": headTraining({ ...short, classWeights: [0.5, 2, 1, 1.5] }),
  "a linear head": headTraining({ ...short, head: "linear" }),
  "a network from scratch": {
    options: madeUpOptions({ epochs: 2, batchSize: 16 }),
    data: MADE_UP_PIXELS,
    steps: () => eagerSteps(tf, scratchSpec("lesson-cnn")),
  },
};

for (const [what, training] of Object.entries(EVERYWHERE)) {
  Deno.test(`${what}: ${SAME_WHEREVER_CUT}`, () => assertSameWhereverCut(training));
}

Deno.test("a state taken exactly at an epoch's end belongs to the next epoch's start, and gives no empty epoch", async () => {
  const training = headTraining(short);
  const states: TrainingSnapshot[] = [];
  const whole = await trainFrom(training, null, (event, control) => {
    if (event.type === "step" && event.step === event.steps) control.requestCheckpoint("manual");
    if (event.type === "snapshot" && event.kind === "manual") states.push(event.snapshot);
  });
  assert.deepEqual(states.map(({ epoch, step, sums }) => [epoch, step, sums.count]), [[1, 0, 0], [2, 0, 0], [3, 0, 0]]);
  for (const state of states) {
    const { events, last } = await trainFrom(training, state);
    assert.deepEqual(
      eventsOf(events, "epoch").map(({ epoch }) => epoch),
      [1, 2, 3].filter((epoch) => epoch > state.epoch),
    );
    assert.deepEqual(last, whole.last);
  }
});

Deno.test("a state saved right after a resume is the one that was resumed, and can be resumed again", async () => {
  const training = headTraining({ ...short, restoreBest: true });
  const whole = await trainFrom(training);
  let state = (await trainUntil(training, { epoch: 1, step: 2 })).last;
  const cut = state;
  for (let again = 0; again < 3; again++) {
    state = await stoppedAtOnce(training, state);
    assert.deepEqual(state, cut);
  }
  assert.deepEqual((await trainFrom(training, state)).last, whole.last);
});

/** Resumes a training with a request to stop, so that it trains no step. */
async function stoppedAtOnce(training: Training, from: TrainingSnapshot): Promise<TrainingSnapshot> {
  const control = new Control();
  control.requestStop();
  const events: TrainingEvent[] = [];
  for await (const event of train(training.steps(), training.data, training.options, control, from)) events.push(event);
  assert.equal(eventsOf(events, "step").length, 0);
  return lastOf(events);
}

Deno.test("Adam's moments and step are those of the interrupted training, not empty", async () => {
  const training = headTraining(short);
  const { last: { optimizer } } = await trainUntil(training, { epoch: 1, step: 3 });
  assert.equal(optimizer.step, 7);
  for (const moments of [optimizer.m, optimizer.v]) {
    for (const [name, values] of Object.entries(moments)) assert.ok(values.some((value) => value !== 0), name);
  }
  const cut = (await trainUntil(training, { epoch: 1, step: 3 })).last;
  const empty = { ...optimizer, m: zeros(optimizer.m), v: zeros(optimizer.v) };
  const whole = (await trainFrom(training)).last;
  assert.deepEqual((await trainFrom(training, cut)).last, whole);
  // The comparison notices lost moments.
  assert.notDeepEqual((await trainFrom(training, { ...cut, optimizer: empty })).last.weights, whole.weights);
});

function zeros(moments: TrainingSnapshot["optimizer"]["m"]): TrainingSnapshot["optimizer"]["m"] {
  return Object.fromEntries(Object.entries(moments).map(([name, values]) => [name, new Float32Array(values.length)]));
}

/** The kinds of early stopping that a resume must keep, each with a training in which they matter. */
const STOPPING: Readonly<Record<string, Partial<MadeUpOptions>>> = {
  "patience that runs out": { epochs: 12, learningRate: 0.1, ...stopping({ patience: 2 }) },
  "start_from_epoch": { epochs: 8, learningRate: 0.1, ...stopping({ startFromEpoch: 3, patience: 2 }) },
  "a baseline": { epochs: 8, ...stopping({ baseline: 0.6, patience: 3 }) },
  "min_delta": { epochs: 8, ...stopping({ minDelta: 0.06, patience: 2 }) },
  "a loss that is monitored": {
    epochs: 10,
    learningRate: 0.1,
    ...stopping({ monitor: "val_loss", mode: "min", patience: 2 }),
  },
};

for (const [what, change] of Object.entries(STOPPING)) {
  Deno.test(`${what} with restore_best: resumed before, at and after each epoch, it stops and restores as if never interrupted`, async () => {
    const training = headTraining({ ...change, restoreBest: true });
    const whole = await trainFrom(training);
    assert.equal(eventsOf(whole.events, "restored").length, 1);
    for (let epoch = 1; epoch < whole.last.epoch; epoch++) {
      for (const step of [0, 1, 3]) {
        const cut = await trainUntil(training, { epoch, step });
        assertSame([cut, await trainFrom(training, cut.last)], whole, `epoch ${epoch}, step ${step}`);
      }
    }
  });
}

Deno.test("a worse epoch never becomes the best after a resume", async () => {
  const training = headTraining({ epochs: 12, learningRate: 0.1, restoreBest: true });
  const whole = await trainFrom(training);
  const best = eventsOf(whole.events, "snapshot").filter(({ kind }) => kind === "best").map(({ snapshot }) =>
    snapshot.epoch
  );
  assert.ok(best.length > 1 && (best.at(-1) ?? 0) < 12, `best at ${best}`);
  for (let epoch = 1; epoch < 12; epoch++) {
    const cut = await trainUntil(training, { epoch, step: 0 });
    const { events } = await trainFrom(training, cut.last);
    const later = eventsOf(events, "snapshot").filter(({ kind }) => kind === "best").map(({ snapshot }) =>
      snapshot.epoch
    );
    // The restored epoch is said to be the best again, if it is: the trainer may have been killed before.
    assert.deepEqual(later, best.filter((one) => one >= epoch));
  }
});

Deno.test("an epoch that begins again in the middle does not save its weights as those of the best epoch", async () => {
  const training = headTraining({ epochs: 6 });
  const { last } = await trainUntil(training, { epoch: 5, step: 1 });
  const bestsFrom = async (beginsAgain: boolean) => {
    const sums = { loss: 0, correct: 0, count: 0 };
    const { events } = await trainFrom(training, { ...last, step: 0, sums, beginsAgain });
    return eventsOf(events, "snapshot").filter(({ kind }) => kind === "best").map(({ snapshot }) => snapshot.epoch);
  };
  assert.ok((await bestsFrom(false)).includes(5));
  assert.ok(!(await bestsFrom(true)).includes(5));
});

Deno.test("a training that is extended trains the new number of epochs, and equals one that had it from the start", async () => {
  const long = headTraining({ epochs: 6, restoreBest: true });
  const whole = await trainFrom(long);
  for (const epochs of [1, 2, 5]) {
    const first = await trainFrom(headTraining({ epochs, restoreBest: true }));
    assert.equal(first.last.epoch, epochs);
    assertSame([first, await trainFrom(long, first.last)], whole, `extended from ${epochs}`);
  }
});

Deno.test("a training that early stopping ended goes on with more patience, as one that had it from the start", async () => {
  const patient = (patience: number) =>
    headTraining({ epochs: 12, learningRate: 0.1, restoreBest: true, ...stopping({ patience }) });
  const whole = await trainFrom(patient(6));
  const first = await trainFrom(patient(2));
  assert.ok(first.last.epoch < whole.last.epoch, "early stopping did not end the first");
  const rest = await trainFrom(patient(6), first.last);
  assert.deepEqual(rest.last, whole.last);
  assert.deepEqual(rest.rows, new Map([...whole.rows].filter(([epoch]) => epoch > first.last.epoch)));
  assert.deepEqual(said(rest), said(whole).slice(-said(rest).length));
});

Deno.test("with the same patience nothing more is trained, and with less the next epoch decides", async () => {
  const patient = (patience: number) => headTraining({ epochs: 12, learningRate: 0.1, ...stopping({ patience }) });
  const { last } = await trainFrom(patient(3));
  const same = await trainFrom(patient(3), last);
  assert.deepEqual([same.rows.size, eventsOf(same.events, "end")[0]?.reason], [0, "early_stopping"]);
  const cut = await trainUntil(patient(3), { epoch: last.epoch - 1, step: 0 });
  const less = await trainFrom(patient(1), cut.last);
  assert.deepEqual([less.last.epoch, eventsOf(less.events, "end")[0]?.reason], [last.epoch, "early_stopping"]);
});

Deno.test("a training that ended because its loss was not a number ends so again, with the same epochs", async () => {
  const set = madeUpSet(100, 4, 12, 1);
  const options = madeUpOptions();
  set.features.fill(NaN, 0, 1);
  const broken = { ...MADE_UP, train: featureSource(set) };
  for (const batchSize of [32, 100]) {
    const training: Training = {
      options: { ...options, batchSize },
      data: broken,
      steps: () => eagerSteps(tf, stepsSpec(options)),
    };
    const { events, last } = await trainFrom(training);
    const again = await trainFrom(training, last);
    assert.deepEqual(said(again), said({ events }), `batches of ${batchSize}`);
  }
});
