/** How the frozen base uses a machine's cores. */

/** More copies would add memory (each folds the weights its own way) and little speed: beyond, cores share an op. */
const MOST_TOWERS = 4;

export interface CoreShares {
  /** Copies of the network that a call runs side by side, each on images of its own. */
  readonly towers: number;
  /** Threads that TensorFlow should take for one op of one copy. */
  readonly threadsPerOp: number;
}

/** A power of two of towers, so that a batch of 32 images fills whole calls. */
export function shareCores(cores: number): CoreShares {
  const towers = Math.min(MOST_TOWERS, 2 ** Math.floor(Math.log2(Math.max(1, cores))));
  return { towers, threadsPerOp: Math.max(1, Math.floor(cores / towers)) };
}
