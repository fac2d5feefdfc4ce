/** The shapes and values of weights in HDF5 files. */
import { HeadlightError } from "../errors.ts";
import type { Dataset } from "./hdf5.ts";

/** HDF5's type classes for whole and floating-point numbers. */
const [WHOLE, FLOAT] = [0, 1];
/**
 * The maximum number of weights that are read from a file, 512 MB as float32. Even a file of a few bytes can claim any
 * shape, because HDF5 allocates no space for values that were never written.
 */
export const MAX_WEIGHTS = 1 << 27;

/**
 * Returns the shape of a dataset of weights.
 *
 * @throws HeadlightError if it contains no float32 or float64 numbers, or has no shape. HDF5 distinguishes such a null
 * dataset from one with zero elements. A single number may be whole: Keras's normalization layer has such a count.
 */
export function shapeOfWeight(name: string, { shape, metadata }: Dataset): readonly number[] {
  const isCount = shape?.length === 0 && metadata.type === WHOLE;
  if (!isCount) checkNumbers(name, metadata);
  if (shape === null) throw new HeadlightError(`${name} is empty. Download or copy the file again.`);
  return shape;
}

function checkNumbers(name: string, metadata: Dataset["metadata"]): void {
  if (metadata.type === FLOAT && metadata.littleEndian && (metadata.size === 4 || metadata.size === 8)) return;
  const kind = metadata.type === FLOAT
    ? `float${metadata.size * 8} numbers`
    : "values that are not floating-point numbers";
  throw new HeadlightError(`${name} contains ${kind}. Save the weights as float32.`);
}

/** Returns the values of a dataset that `shapeOfWeight` accepts, rounded to float32. */
export function valuesOfWeight(name: string, dataset: Dataset): Float32Array {
  const { value } = dataset;
  if (value instanceof Float32Array) return value;
  if (value instanceof Float64Array) return Float32Array.from(value);
  if (typeof value === "number" || typeof value === "bigint") return Float32Array.of(Number(value));
  throw new HeadlightError(`${name} contains no numbers. Save the weights as float32.`);
}
