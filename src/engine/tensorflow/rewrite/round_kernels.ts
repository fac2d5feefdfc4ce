/**
 * Convolutions' kernels, rounded to bfloat16 with regard to what they work on. What rounding all of DenseNet121's kernels does
 * to its features is a third of what rounding each weight by itself does (root of the mean square, 128 pictures).
 */
import { byName, constantOf, floatConstant, floatsOf } from "./batch_norm.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import type { ConvolutionToRound, Correlations } from "./correlations.ts";
import { roundWithFeedback } from "./round_with_feedback.ts";
import { countUsers } from "./users.ts";

/** The convolutions that can be rounded so, in the graph's order; those in `floats` stay as they are. */
export function convolutionsToRound(graph: Graph, floats: ReadonlySet<string>): ConvolutionToRound[] {
  const nodes = byName(graph);
  const users = countUsers(graph);
  return graph.nodes.flatMap(({ op, name, inputs: [pictures = "", kernel = ""] }) => {
    const shape = constantOf(nodes.get(kernel))?.shape;
    return op === "Conv2D" && shape && users.get(kernel) === 1 && !floats.has(name)
      ? [{ pictures, kernel, shape }]
      : [];
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
    const [values, seen] = [floatsOf(nodes.get(kernel)), correlations[index]];
    if (!values || !seen) return;
    rounded.set(kernel, constantNode(kernel, floatConstant(roundWithFeedback(values, seen), shape)));
  });
  return { ...graph, nodes: graph.nodes.map((node) => rounded.get(node.name) ?? node) };
}
