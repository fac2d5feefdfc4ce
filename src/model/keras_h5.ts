/**
 * Reads Keras's HDF5 weight files (keras/src/legacy/saving/legacy_h5_format.py). The root group has the attribute
 * `layer_names`. The group of each layer has the attribute `weight_names`, which lists the layer's datasets. A file of
 * a whole model has the same structure in the group `model_weights`.
 */
import { HeadlightError } from "../errors.ts";
import { type Dataset, errorText, type Group, type Hdf5, openHdf5 } from "./hdf5.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { type LayerOf, type LayerWeights, matchWeights, type Weight, type WeightShape } from "./weights.ts";

/** HDF5's type class for floating-point numbers. */
const FLOAT = 1;
/**
 * The maximum number of weights that are read from a file, 512 MB as float32. Even a file of a few bytes can claim any
 * shape, because HDF5 allocates no space for values that were never written.
 */
const MAX_WEIGHTS = 1 << 27;

/**
 * Reads all layers of a file in the file's order, including layers without weights. Rounds float64 values to float32.
 *
 * @throws HeadlightError (exit status 2) if the file does not exist, is not an HDF5 file, is truncated, has another
 * layout, or contains other types of numbers
 */
export function readKerasWeights(path: string): Promise<LayerWeights[]> {
  let left = MAX_WEIGHTS;
  return readLayers(path, (name, dataset): Weight => {
    const shape = shapeOf(name, dataset);
    left -= shape.reduce((product, size) => product * size, 1);
    if (!(left >= 0)) {
      throw new HeadlightError(`the file has more than ${MAX_WEIGHTS} weights. Use a file with the weights of a base.`);
    }
    return { name, shape, data: valuesOf(name, dataset) };
  });
}

/**
 * Checks the names and shapes in a file against a list of layers, without reading the weights. `readKerasWeights` and
 * `matchWeights` accept every file that passes.
 *
 * @throws HeadlightError (exit status 2) as those two functions do
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
    const line = `${path}: the file cannot be read (${errorText(error)}). Download or copy it again.`;
    throw new HeadlightError(line, 2, { cause: error });
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
    const line = `layer ${name} cannot be read (${errorText(error)}). Download or copy the file again.`;
    throw new HeadlightError(line, 2, { cause: error });
  }
}

/** Returns the group that contains the layers. */
function weightsRoot(hdf5: Hdf5): Group {
  const has = (group: Group) => "layer_names" in group.attrs || "layer_names0" in group.attrs;
  if (has(hdf5.file)) return hdf5.file;
  const groups = hdf5.file.keys();
  const inner = hdf5.group("/model_weights");
  if (groups.includes("model_weights") && has(inner)) return inner;
  throw new HeadlightError(
    groups.includes("layers")
      ? "Keras 3's .weights.h5 format is not supported. Save the model with model.save('model.h5') and use that file."
      : "this HDF5 file is not a Keras weights file: it has no attribute layer_names. Use a Keras weights file (.h5).",
  );
}

/**
 * Returns the list of names in an attribute. Keras splits a list that exceeds HDF5's limit of 64 KiB into several
 * attributes: name0, name1, …
 */
function listed(group: Group, attribute: string): string[] {
  const { attrs } = group;
  if (attribute in attrs) return strings(group, attribute);
  const parts: string[] = [];
  for (let part = 0; `${attribute}${part}` in attrs; part++) parts.push(...strings(group, `${attribute}${part}`));
  if (!(`${attribute}0` in attrs)) {
    throw new HeadlightError(`group ${group.path} has no attribute ${attribute}. Download or copy the file again.`);
  }
  return parts;
}

/**
 * Returns the strings of an attribute. An empty list is stored as an array of numbers, for which it returns no strings.
 */
function strings(group: Group, attribute: string): string[] {
  const value = group.get_attribute(attribute, false);
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === "string");
  return typeof value === "string" ? [value] : [];
}

/**
 * Returns the shape of a dataset.
 *
 * @throws HeadlightError if it has none. HDF5 distinguishes such a null dataset from one with zero elements.
 */
function shapeOf(name: string, { shape }: Dataset): readonly number[] {
  if (shape === null) throw new HeadlightError(`${name} is empty. Download or copy the file again.`);
  return shape;
}

/**
 * Checks that a dataset contains float32 or float64 numbers in little-endian order.
 *
 * @throws HeadlightError (exit status 2) if it does not
 */
function checkNumbers(name: string, { metadata }: Dataset): void {
  if (metadata.type === FLOAT && metadata.littleEndian && (metadata.size === 4 || metadata.size === 8)) return;
  const kind = metadata.type === FLOAT
    ? `float${metadata.size * 8} numbers`
    : "values that are not floating-point numbers";
  throw new HeadlightError(`${name} contains ${kind}. Save the weights as float32.`);
}

/** Returns the values of a dataset as float32. */
function valuesOf(name: string, dataset: Dataset): Float32Array {
  checkNumbers(name, dataset);
  const { value } = dataset;
  if (value instanceof Float32Array) return value;
  if (value instanceof Float64Array) return Float32Array.from(value);
  throw new HeadlightError(`${name} contains no numbers. Save the weights as float32.`);
}
