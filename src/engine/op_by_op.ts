/** How an engine computes a base op by op, from its list of layers. */
import type { Tensor } from "@tensorflow/tfjs";

export interface OpByOp {
  /** The size of the largest tensor that the device takes, in bytes. */
  readonly largestTensorBytes: number;
  /**
   * Runs ops and returns the values of the tensor that they return, which is disposed.
   *
   * @throws HeadlightError (1) if the device reported an error, because the values may be wrong then
   */
  compute(ops: () => Tensor): Promise<Float32Array>;
}

/** An engine whose ops throw if they fail, and whose tensors may have any size that fits into memory. */
export const IN_MEMORY: OpByOp = { largestTensorBytes: Infinity, compute: (ops) => Promise.try(ops).then(readValues) };

/** Returns a copy of a tensor's values and disposes it. Not every engine can be read synchronously. */
export async function readValues(tensor: Tensor): Promise<Float32Array> {
  try {
    return new Float32Array(await tensor.data());
  } finally {
    tensor.dispose();
  }
}
