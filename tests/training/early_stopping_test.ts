import assert from "node:assert/strict";
import { z } from "zod";
import { at } from "../../src/at.ts";
import {
  afterEpoch,
  EARLY_STOPPING_START,
  type EarlyStoppingOptions,
  type EarlyStoppingState,
  goingOn,
  outlook,
  resolveMode,
} from "../../src/training/early_stopping.ts";
import { LAYERS, madeSnapshot } from "../run/checkpoints/made_checkpoint.ts";
import { stored } from "./interrupted.ts";

const figure = z.union([z.number(), z.literal("NaN").transform(() => NaN)]);
const goldens = z.object({
  cases: z.array(z.object({
    id: z.string(),
    mode: z.enum(["min", "max"]),
    values: z.array(figure),
    options: z.object({
      patience: z.number(),
      min_delta: z.number().default(0),
      baseline: z.number().nullable().default(null),
      start_from_epoch: z.number().default(0),
    }),
    stopped_epoch: z.number().nullable(),
    best_epoch: z.number(),
    best: figure,
    wait: z.number(),
  })),
});
const { cases } = goldens.parse(
  JSON.parse(Deno.readTextFileSync(new URL("../fixtures/early_stopping.json", import.meta.url))),
);

function optionsOf(goldenCase: (typeof cases)[number]): EarlyStoppingOptions {
  const { patience, min_delta, baseline, start_from_epoch } = goldenCase.options;
  return {
    monitor: goldenCase.mode === "max" ? "val_accuracy" : "val_loss",
    mode: goldenCase.mode,
    minDelta: min_delta,
    patience,
    baseline,
    startFromEpoch: start_from_epoch,
  };
}

for (const golden of cases) {
  Deno.test(`early stopping does what Keras does in recorded case ${golden.id}`, () => {
    const options = optionsOf(golden);
    let state = EARLY_STOPPING_START;
    let stopped: number | null = null;
    for (const [epoch, value] of golden.values.entries()) {
      const foretold = outlook(state, epoch - 1, options);
      state = afterEpoch(state, epoch, value, options);
      if (state.stop) {
        stopped = epoch;
        assert.ok(foretold.stopsNext, `the end after epoch ${epoch} was not foretold`);
        assert.equal(foretold.stopsAfter, epoch);
        break;
      }
    }
    assert.equal(stopped, golden.stopped_epoch);
    assert.equal(state.referenceEpoch, golden.best_epoch);
    assert.equal(state.reference, golden.best);
    assert.equal(state.wait, golden.wait);
  });
}

/** Returns the states after each epoch of a recorded case, up to its end. */
function statesOf(golden: (typeof cases)[number], from = EARLY_STOPPING_START, first = 0): EarlyStoppingState[] {
  const options = optionsOf(golden);
  const states: EarlyStoppingState[] = [];
  let state = from;
  for (let epoch = first; epoch < golden.values.length && !state.stop; epoch++) {
    state = afterEpoch(state, epoch, at(golden.values, epoch), options);
    states.push(state);
  }
  return states;
}

for (const golden of cases) {
  Deno.test(`resumed at every epoch, recorded case ${golden.id} has the same wait, reference and weights to keep at every later epoch`, () => {
    const states = statesOf(golden);
    assert.equal(states.at(-1)?.wait, golden.wait);
    for (const [epoch, state] of states.entries()) {
      const { earlyStopping } = stored({ ...madeSnapshot(LAYERS), epoch: epoch + 1, earlyStopping: state });
      assert.deepEqual(earlyStopping, state);
      const later = statesOf(golden, goingOn(earlyStopping, optionsOf(golden)), epoch + 1);
      assert.deepEqual(later, states.slice(epoch + 1), `resumed after epoch ${epoch}`);
    }
  });
}

Deno.test("the weights to restore are those of the best epoch, or of the first epoch that counts", () => {
  const options: EarlyStoppingOptions = {
    monitor: "val_loss",
    mode: "min",
    minDelta: 0,
    patience: 9,
    baseline: null,
    startFromEpoch: 1,
  };
  let state = EARLY_STOPPING_START;
  const kept = [0.1, 0.5, 0.4, 0.45, 0.3].map((value, epoch) => {
    state = afterEpoch(state, epoch, value, options);
    return state.keepWeights;
  });
  assert.deepEqual(kept, [false, true, true, false, true]);
});

Deno.test("mode auto means max for an accuracy and min for a loss", () => {
  assert.equal(resolveMode("auto", "val_accuracy"), "max");
  assert.equal(resolveMode("auto", "accuracy"), "max");
  assert.equal(resolveMode("auto", "val_loss"), "min");
  assert.equal(resolveMode("auto", "loss"), "min");
  assert.equal(resolveMode("min", "val_accuracy"), "min");
});

Deno.test("an improvement by exactly min_delta counts if it counts in Keras's float32 comparison", () => {
  const { images, min_delta, improves_at, does_not_at } = z.object({
    images: z.int(),
    min_delta: z.number(),
    improves_at: z.array(z.int()),
    does_not_at: z.array(z.int()),
  }).parse(
    JSON.parse(Deno.readTextFileSync(new URL("../fixtures/early_stopping_ties.json", import.meta.url))),
  );
  assert.equal(improves_at.length + does_not_at.length, images - 3);
  const options: EarlyStoppingOptions = {
    monitor: "val_accuracy",
    mode: "max",
    minDelta: min_delta,
    patience: 5,
    baseline: null,
    startFromEpoch: 0,
  };
  const improves = (right: number) => {
    const first = afterEpoch(EARLY_STOPPING_START, 0, right / images, options);
    return afterEpoch(first, 1, (right + 3) / images, options).referenceEpoch === 1;
  };
  assert.deepEqual(improves_at.filter((right) => !improves(right)), []);
  assert.deepEqual(does_not_at.filter(improves), []);
});

Deno.test("the outlook has the reference's threshold, whether the baseline is passed, and the epoch at which patience ends", () => {
  const options: EarlyStoppingOptions = {
    monitor: "val_accuracy",
    mode: "max",
    minDelta: 0.05,
    patience: 3,
    baseline: 0.55,
    startFromEpoch: 1,
  };
  let state = EARLY_STOPPING_START;
  const after = [0.9, 0.5, 0.56, 0.62, 0.6].map((value, epoch) => {
    state = afterEpoch(state, epoch, value, options);
    const { reference, wait } = state;
    return { reference, wait, ...outlook(state, epoch, options) };
  });
  const row = (
    reference: number | null,
    wait: number,
    threshold: number | null,
    ...rest: [boolean, boolean, number | null]
  ) => {
    const [baselineReached, stopsNext, stopsAfter] = rest;
    return { reference, wait, threshold, baselineReached, stopsNext, stopsAfter };
  };
  assert.deepEqual(after, [
    // Does not count because of start_from_epoch.
    row(null, 0, null, false, false, null),
    row(0.5, 1, 0.55, false, false, 3),
    // Improves by 0.06 but passes the baseline by less than min_delta, so wait goes on.
    row(0.56, 2, 0.6100000000000001, false, true, 3),
    // Passes the baseline by 0.07, so wait starts again at 0.
    row(0.62, 0, 0.67, true, false, 6),
    row(0.62, 1, 0.67, true, false, 6),
  ]);
});
