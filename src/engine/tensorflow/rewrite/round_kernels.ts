/**
 * Rounds the kernels of convolutions to bfloat16 so as to preserve the convolutions' results. For all of DenseNet121's
 * kernels, the error of the features is a third of the error from rounding each weight separately (root mean square,
 * 128 images).
 */
import { at } from "../../../at.ts";
import { byName, constantOf, floatConstant, floatsOf } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import type { ConvolutionToRound, Correlations } from "./correlations.ts";
import { roundWithFeedback } from "./round_with_feedback.ts";
import { countUsers } from "./users.ts";

/**
 * Returns the convolutions whose kernels can be rounded, in the graph's order. Leaves out those in `floats`, which stay
 * in float32.
 */
export function convolutionsToRound(graph: Graph, floats: ReadonlySet<string>): ConvolutionToRound[] {
  const nodes = byName(graph);
  const users = countUsers(graph);
  return graph.nodes.flatMap(({ op, name, inputs }) => {
    if (op !== "Conv2D" || floats.has(name)) return [];
    const [images, kernel] = [at(inputs, 0), at(inputs, 1)];
    const shape = constantOf(nodes.get(kernel))?.shape;
    return shape && users.get(kernel) === 1 ? [{ name, images, kernel, shape }] : [];
  });
}

/**
 * Returns the graph with rounded kernels.
 *
 * @param correlations the correlations of the convolutions, in the same order
 */
export function roundKernels(
  graph: Graph,
  convolutions: readonly ConvolutionToRound[],
  correlations: readonly Correlations[],
): Graph {
  const nodes = byName(graph);
  const rounded = new Map<string, GraphNode>();
  convolutions.forEach(({ kernel, shape }, index) => {
    const values = floatsOf(nodes.get(kernel));
    if (!values) throw new Error(`${kernel} is not a constant`);
    const changed = roundWithFeedback(values, at(correlations, index));
    rounded.set(kernel, constantNode(kernel, floatConstant(changed, shape)));
  });
  return { ...graph, nodes: graph.nodes.map((node) => rounded.get(node.name) ?? node) };
}
