/** Chooses the fastest way to run training steps on an engine. */
import type { Engine } from "../engine/engine.ts";
import { GraphSteps } from "./graph_steps.ts";
import { eagerSteps, type Steps, type StepsSpec } from "./steps.ts";

/**
 * Returns steps that run as one graph if the engine supports graphs, else steps that run op by op. Captures and
 * optimizes the graph now (0.2 s). The caller disposes the result.
 *
 * @param images the number of training images, as far as it is known. Determines the size of the last batch of an
 * epoch.
 */
export async function makeSteps(
  { tf, capabilities }: Pick<Engine, "tf" | "capabilities">,
  spec: StepsSpec,
  { images, batchSize }: { readonly images: number; readonly batchSize: number },
): Promise<Steps> {
  if (!capabilities.graphs) return eagerSteps(tf, spec);
  const steps = new GraphSteps(tf, spec);
  const short = images % batchSize;
  await steps.warmUp([...(images >= batchSize ? [batchSize] : []), ...(short > 0 ? [short] : [])]);
  return steps;
}
