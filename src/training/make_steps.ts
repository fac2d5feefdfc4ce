/** Chooses the fastest way to run the head's training steps on an engine. */
import type { Engine } from "../engine/engine.ts";
import { GraphSteps } from "./graph_steps.ts";
import { eagerSteps, type HeadSteps, type HeadStepsShape } from "./head_steps.ts";

/**
 * Returns steps that run as one graph if the engine supports graphs, else steps that run op by op. Captures and
 * optimizes the graph now (0.2 s). The caller disposes the result.
 *
 * @param images the number of training images, as far as it is known. Determines the size of the last batch of an
 * epoch.
 */
export async function makeHeadSteps(
  { tf, capabilities }: Pick<Engine, "tf" | "capabilities">,
  shape: HeadStepsShape,
  { images, batchSize }: { readonly images: number; readonly batchSize: number },
): Promise<HeadSteps> {
  if (!capabilities.graphs) return eagerSteps(tf, shape);
  const steps = new GraphSteps(tf, shape);
  const short = images % batchSize;
  await steps.warmUp([...(images >= batchSize ? [batchSize] : []), ...(short > 0 ? [short] : [])]);
  return steps;
}
