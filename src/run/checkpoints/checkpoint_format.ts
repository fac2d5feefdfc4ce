/**
 * What a checkpoint's files hold: the head (head_format.ts), and in state.json and optimizer.bin the rest of what a
 * bit-identical continuation needs. Values in, bytes out: no file is touched here.
 */
import { z } from "zod";
import { at } from "../../at.ts";
import { parseStoredJson } from "../../files/stored.ts";
import { mapNames, type Trainable, TRAINABLE_NAMES, WEIGHT_NAMES } from "../../training/head_weights.ts";
import { historySchema } from "../../training/history.ts";
import { RANDOM_STREAMS_VERSION } from "../../training/random.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { headFiles, json, packArrays, unpackArrays, unpackWeights, weightLength, weightsOf } from "./head_format.ts";
import { partOf } from "./manifest.ts";

/** A number that may be NaN or infinite, which JSON does not know. */
const anyNumber = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number),
]);

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

const shapeSchema = z.object({ width: z.int(), hidden: z.int(), classes: z.int() });

/** What version 1 has under Keras's names is early stopping's reference. */
const earlyStoppingSchema = z.preprocess(
  (value) => {
    const old = z.looseObject({ best: z.unknown(), bestEpoch: z.unknown() }).safeParse(value).data;
    return old?.bestEpoch === undefined ? value : { ...old, reference: old.best, referenceEpoch: old.bestEpoch };
  },
  z.object({
    reference: anyNumber.nullable(),
    referenceEpoch: z.int(),
    wait: z.int(),
    keepWeights: z.boolean(),
    stop: z.boolean(),
  }),
);

export const stateSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  /** How numbers are drawn from the seed (random.ts); another version cannot continue bit-identically. */
  random_streams: z.literal(RANDOM_STREAMS_VERSION),
  shape: shapeSchema,
  seed: z.int(),
  epoch: z.int(),
  step: z.int(),
  sums: z.object({ loss: anyNumber, correct: z.int(), count: z.int() }),
  optimizer_step: z.int(),
  early_stopping: earlyStoppingSchema,
  history: historySchema,
  /** What optimizer.bin holds, in this order: Adam's m and v of each trained weight, then the best weights if kept. */
  optimizer_bin: z.array(z.string()),
});

/** The contents of a checkpoint's files, without the manifest. */
export function checkpointFiles(snapshot: TrainingSnapshot, dropout: number): Record<string, Uint8Array> {
  const { optimizer, bestWeights, earlyStopping } = snapshot;
  const state = {
    version: 2,
    random_streams: RANDOM_STREAMS_VERSION,
    shape: snapshot.shape,
    seed: snapshot.seed,
    epoch: snapshot.epoch,
    step: snapshot.step,
    sums: { ...snapshot.sums, loss: jsonNumber(snapshot.sums.loss) },
    optimizer_step: optimizer.step,
    early_stopping: {
      ...earlyStopping,
      reference: earlyStopping.reference === null ? null : jsonNumber(earlyStopping.reference),
    },
    history: snapshot.history,
    optimizer_bin: [
      ...TRAINABLE_NAMES.map((name) => `m/${name}`),
      ...TRAINABLE_NAMES.map((name) => `v/${name}`),
      ...(bestWeights ? WEIGHT_NAMES.map((name) => `best/${name}`) : []),
    ],
  };
  return {
    ...headFiles(snapshot.shape, snapshot.weights, dropout),
    "state.json": json(state),
    "optimizer.bin": packArrays([
      ...TRAINABLE_NAMES.map((name) => optimizer.m[name]),
      ...TRAINABLE_NAMES.map((name) => optimizer.v[name]),
      ...(bestWeights ? WEIGHT_NAMES.map((name) => bestWeights[name]) : []),
    ]),
  };
}

/**
 * The snapshot that a checkpoint's files hold.
 * @param folder where the files are
 * @throws StoredFileError if they do not fit together
 */
export function snapshotOf(
  files: Record<"weights.bin" | "state.json" | "optimizer.bin", Uint8Array>,
  folder: string,
): TrainingSnapshot {
  const state = parseStoredJson(files["state.json"], partOf(folder, "state.json"), stateSchema);
  const trained = TRAINABLE_NAMES.map((name) => weightLength(state.shape, name));
  const hasBest = state.optimizer_bin.length > 2 * trained.length;
  const best = hasBest ? WEIGHT_NAMES.map((name) => weightLength(state.shape, name)) : [];
  const namedTrained = (list: Float32Array[]): Trainable<Float32Array> =>
    mapNames(TRAINABLE_NAMES, (name) => at(list, TRAINABLE_NAMES.indexOf(name)));
  const optimizer = unpackArrays(
    files["optimizer.bin"],
    [...trained, ...trained, ...best],
    partOf(folder, "optimizer.bin"),
  );
  return {
    shape: state.shape,
    seed: state.seed,
    epoch: state.epoch,
    step: state.step,
    sums: state.sums,
    weights: unpackWeights(files["weights.bin"], state.shape, folder),
    optimizer: {
      step: state.optimizer_step,
      m: namedTrained(optimizer.slice(0, trained.length)),
      v: namedTrained(optimizer.slice(trained.length, 2 * trained.length)),
    },
    earlyStopping: state.early_stopping,
    history: state.history,
    bestWeights: hasBest ? weightsOf(optimizer.slice(2 * trained.length)) : null,
  };
}
