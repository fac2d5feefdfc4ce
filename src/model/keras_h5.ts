/**
 * Keras's HDF5 weight files: the attribute `layer_names` at the root, in each layer's group the attribute
 * `weight_names`, and the datasets those name (keras/src/legacy/saving/legacy_h5_format.py). A file of a whole model
 * holds the same under the group `model_weights`.
 */
import { HeadlightError } from "../errors.ts";
import { type Dataset, errorText, type Group, type Hdf5, openHdf5 } from "./hdf5.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { type LayerOf, type LayerWeights, matchWeights, type Weight, type WeightShape } from "./weights.ts";

/** HDF5's class of floating-point numbers. */
const FLOAT = 1;
/**
 * The maximum number of weights that are read from a file, 512 MB as float32. A file of some bytes can claim any shape:
 * HDF5 keeps no room for values that were never written.
 */
const MOST_WEIGHTS = 1 << 27;

/**
 * All layers of the file, those without weights too, in the file's order. float64 values are rounded to float32.
 *
 * @throws HeadlightError (exit status 2): no file, no HDF5, cut short, another layout, other kinds of numbers.
 */
export function readKerasWeights(path: string): Promise<LayerWeights[]> {
  let left = MOST_WEIGHTS;
  return readLayers(path, (name, dataset): Weight => {
    const shape = shapeOf(name, dataset);
    left -= shape.reduce((product, size) => product * size, 1);
    if (!(left >= 0)) throw new HeadlightError(`has more than ${MOST_WEIGHTS} weights; give the weights of a base`);
    return { name, shape, data: valuesOf(name, dataset) };
  });
}

/**
 * Checks names and shapes against the list of layers without reading a single weight: what passes here,
 * `readKerasWeights` and `matchWeights` take.
 *
 * @throws HeadlightError (exit status 2), as both do.
 */
export async function checkKerasWeights(path: string, specs: readonly LayerSpec[]): Promise<void> {
  const layers = await readLayers(path, (name, dataset): WeightShape => {
    checkNumbers(name, dataset);
    return { name, shape: shapeOf(name, dataset) };
  });
  matchWeights(layers, specs, path);
}

async function readLayers<W extends WeightShape>(
  path: string,
  read: (name: string, dataset: Dataset) => W,
): Promise<LayerOf<W>[]> {
  const hdf5 = await openHdf5(path);
  try {
    const root = weightsRoot(hdf5);
    return listed(root, "layer_names").map((layer) => readLayer(hdf5, `${root.path}/${layer}`, layer, read));
  } catch (error) {
    if (error instanceof HeadlightError) throw new HeadlightError(`${path}: ${error.message}`, 2, { cause: error });
    throw new HeadlightError(`${path}: cannot be read (${errorText(error)}); get the file anew`, 2, { cause: error });
  } finally {
    hdf5.file.close();
  }
}

function readLayer<W extends WeightShape>(
  hdf5: Hdf5,
  path: string,
  name: string,
  read: (name: string, dataset: Dataset) => W,
): LayerOf<W> {
  try {
    const weightNames = listed(hdf5.group(path), "weight_names");
    return { name, weights: weightNames.map((weight) => read(weight, hdf5.dataset(`${path}/${weight}`))) };
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw new HeadlightError(`layer ${name} cannot be read (${errorText(error)}); get the file anew`, 2, {
      cause: error,
    });
  }
}

/** The group that has the layers. */
function weightsRoot(hdf5: Hdf5): Group {
  const has = (group: Group) => "layer_names" in group.attrs || "layer_names0" in group.attrs;
  if (has(hdf5.file)) return hdf5.file;
  const groups = hdf5.file.keys();
  const inner = hdf5.group("/model_weights");
  if (groups.includes("model_weights") && has(inner)) return inner;
  throw new HeadlightError(
    groups.includes("layers")
      ? "is a .weights.h5 file of Keras 3, which is laid out differently; save with model.save('model.h5') and give that"
      : "is HDF5 but no Keras weights file: the attribute layer_names is not there",
  );
}

/** A list of names in an attribute; Keras splits one too long for HDF5 (64 KiB) into name0, name1, … */
function listed(group: Group, attribute: string): string[] {
  const { attrs } = group;
  if (attribute in attrs) return strings(group, attribute);
  const parts: string[] = [];
  for (let part = 0; `${attribute}${part}` in attrs; part++) parts.push(...strings(group, `${attribute}${part}`));
  if (!(`${attribute}0` in attrs)) throw new HeadlightError(`group ${group.path} has no attribute ${attribute}`);
  return parts;
}

/** An empty list is stored as numbers. */
function strings(group: Group, attribute: string): string[] {
  const value = group.get_attribute(attribute, false);
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === "string");
  return typeof value === "string" ? [value] : [];
}

/** @throws HeadlightError where there is none: an empty dataset, which HDF5 tells from one of no elements */
function shapeOf(name: string, { shape }: Dataset): readonly number[] {
  if (shape === null) throw new HeadlightError(`${name} is empty; get the file anew`);
  return shape;
}

function checkNumbers(name: string, { metadata }: Dataset): void {
  if (metadata.type === FLOAT && metadata.littleEndian && (metadata.size === 4 || metadata.size === 8)) return;
  const kind = metadata.type === FLOAT ? `float${metadata.size * 8} numbers` : "no floating-point numbers";
  throw new HeadlightError(`${name} holds ${kind}; save the weights as float32`);
}

function valuesOf(name: string, dataset: Dataset): Float32Array {
  checkNumbers(name, dataset);
  const { value } = dataset;
  if (value instanceof Float32Array) return value;
  if (value instanceof Float64Array) return Float32Array.from(value);
  throw new HeadlightError(`${name} holds no numbers`);
}
