/** Which nodes of a network stay in float32 where the rest is computed in bfloat16. */
import { at } from "../../at.ts";
import type { Graph, GraphNode } from "../../engine/tensorflow/capture/graph.ts";
import { byName, constantOf } from "../../engine/tensorflow/rewrite/batch_norm.ts";
import { halvings } from "../../engine/tensorflow/rewrite/halvings.ts";

/**
 * The sets of nodes that may stay in float32, the smallest first. Only one for networks like DenseNet and VGG, whose
 * errors stay small. An addition or a product of two images carries every rounding on to the end, and so do depthwise
 * convolutions, which average over few values.
 */
export function floatPlans(network: Graph): readonly ReadonlySet<string>[] {
  const nodes = byName(network);
  const carries = ({ op, inputs }: GraphNode) => {
    if (COMBINING.has(op)) return inputs.every((name) => !constantOf(nodes.get(name)));
    if (op !== "DepthwiseConv2dNative") return false;
    const [height = 1, width = 1] = constantOf(nodes.get(at(inputs, 1)))?.shape ?? [];
    return height * width > 1;
  };
  const starts = network.nodes.some(carries) ? [1, 3] : [1];
  return starts.map((start) => floatNodes(network, start));
}

const COMBINING: ReadonlySet<string> = new Set(["Add", "AddV2", "Mul"]);

/**
 * Returns the nodes that stay in float32. These are:
 * - the start of the network, until the images are down to a quarter of their rows, because an error there passes
 * through everything that follows;
 * - the end, from a 32nd of the rows on, where there are few positions to average over;
 * - average pools with the convolutions after them, so that their result is rounded once instead of three times.
 *
 * @param start the number of halvings, less one, that end the start; 1 for a quarter of the rows
 */
export function floatNodes(network: Graph, start = 1): Set<string> {
  const halving = halvings(network);
  const [quarter, thirtySecond] = [halving[start], halving[4]];
  const nodes = network.nodes.map(({ name }) => name);
  const begins = quarter === undefined ? 0 : nodes.indexOf(quarter) + 1;
  const ends = thirtySecond === undefined ? nodes.length : nodes.indexOf(thirtySecond);
  const pools = new Set(network.nodes.filter(({ op }) => op === "AvgPool").map(({ name }) => name));
  const pooled = network.nodes.filter(({ inputs: [input = ""] }) => pools.has(input)).map(({ name }) => name);
  return new Set([...nodes.slice(0, begins), ...pools, ...pooled, ...nodes.slice(ends)]);
}
