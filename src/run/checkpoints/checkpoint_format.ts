/**
 * The files of a checkpoint: the head (head_format.ts), and in state.json and optimizer.bin everything else that a
 * bit-identical continuation needs. Converts between values and bytes, without access to files.
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

/** A number that may be NaN or infinite, which JSON cannot represent. */
const anyNumber = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number),
]);

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

const shapeSchema = z.object({ width: z.int(), hidden: z.int(), classes: z.int() });

/** Version 1 has early stopping's reference under Keras's names. */
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
  /**
   * The version of the random streams that are derived from the seed (random.ts). Another version cannot continue a run
   * bit-identically.
   */
  random_streams: z.literal(RANDOM_STREAMS_VERSION),
  shape: shapeSchema,
  seed: z.int(),
  epoch: z.int(),
  step: z.int(),
  sums: z.object({ loss: anyNumber, correct: z.int(), count: z.int() }),
  optimizer_step: z.int(),
  early_stopping: earlyStoppingSchema,
  history: historySchema,
  /**
   * The arrays in optimizer.bin, in order: Adam's m and v of each trained weight, then the best weights if they are
   * kept.
   */
  optimizer_bin: z.array(z.string()),
});

/** Returns the contents of a checkpoint's files, without the manifest. */
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
 * Returns the snapshot in a checkpoint's files.
 * @param folder the folder of the files, for errors
 * @throws StoredFileError if the files do not match each other
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
