/**
 * Changes batch normalizations so that rounding them to bfloat16 loses nothing.
 *
 * A positive scale passes through a ReLU and an average pooling, so a batch normalization's factor may be changed if
 * the next convolution's kernel compensates for it. The new factor is a number near the old one that bfloat16
 * represents exactly. Among those, it is the one with which the bias is represented best. The kernel is rounded in any
 * case.
 */
import { at } from "../../../at.ts";
import { byName, constantOf, floatConstant, floatsOf } from "./batch_norm.ts";
import { bfloat16Of, floatOf } from "./bfloat16.ts";
import { constantNode, type Graph, type GraphNode } from "../capture/graph.ts";
import { countUsers } from "./users.ts";

/**
 * The number of bfloat16 values on either side of a factor that are tried. Those within 10 % of the factor are used.
 */
const NEIGHBOURS = 12;

/**
 * Returns the rewritten graph. Call this after `depthwiseBatchNorms` and before `toBfloat16`. In float32, results
 * differ only by rounding.
 */
export function roundFactors(graph: Graph): Graph {
  const nodes = byName(graph);
  const users = countUsers(graph);
  const onlyUser = new Map(graph.nodes.flatMap((node) => node.inputs.map((input) => [input, node] as const)));
  const next = (node: GraphNode | undefined) =>
    node && users.get(node.name) === 1 ? onlyUser.get(node.name) : undefined;
  const changed = new Map<string, GraphNode>();
  for (const scaling of graph.nodes) {
    const add = scaling.op === "DepthwiseConv2dNative" ? next(scaling) : undefined;
    const relu = add?.op === "BiasAdd" ? next(add) : undefined;
    const after = relu?.op === "Relu" ? next(relu) : undefined;
    const convolution = after?.op === "AvgPool" ? next(after) : after;
    if (!add || convolution?.op !== "Conv2D") continue;
    const [factorNode, biasNode, kernelNode] = [scaling, add, convolution].map(({ inputs }) =>
      nodes.get(at(inputs, 1))
    );
    const [factor, bias, kernel] = [factorNode, biasNode, kernelNode].map(floatsOf);
    const owned = [factorNode, biasNode, kernelNode].every((node) => node && users.get(node.name) === 1);
    if (!owned || !factor || !bias || !kernel || factor.length !== bias.length) continue;
    const left = factor.map((value, channel) => leftOver(value, at(bias, channel)));
    const perInput = kernel.length / left.length / placesOf(kernelNode);
    change(factorNode, factor.map((value, channel) => value / at(left, channel)));
    change(biasNode, bias.map((value, channel) => value / at(left, channel)));
    // The index is in range, and `at` would be slow for millions of weights.
    change(kernelNode, kernel.map((value, index) => value * (left[Math.floor(index / perInput) % left.length] ?? 1)));
  }
  return { ...graph, nodes: graph.nodes.map((node) => changed.get(node.name) ?? node) };

  function change(node: GraphNode | undefined, values: Float32Array): void {
    const shape = constantOf(node)?.shape;
    if (node && shape) changed.set(node.name, constantNode(node.name, floatConstant(values, shape)));
  }
}

/** Returns the number by which the next kernel must be multiplied, and by which factor and bias must be divided. */
function leftOver(factor: number, bias: number): number {
  const nearest = bfloat16Of(factor);
  let best = { left: 1, error: Infinity };
  for (let away = -NEIGHBOURS; away <= NEIGHBOURS; away++) {
    const left = factor / floatOf(nearest + away);
    if (!(left > 0.9 && left < 1.1)) continue;
    const held = floatOf(bfloat16Of(bias / left));
    const error = Math.abs(held * left - bias);
    if (error < best.error) best = { left, error };
  }
  return best.left;
}

/** Returns the number of positions of a kernel: height times width. */
function placesOf(kernel: GraphNode | undefined): number {
  const shape = constantOf(kernel)?.shape;
  if (!shape) throw new Error("the kernel must be a constant");
  return at(shape, 0) * at(shape, 1);
}
