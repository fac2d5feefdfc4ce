/** How TensorFlow divides a call of a base's graph. */
import type { CallShape } from "../base_graphs.ts";
import { shareCores } from "../share_cores.ts";

/**
 * The number of images per tower and call. The features' bits depend on it, but not on the number of towers. Measured
 * with DenseNet121 at 160 on two cores, in images per second (float32 / bfloat16): one tower of 16: 57.4 / 97; two of
 * 8: 62 / 112; two of 4: 63 / 120. Memory grows with it.
 */
const TOWER_BATCH = 4;

/** Returns the only division: each lane is a copy of the network, a tower. */
export function tensorflowShapes(cores: number): readonly [CallShape] {
  return [{ batch: TOWER_BATCH, lanes: shareCores(cores).towers }];
}
