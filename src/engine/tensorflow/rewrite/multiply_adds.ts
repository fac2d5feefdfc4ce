/** Compares the arithmetic of a graph's convolutions. */
import { at } from "../../../at.ts";
import { byName, constantOf } from "./batch_norm.ts";
import type { Graph } from "../capture/graph.ts";
import { halvingDepths } from "./halvings.ts";

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv2D", "DepthwiseConv2dNative"]);

/**
 * Returns each convolution's multiply-adds by name, per position of the graph's input. Follows from the kernels and
 * from how often the images were halved, so padding is left out.
 */
export function multiplyAdds(graph: Graph): Map<string, number> {
  const nodes = byName(graph);
  const depths = halvingDepths(graph);
  const convolutions = graph.nodes.filter(({ op }) => CONVOLUTIONS.has(op));
  return new Map(convolutions.map(({ name, inputs }) => {
    const weights = constantOf(nodes.get(at(inputs, 1)))?.shape.reduce((product, extent) => product * extent, 1) ?? 0;
    return [name, weights / 4 ** (depths.get(name) ?? 0)];
  }));
}
