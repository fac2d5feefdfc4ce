/**
 * The head as files: model.json and weights.bin are a tfjs LayersModel (the head, with features as its input) that
 * `tf.loadLayersModel` loads. Converts between values and bytes, without access to files.
 */
import { endianness } from "node:os";
import { z } from "zod";
import { at } from "../../at.ts";
import { parseStoredJson, type StoredFile, StoredFileError } from "../../files/stored.ts";
import {
  type HeadShape,
  mapNames,
  WEIGHT_NAMES,
  type WeightName,
  type Weights,
  weightShapes,
} from "../../training/head_weights.ts";
import { BATCH_NORM } from "../../training/step.ts";
import { partOf } from "./manifest.ts";

/** Keras's names of the layers and their weights. */
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

/** Returns the model.json of a tfjs LayersModel whose weights are in weights.bin, in Keras's order. */
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

/** Returns the files of the head for `tf.loadLayersModel`. */
export function headFiles(
  shape: HeadShape,
  weights: Weights<Float32Array>,
  dropout: number,
): Record<"model.json" | "weights.bin", Uint8Array> {
  return {
    "model.json": json(modelJson(shape, dropout)),
    "weights.bin": packArrays(WEIGHT_NAMES.map((name) => weights[name])),
  };
}

const modelSchema = z.object({
  weightsManifest: z.array(z.object({
    weights: z.array(z.object({ name: z.string(), shape: z.array(z.int().min(1)) })),
  })),
});

/**
 * Returns the head in these files; the inverse of `headFiles`.
 * @param folder the folder of the files, for errors
 * @throws StoredFileError if the files do not match each other
 */
export function headOf(
  files: Readonly<Record<"model.json" | "weights.bin", Uint8Array>>,
  folder: string,
): { shape: HeadShape; weights: Weights<Float32Array> } {
  const file = partOf(folder, "model.json");
  const model = parseStoredJson(files["model.json"], file, modelSchema);
  const listed = model.weightsManifest.flatMap(({ weights }) => weights);
  const [width, hidden] = listed.find(({ name }) => name === TFJS_NAMES.kernel)?.shape ?? [];
  const [, classes] = listed.find(({ name }) => name === TFJS_NAMES.output_kernel)?.shape ?? [];
  if (width === undefined || hidden === undefined || classes === undefined) {
    throw new StoredFileError(file, "does not list the weights of a head");
  }
  const shape = { width, hidden, classes };
  const expected = WEIGHT_NAMES.map((name) => ({ name: TFJS_NAMES[name], shape: weightShapes(shape)[name] }));
  if (JSON.stringify(listed) !== JSON.stringify(expected)) {
    throw new StoredFileError(file, "lists weights that are not those of a head");
  }
  return { shape, weights: unpackWeights(files["weights.bin"], shape, folder) };
}

/** Returns the weights in weights.bin by name. @throws StoredFileError if the file has the wrong length */
export function unpackWeights(bytes: Uint8Array, shape: HeadShape, folder: string): Weights<Float32Array> {
  const lengths = WEIGHT_NAMES.map((name) => weightLength(shape, name));
  return weightsOf(unpackArrays(bytes, lengths, partOf(folder, "weights.bin")));
}

/** Returns arrays in Keras's order as a record by name. */
export function weightsOf(list: readonly Float32Array[]): Weights<Float32Array> {
  return mapNames(WEIGHT_NAMES, (name) => at(list, WEIGHT_NAMES.indexOf(name)));
}

/** Returns the number of elements of a weight. */
export function weightLength(shape: HeadShape, name: WeightName): number {
  return weightShapes(shape)[name].reduce((size, side) => size * side, 1);
}

/** Returns the bytes of float32 arrays one after the other, little-endian, as tfjs stores weights. */
export function packArrays(arrays: readonly Float32Array[]): Uint8Array {
  if (endianness() !== "LE") throw new Error("checkpoints can only be written on little-endian machines");
  const packed = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    packed.set(array, offset);
    offset += array.length;
  }
  return new Uint8Array(packed.buffer);
}

/**
 * Returns arrays of these lengths; the inverse of `packArrays`. @throws StoredFileError if the file has the wrong
 * length
 */
export function unpackArrays(bytes: Uint8Array, lengths: readonly number[], file: StoredFile): Float32Array[] {
  const expected = 4 * lengths.reduce((sum, length) => sum + length, 0);
  if (bytes.length !== expected) {
    throw new StoredFileError(file, `has ${bytes.length} bytes instead of ${expected}`);
  }
  const values = new Float32Array(bytes.slice().buffer);
  let offset = 0;
  return lengths.map((length) => values.slice(offset, offset += length));
}

/** Returns indented JSON, for files that people may read. */
export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 1) + "\n");
}
