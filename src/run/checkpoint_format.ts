/**
 * What a checkpoint's files hold. model.json and weights.bin are a tfjs LayersModel (the head on features) that
 * `tf.loadLayersModel` loads; state.json and optimizer.bin are the rest of what a bit-identical continuation needs.
 * Values in, bytes out: no file is touched here.
 */
import { z } from "zod";
import { endianness } from "node:os";
import { HeadlightError } from "../errors.ts";
import {
  type HeadShape,
  mapNames,
  type Trainable,
  TRAINABLE_NAMES,
  WEIGHT_NAMES,
  type WeightName,
  type Weights,
  weightShapes,
} from "../training/head_weights.ts";
import { historySchema } from "../training/history.ts";
import type { TrainingSnapshot } from "../training/snapshot.ts";
import { BATCH_NORM } from "../training/step.ts";

/** Keras's names of the layers and of their weights. */
const TFJS_NAMES: Weights<string> = {
  gamma: "batch_normalization/gamma",
  beta: "batch_normalization/beta",
  moving_mean: "batch_normalization/moving_mean",
  moving_variance: "batch_normalization/moving_variance",
  kernel: "dense/kernel",
  bias: "dense/bias",
  output_kernel: "dense_1/kernel",
  output_bias: "dense_1/bias",
};

/** model.json of a tfjs LayersModel whose weights are in weights.bin, in Keras's order. */
export function modelJson(shape: HeadShape, dropout: number): unknown {
  const layer = (className: string, name: string, config: Record<string, unknown>) => ({
    class_name: className,
    config: { name, trainable: true, dtype: "float32", ...config },
  });
  const shapes = weightShapes(shape);
  return {
    format: "layers-model",
    generatedBy: "Headlight",
    convertedBy: null,
    modelTopology: {
      class_name: "Sequential",
      config: {
        name: "head",
        layers: [
          layer("BatchNormalization", "batch_normalization", {
            batch_input_shape: [null, shape.width],
            axis: -1,
            ...BATCH_NORM,
            center: true,
            scale: true,
          }),
          layer("Dense", "dense", { units: shape.hidden, activation: "relu", use_bias: true }),
          layer("Dropout", "dropout", { rate: dropout }),
          layer("Dense", "dense_1", { units: shape.classes, activation: "linear", use_bias: true }),
        ],
      },
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
    },
    weightsManifest: [{
      paths: ["weights.bin"],
      weights: WEIGHT_NAMES.map((name) => ({ name: TFJS_NAMES[name], shape: shapes[name], dtype: "float32" })),
    }],
  };
}

/** float32 arrays one after the other, little-endian, as tfjs stores weights. */
export function packArrays(arrays: readonly Float32Array[]): Uint8Array {
  if (endianness() !== "LE") throw new Error("checkpoints are written on little-endian machines only");
  const packed = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    packed.set(array, offset);
    offset += array.length;
  }
  return new Uint8Array(packed.buffer);
}

/** The inverse of `packArrays` for known lengths. @throws HeadlightError (1) where the bytes have another length. */
function unpackArrays(bytes: Uint8Array, lengths: readonly number[], what: string): Float32Array[] {
  const expected = 4 * lengths.reduce((sum, length) => sum + length, 0);
  if (bytes.length !== expected) {
    throw new HeadlightError(
      `${what} holds ${bytes.length} bytes where ${expected} belong: the checkpoint is damaged`,
      1,
    );
  }
  const values = new Float32Array(bytes.slice().buffer);
  let offset = 0;
  return lengths.map((length) => values.slice(offset, offset += length));
}

/** A number that may be NaN or infinite, which JSON does not know. */
const anyNumber = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number),
]);

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

const shapeSchema = z.object({ width: z.int(), hidden: z.int(), classes: z.int() });

export const stateSchema = z.object({
  version: z.literal(1),
  shape: shapeSchema,
  seed: z.int(),
  epoch: z.int(),
  step: z.int(),
  sums: z.object({ loss: anyNumber, correct: z.int(), count: z.int() }),
  optimizer_step: z.int(),
  early_stopping: z.object({
    best: anyNumber.nullable(),
    bestEpoch: z.int(),
    wait: z.int(),
    keepWeights: z.boolean(),
    keptWeights: z.boolean(),
    stop: z.boolean(),
  }),
  history: historySchema,
  /** What optimizer.bin holds, in this order: Adam's m and v of each trained weight, then the best weights if kept. */
  optimizer_bin: z.array(z.string()),
});

/** The contents of a checkpoint's files, without the manifest. */
export function checkpointFiles(snapshot: TrainingSnapshot, dropout: number): Record<string, Uint8Array> {
  const { optimizer, bestWeights, earlyStopping } = snapshot;
  const state = {
    version: 1,
    shape: snapshot.shape,
    seed: snapshot.seed,
    epoch: snapshot.epoch,
    step: snapshot.step,
    sums: { ...snapshot.sums, loss: jsonNumber(snapshot.sums.loss) },
    optimizer_step: optimizer.step,
    early_stopping: { ...earlyStopping, best: earlyStopping.best === null ? null : jsonNumber(earlyStopping.best) },
    history: snapshot.history,
    optimizer_bin: [
      ...TRAINABLE_NAMES.map((name) => `m/${name}`),
      ...TRAINABLE_NAMES.map((name) => `v/${name}`),
      ...(bestWeights ? WEIGHT_NAMES.map((name) => `best/${name}`) : []),
    ],
  };
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 1) + "\n");
  return {
    "model.json": json(modelJson(snapshot.shape, dropout)),
    "weights.bin": packArrays(WEIGHT_NAMES.map((name) => snapshot.weights[name])),
    "state.json": json(state),
    "optimizer.bin": packArrays([
      ...TRAINABLE_NAMES.map((name) => optimizer.m[name]),
      ...TRAINABLE_NAMES.map((name) => optimizer.v[name]),
      ...(bestWeights ? WEIGHT_NAMES.map((name) => bestWeights[name]) : []),
    ]),
  };
}

/** The snapshot that a checkpoint's files hold. @throws HeadlightError (1) where they do not fit together. */
export function snapshotOf(
  files: Record<"weights.bin" | "state.json" | "optimizer.bin", Uint8Array>,
): TrainingSnapshot {
  const state = stateSchema.parse(JSON.parse(new TextDecoder().decode(files["state.json"])));
  const shapes = weightShapes(state.shape);
  const length = (name: WeightName): number => shapes[name].reduce((size, side) => size * side, 1);
  const all = WEIGHT_NAMES.map(length);
  const trained = TRAINABLE_NAMES.map(length);
  const hasBest = state.optimizer_bin.length > 2 * trained.length;
  const named = (list: Float32Array[]): Weights<Float32Array> =>
    mapNames(WEIGHT_NAMES, (name) => list[WEIGHT_NAMES.indexOf(name)] ?? new Float32Array());
  const namedTrained = (list: Float32Array[]): Trainable<Float32Array> =>
    mapNames(TRAINABLE_NAMES, (name) => list[TRAINABLE_NAMES.indexOf(name)] ?? new Float32Array());
  const optimizer = unpackArrays(
    files["optimizer.bin"],
    [...trained, ...trained, ...(hasBest ? all : [])],
    "optimizer.bin",
  );
  return {
    shape: state.shape,
    seed: state.seed,
    epoch: state.epoch,
    step: state.step,
    sums: state.sums,
    weights: named(unpackArrays(files["weights.bin"], all, "weights.bin")),
    optimizer: {
      step: state.optimizer_step,
      m: namedTrained(optimizer.slice(0, trained.length)),
      v: namedTrained(optimizer.slice(trained.length, 2 * trained.length)),
    },
    earlyStopping: state.early_stopping,
    history: state.history,
    bestWeights: hasBest ? named(optimizer.slice(2 * trained.length)) : null,
  };
}
