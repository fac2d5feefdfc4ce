/**
 * What a checkpoint's files hold: the network (network_format.ts), the figures of all epochs (history_format.ts), and
 * in state.json and optimizer.bin the rest of what a bit-identical continuation needs. Values in, bytes out: no file is
 * touched here.
 */
import { z } from "zod";
import { at } from "../../at.ts";
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { parseStoredJson } from "../../files/stored.ts";
import { named, networkWeights, type Weights } from "../../model/network_weights.ts";
import { historySchema } from "../../training/history.ts";
import { RANDOM_STREAMS_VERSION } from "../../training/random.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { historyBinSchema, packHistory, unpackHistory } from "./history_format.ts";
import { json, networkFiles, networkOf, packArrays, unpackArrays } from "./network_format.ts";
import { partOf } from "./manifest.ts";

/** A number that may be NaN or infinite, which JSON cannot represent. */
const anyNumber = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number),
]);

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

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

const bodySchema = z.object({
  /** How numbers are drawn from the seed (random.ts); another version cannot continue bit-identically. */
  random_streams: z.literal(RANDOM_STREAMS_VERSION),
  seed: z.int(),
  epoch: z.int(),
  step: z.int(),
  sums: z.object({ loss: anyNumber, correct: z.int(), count: z.int() }),
  optimizer_step: z.int(),
  early_stopping: earlyStoppingSchema,
  /** The arrays in optimizer.bin (`optimizerParts`). Versions 1 and 2 have shorter names in the same order. */
  optimizer_bin: z.array(z.string()),
});

export const stateSchema = z.discriminatedUnion("version", [
  bodySchema.extend({
    /**
     * Versions 1 and 2 also have the widths of the head, the only network that there was. model.json has its layers.
     */
    version: z.literal([1, 2, 3]),
    history: historySchema,
  }),
  /** From version 4 on, the history is in history.bin. */
  bodySchema.extend({ version: z.literal(4), history_bin: historyBinSchema }),
]);

/** A file of a checkpoint, except its manifest. */
export type CheckpointFile = "model.json" | "weights.bin" | "state.json" | "optimizer.bin" | "history.bin";

/** Returns the contents of a checkpoint's files, without the manifest. */
export function checkpointFiles(snapshot: TrainingSnapshot): Record<CheckpointFile, Uint8Array> {
  const { layers, optimizer, bestWeights, earlyStopping } = snapshot;
  const parts = optimizerParts(layers, bestWeights !== null);
  const values: Readonly<Record<Part["of"], Weights<Float32Array>>> = {
    m: optimizer.m,
    v: optimizer.v,
    best: bestWeights ?? {},
  };
  const history = packHistory(snapshot.history);
  const state = {
    version: 4,
    random_streams: RANDOM_STREAMS_VERSION,
    seed: snapshot.seed,
    epoch: snapshot.epoch,
    step: snapshot.step,
    sums: { ...snapshot.sums, loss: jsonNumber(snapshot.sums.loss) },
    optimizer_step: optimizer.step,
    early_stopping: {
      ...earlyStopping,
      reference: earlyStopping.reference === null ? null : jsonNumber(earlyStopping.reference),
    },
    history_bin: history.listed,
    optimizer_bin: parts.map(({ of, name }) => `${of}/${name}`),
  };
  return {
    ...networkFiles(snapshot),
    "state.json": json(state),
    "optimizer.bin": packArrays(parts.map(({ of, name }) => named(values[of], name))),
    "history.bin": history.bytes,
  };
}

/** An array in optimizer.bin. */
interface Part {
  readonly of: "m" | "v" | "best";
  /** The full name of the weight. */
  readonly name: string;
  /** The number of values. */
  readonly size: number;
}

/** The arrays in optimizer.bin, in order: Adam's m and v of each trained weight, then the best weights if kept. */
function optimizerParts(layers: readonly LayerSpec[], hasBest: boolean): Part[] {
  const all = networkWeights(layers);
  const trained = all.filter(({ trainable }) => trainable);
  return [
    ...trained.map(({ name, size }): Part => ({ of: "m", name, size })),
    ...trained.map(({ name, size }): Part => ({ of: "v", name, size })),
    ...(hasBest ? all.map(({ name, size }): Part => ({ of: "best", name, size })) : []),
  ];
}

/**
 * Returns the snapshot in a checkpoint's files.
 * @param part returns the content of a file
 * @param folder the folder of the files, for errors
 * @throws StoredFileError if the files do not match each other; what `part` throws
 */
export function snapshotOf(part: (name: CheckpointFile) => Uint8Array, folder: string): TrainingSnapshot {
  const state = parseStoredJson(part("state.json"), partOf(folder, "state.json"), stateSchema);
  const { layers, weights } = networkOf(
    { "model.json": part("model.json"), "weights.bin": part("weights.bin") },
    folder,
  );
  const history = "history" in state
    ? state.history
    : unpackHistory(part("history.bin"), state.history_bin, partOf(folder, "history.bin"));
  const hasBest = state.optimizer_bin.length > optimizerParts(layers, false).length;
  const parts = optimizerParts(layers, hasBest);
  const arrays = unpackArrays(part("optimizer.bin"), parts.map(({ size }) => size), partOf(folder, "optimizer.bin"));
  const arraysOf = (of: Part["of"]): Weights<Float32Array> =>
    Object.fromEntries(parts.flatMap((part, index) => part.of === of ? [[part.name, at(arrays, index)]] : []));
  return {
    layers,
    seed: state.seed,
    epoch: state.epoch,
    step: state.step,
    sums: state.sums,
    weights,
    optimizer: { step: state.optimizer_step, m: arraysOf("m"), v: arraysOf("v") },
    earlyStopping: state.early_stopping,
    history,
    bestWeights: hasBest ? arraysOf("best") : null,
  };
}
