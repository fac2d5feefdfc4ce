/** Divides a machine's cores between copies of the frozen base. */

/**
 * The maximum number of copies. More would need memory (each folds its own weights) and add little speed; further cores
 * share ops instead.
 */
const MOST_TOWERS = 4;

export interface CoreShares {
  /** The number of copies of the network that run in parallel in one call, each on its own images. */
  readonly towers: number;
  /** The number of threads that TensorFlow should use for one op of one copy. */
  readonly threadsPerOp: number;
}

/**
 * Returns how to use this many cores. The number of towers is a power of two, so that a batch of 32 images fills whole
 * calls.
 */
export function shareCores(cores: number): CoreShares {
  const towers = Math.min(MOST_TOWERS, 2 ** Math.floor(Math.log2(Math.max(1, cores))));
  return { towers, threadsPerOp: Math.max(1, Math.floor(cores / towers)) };
}
