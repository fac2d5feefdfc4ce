/** Which nodes of any network stay in float32 where the rest is computed in bfloat16. */
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { halvings } from "../../engine/tensorflow/rewrite/halvings.ts";

/**
 * Returns the nodes that stay in float32. These are:
 * - the start of the network, until the images are down to a quarter of their rows, because an error there passes
 * through everything that follows;
 * - the end, from a 32nd of the rows on, where there are few positions to average over;
 * - average pools with the convolutions after them, so that their result is rounded once instead of three times.
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
