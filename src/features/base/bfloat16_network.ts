/** A base's network in bfloat16, as near to float32 as can be had at full speed. */
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import type { Tf } from "../../engine/engine.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { evaluate } from "../../engine/tensorflow/capture/evaluate.ts";
import { toBfloat16 } from "../../engine/tensorflow/rewrite/bfloat16.ts";
import { chain } from "../../engine/tensorflow/rewrite/chain.ts";
import { correlationsOf } from "../../engine/tensorflow/rewrite/correlations.ts";
import { halvings } from "../../engine/tensorflow/rewrite/halvings.ts";
import { roundFactors } from "../../engine/tensorflow/rewrite/round_factors.ts";
import { convolutionsToRound, roundKernels } from "../../engine/tensorflow/rewrite/round_kernels.ts";
import { withCorrelations } from "../../engine/tensorflow/rewrite/with_correlations.ts";
import { measuredImages } from "./measured_images.ts";
import { pieces } from "./pieces.ts";

/**
 * A multiple of the batch. With 4, 8 and 16 the root of the mean square error was 0.235, 0.217 and 0.214 % of the largest
 * feature, and a graph took 2.0, 2.3 and 2.8 s to make.
 */
const MEASURED_IMAGES = 8;

/**
 * The network in bfloat16, but for the ninth of the arithmetic that matters most (`floatNodes`), each kernel rounded by
 * what it works on. Not in the run's own images: features that are kept must not depend on what else was in a run.
 * DenseNet121's features are off by half as much as with every weight rounded by itself and all in bfloat16 (root of the
 * mean square), and 10 % fewer a second.
 *
 * @param batchSize images per call of the network.
 * @param preparedFor gives a graph that makes the network's input of the bytes of images of a size, as many per call.
 */
export async function inBfloat16(
  tf: Tf,
  network: Graph,
  batchSize: number,
  preparedFor: (size: Pick<ImageBatch, "height" | "width">) => Graph,
): Promise<Graph> {
  const images = await measuredImages(MEASURED_IMAGES);
  const factored = roundFactors(network);
  const floats = floatNodes(factored);
  const convolutions = convolutionsToRound(factored, floats);
  const measuring = chain(preparedFor(images), withCorrelations(factored, convolutions));
  const calls = pieces(images, batchSize).values().map(({ pixels }) => evaluate(tf, measuring, [pixels]));
  return toBfloat16(roundKernels(factored, convolutions, correlationsOf(convolutions, calls)), floats);
}

/**
 * The nodes that stay in float32: the beginning, until the images have a quarter of their rows, for an error there goes
 * through all that follows; the end, once they have a 32nd, where there are few places to average over; and between,
 * average pools with the convolutions behind them, so that what comes of both is rounded once and not three times.
 */
export function floatNodes(network: Graph): Set<string> {
  const halving = halvings(network);
  const [quarter, thirtySecond] = [halving[1], halving[4]];
  const nodes = network.nodes.map(({ name }) => name);
  const begins = quarter === undefined ? 0 : nodes.indexOf(quarter) + 1;
  const ends = thirtySecond === undefined ? nodes.length : nodes.indexOf(thirtySecond);
  const pools = new Set(network.nodes.filter(({ op }) => op === "AvgPool").map(({ name }) => name));
  const pooled = network.nodes.filter(({ inputs: [input = ""] }) => pools.has(input)).map(({ name }) => name);
  return new Set([...nodes.slice(0, begins), ...pools, ...pooled, ...nodes.slice(ends)]);
}
