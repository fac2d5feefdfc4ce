/** Adds outputs to a graph from which the correlations of its convolutions' inputs can be computed. */
import { at } from "../../../at.ts";
import { FLOAT } from "./batch_norm.ts";
import { blocksOf, type ConvolutionToRound } from "./correlations.ts";
import type { Port } from "../../ports.ts";
import { constantNode, type Graph, type GraphNode, intConstant, typeAttribute } from "../capture/graph.ts";

/**
 * The number of channels from which the correlations between positions are computed. Channels hardly differ in these.
 */
const CHANNELS_FOR_PLACES = 16;

const INT = typeAttribute("int32");
const PRODUCTS = {
  T: FLOAT,
  transpose_a: { kind: "bool", value: true },
  transpose_b: { kind: "bool", value: false },
} as const;

/**
 * Returns the graph with the outputs that `correlationsOf` needs. The nodes that compute them come right before each
 * convolution, so that `evaluate` can free its images once the convolution has run.
 */
export function withCorrelations(graph: Graph, convolutions: readonly ConvolutionToRound[]): Graph {
  const parts = convolutions.map((convolution, index) => correlationNodes(`correlations${index}`, convolution));
  const before = new Map(convolutions.map(({ name }, index) => [name, at(parts, index).nodes]));
  return {
    nodes: graph.nodes.flatMap((node) => [...before.get(node.name) ?? [], node]),
    inputs: graph.inputs,
    outputs: parts.flatMap(({ outputs }) => outputs),
  };
}

/**
 * Returns nodes that compute the products of each block's channels over all positions, and a sample of the images for
 * the products of positions.
 */
function correlationNodes(prefix: string, { images, shape: [, , channels = 0] }: ConvolutionToRound) {
  const [rows, sample] = [`${prefix}/rows`, `${prefix}/sample`];
  const blocks = blocksOf(channels).map((block) => ({ ...block, name: `${prefix}/channel${block.from}` }));
  const nodes: GraphNode[] = [
    constantNode(`${rows}/shape`, intConstant([-1, channels], [2])),
    { name: rows, op: "Reshape", inputs: [images, `${rows}/shape`], attributes: { T: FLOAT, Tshape: INT } },
    ...blocks.flatMap(({ name, from, size }) => [
      ...sliceNodes(`${name}/rows`, rows, [0, from], [-1, size]),
      { name, op: "MatMul", inputs: [`${name}/rows`, `${name}/rows`], attributes: PRODUCTS },
    ]),
    ...sliceNodes(sample, images, [0, 0, 0, 0], [-1, -1, -1, Math.min(channels, CHANNELS_FOR_PLACES)]),
  ];
  const outputs = [...blocks.map(({ name }) => port(name, 2)), port(sample, 4)];
  return { nodes, outputs };
}

/** Returns nodes that slice a tensor. A size of -1 means everything from `begin` on. */
function sliceNodes(name: string, input: string, begin: readonly number[], size: readonly number[]): GraphNode[] {
  return [
    constantNode(`${name}/begin`, intConstant(begin, [begin.length])),
    constantNode(`${name}/size`, intConstant(size, [size.length])),
    { name, op: "Slice", inputs: [input, `${name}/begin`, `${name}/size`], attributes: { T: FLOAT, Index: INT } },
  ];
}

function port(node: string, dimensions: number): Port {
  return { node, dtype: "float32", shape: Array.from({ length: dimensions }, () => -1) };
}
