/** How OpenVINO may divide a call of a base's graph. */
import type { Precision } from "../../config.ts";
import type { CallShape } from "../base_graphs.ts";
import { shareCores } from "../share_cores.ts";

/**
 * The batch sizes to measure, few because each takes up to a second. In one round on a busy machine of two cores with
 * AVX512_BF16, batches of 1, 8 and 32 were slower in float32, and those of 16 and 32 in bfloat16, where memory counts
 * more.
 */
const BATCHES = { float32: [16, 4], bfloat16: [4, 8] } as const;

/** Returns the divisions to measure. Each lane is a request of its own. */
export function openvinoShapes(cores: number, precision: Precision): readonly [CallShape, ...CallShape[]] {
  const { towers: lanes } = shareCores(cores);
  const [first, ...others] = BATCHES[precision];
  return [{ batch: first, lanes }, ...others.map((batch) => ({ batch, lanes }))];
}
