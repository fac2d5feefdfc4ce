/** Checkpoints of small heads, made without any training. */
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import type { HeadOrigin } from "../../../src/run/checkpoints/head_origin.ts";
import type { LayerSpec } from "../../../src/bases/layer_spec.ts";
import { byName, named, trainableNames } from "../../../src/model/network_weights.ts";
import { initialWeights } from "../../../src/training/initial_weights.ts";
import { epochFigures } from "../../../src/metrics.ts";
import { EMPTY_HISTORY, type History, withEpoch } from "../../../src/training/history.ts";
import type { TrainingSnapshot } from "../../../src/training/snapshot.ts";
import { madeUpHead } from "../../training/made_up.ts";

export const PROVENANCE: HeadOrigin = {
  run: "20261123-205501-squeezenet11-demo",
  base: "squeezenet11",
  base_weights_sha256: "0".repeat(64),
  preprocess: "scale",
  size: 64,
  pooling: "max",
  resize: "bilinear",
  precision: "float32",
  classes: ["day bed", "wheel"],
};

/** Returns a head that fits the base and the classes of `PROVENANCE`. */
export const LAYERS = madeUpHead(512, { hidden: 1, classes: 2 });

/** Returns a history whose figures differ in all their bytes. The loss of every fifth epoch is not a number. */
export function madeHistory(epochs: number): History {
  let history = EMPTY_HISTORY;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const values = { loss: epoch % 5 === 0 ? NaN : Math.PI / epoch, accuracy: 1 - 1 / (3 * epoch) };
    const validation = { ...values, balanced_accuracy: 1 / (7 * epoch), macro_f1: Math.SQRT1_2 / epoch };
    history = withEpoch(history, epochFigures(values, validation));
  }
  return history;
}

/** Returns the snapshot that training would pass on after an epoch. */
export function madeSnapshot(layers: readonly LayerSpec[]): TrainingSnapshot {
  const weights = initialWeights(layers, 1);
  const moments = () =>
    byName(trainableNames(layers), (name) => new Float32Array(named(weights, name).length).fill(0.5));
  return {
    layers,
    seed: 1,
    epoch: 1,
    step: 0,
    sums: { loss: 0, correct: 0, count: 0 },
    weights,
    optimizer: { step: 3, m: moments(), v: moments() },
    earlyStopping: { reference: 0.5, referenceEpoch: 0, wait: 0, keepWeights: false, stop: false },
    history: madeHistory(1),
    bestWeights: null,
  };
}

/** Writes a checkpoint of a head with everything needed to continue, and returns its folder. */
export function makeCheckpoint(folder: string, layers: readonly LayerSpec[], origin: HeadOrigin = PROVENANCE): string {
  return new CheckpointStore(folder, origin).save(madeSnapshot(layers), "manual").path;
}
