/**
 * A trained network as files: model.json and weights.bin are a tfjs LayersModel that `tf.loadLayersModel` loads.
 * Converts between values and bytes, without access to files.
 */
import { endianness } from "node:os";
import { z } from "zod";
import { at } from "../../at.ts";
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { parseStoredJson, type StoredFile, StoredFileError } from "../../files/stored.ts";
import { readLayerKind } from "../../model/keras_config/layer_kind.ts";
import { byName, named, networkWeights, type Weights } from "../../model/network_weights.ts";
import { OPEN_INPUT } from "../../model/open_part.ts";
import { toKeras } from "../../model/keras_config/write_kind.ts";
import { partOf } from "./manifest.ts";

/** Layers, one after the other from their input layer on, and the values of their weights. */
export interface TrainedNetwork {
  readonly layers: readonly LayerSpec[];
  readonly weights: Weights<Float32Array>;
}

/** Returns the files of the network for `tf.loadLayersModel`. */
export function networkFiles(
  { layers, weights }: TrainedNetwork,
): Record<"model.json" | "weights.bin", Uint8Array> {
  return {
    "model.json": json(modelJson(layers)),
    "weights.bin": packArrays(networkWeights(layers).map(({ name }) => named(weights, name))),
  };
}

/** Returns the model.json of a tfjs LayersModel whose weights are in weights.bin, in Keras's order. */
function modelJson([input, ...layers]: readonly LayerSpec[]): unknown {
  if (input?.type !== "InputLayer") throw new Error("a network begins with its input layer");
  return {
    format: "layers-model",
    generatedBy: "Headlight",
    convertedBy: null,
    modelTopology: {
      class_name: "Sequential",
      config: {
        name: "head",
        layers: layers.map((layer, index) => {
          const before = index === 0 ? input : at(layers, index - 1);
          if (layer.inputs.join() !== before.name) {
            throw new Error(`layer ${layer.name} does not follow ${before.name}`);
          }
          const { class_name, config } = toKeras(layer);
          const shape = index === 0 ? { batch_input_shape: [null, ...input.shape] } : {};
          return {
            class_name,
            config: { name: layer.name, trainable: layer.trainable, dtype: "float32", ...shape, ...config },
          };
        }),
      },
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
    },
    weightsManifest: [{ paths: ["weights.bin"], weights: listedWeights([input, ...layers]) }],
  };
}

function listedWeights(layers: readonly LayerSpec[]) {
  return networkWeights(layers).map(({ name, shape }) => ({ name, shape: [...shape], dtype: "float32" }));
}

const shapeSchema = z.array(z.int().min(1));

/** What every layer has, beside the arguments of its kind. */
const layerSchema = z.object({
  class_name: z.string(),
  config: z.looseObject({
    name: z.string(),
    trainable: z.boolean(),
    batch_input_shape: z.tuple([z.null()], z.int().min(1)).optional(),
  }),
});

const modelSchema = z.object({
  modelTopology: z.object({ config: z.object({ layers: z.array(layerSchema) }) }),
  weightsManifest: z.array(z.object({ weights: z.array(z.object({ name: z.string(), shape: shapeSchema })) })),
});

/**
 * Returns the network in these files; the inverse of `networkFiles`.
 * @param folder the folder of the files, for errors
 * @throws StoredFileError if the files do not match each other
 */
export function networkOf(
  files: Readonly<Record<"model.json" | "weights.bin", Uint8Array>>,
  folder: string,
): TrainedNetwork {
  const layers = layersOf(files["model.json"], folder);
  return { layers, weights: unpackWeights(files["weights.bin"], layers, folder) };
}

/**
 * Returns the layers in a model.json.
 *
 * @throws StoredFileError if its layers do not fit each other or its list of weights
 */
export function layersOf(bytes: Uint8Array, folder: string): readonly LayerSpec[] {
  const file = partOf(folder, "model.json");
  const { modelTopology: { config }, weightsManifest } = parseStoredJson(bytes, file, modelSchema);
  const [, ...shape] = config.layers[0]?.config.batch_input_shape ?? [null];
  const listed = weightsManifest.flatMap(({ weights }) => weights).map(({ name, shape }) => [name, shape]);
  try {
    const layers = chained(shape, config.layers);
    const expected = networkWeights(layers).map(({ name, shape }) => [name, shape]);
    if (JSON.stringify(listed) === JSON.stringify(expected)) return layers;
  } catch (error) {
    throw new StoredFileError(file, "has layers that do not fit each other", { cause: error });
  }
  throw new StoredFileError(file, "lists other weights than its layers have");
}

function chained(
  shape: readonly number[],
  layers: readonly z.infer<typeof layerSchema>[],
): LayerSpec[] {
  const input: LayerSpec = { name: OPEN_INPUT, type: "InputLayer", inputs: [], trainable: false, shape };
  return [
    input,
    ...layers.map(({ class_name, config }, index): LayerSpec => {
      const { name, trainable } = config;
      const reading = readLayerKind(class_name, config, { keras2: false });
      if (!("kind" in reading)) throw new Error(`layer ${name} of class ${class_name} cannot be read`);
      return { ...reading.kind, name, trainable, inputs: [layers[index - 1]?.config.name ?? OPEN_INPUT] };
    }),
  ];
}

/** Returns the weights in weights.bin by name. @throws StoredFileError if the file has the wrong length */
function unpackWeights(bytes: Uint8Array, layers: readonly LayerSpec[], folder: string): Weights<Float32Array> {
  const listed = networkWeights(layers);
  const arrays = unpackArrays(bytes, listed.map(({ size }) => size), partOf(folder, "weights.bin"));
  return byName(listed.map(({ name }) => name), (_, index) => at(arrays, index));
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
 * Returns arrays of these lengths; the inverse of `packArrays`.
 *
 * @throws StoredFileError if the file has the wrong length
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
