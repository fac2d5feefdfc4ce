/**
 * Convolutions' kernels, rounded to bfloat16 with regard to what they work on. What rounding all of DenseNet121's kernels does
 * to its features is a third of what rounding each weight by itself does (root of the mean square, 128 images).
 */
import { at } from "../../../at.ts";
import { byName, constantOf, floatConstant, floatsOf } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import type { ConvolutionToRound, Correlations } from "./correlations.ts";
import { roundWithFeedback } from "./round_with_feedback.ts";
import { countUsers } from "./users.ts";

/** The convolutions that can be rounded so, in the graph's order; those in `floats` stay as they are. */
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

/** @param correlations of the convolutions, in their order. */
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
