/** The head's steps as an engine runs them best. */
import type { Engine } from "../engine/engine.ts";
import { GraphSteps } from "./graph_steps.ts";
import { eagerSteps, type HeadSteps, type HeadStepsShape } from "./head_steps.ts";

/**
 * Makes one graph for several steps, captured and optimised here (0.2 s), where the engine runs graphs, else steps op by
 * op. The caller disposes it.
 *
 * @param images in the training part, as far as is known: how large the last batch of an epoch will be.
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
