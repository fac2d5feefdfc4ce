/** What a graph's convolutions work on, as further outputs: enough of it to make their correlations of. */
import { FLOAT } from "./batch_norm.ts";
import type { RoundedConvolution } from "./correlations.ts";
import { constantNode, type Graph, type GraphNode, intConstant, type Port, typeAttribute } from "../capture/graph.ts";

/** Channels that are looked at for the places: they are much alike in that. */
const CHANNELS_FOR_PLACES = 16;

const INT = typeAttribute("int32");

/** The graph with outputs that `correlationsOf` makes correlations of, two for each convolution. */
export function withCorrelations(graph: Graph, convolutions: readonly RoundedConvolution[]): Graph {
  const parts = convolutions.map((convolution, index) => correlationNodes(`correlations${index}`, convolution));
  const port = (node: string): Port => ({ node, dtype: "float32", shape: [-1, -1] });
  return {
    nodes: [...graph.nodes, ...parts.flatMap(({ nodes }) => nodes)],
    inputs: graph.inputs,
    outputs: parts.flatMap(({ products, sample }) => [port(products), port(sample)]),
  };
}

/** Products of channels over all places, and a part of the pictures for those of places. */
function correlationNodes(prefix: string, { pictures, shape: [, , channels = 0] }: RoundedConvolution) {
  const [rows, products] = [`${prefix}/rows`, `${prefix}/products`];
  const sample = `${prefix}/sample`;
  const size = [-1, -1, -1, Math.min(channels, CHANNELS_FOR_PLACES)];
  const nodes: GraphNode[] = [
    constantNode(`${rows}/shape`, intConstant([-1, channels], [2])),
    { name: rows, op: "Reshape", inputs: [pictures, `${rows}/shape`], attributes: { T: FLOAT, Tshape: INT } },
    {
      name: products,
      op: "MatMul",
      inputs: [rows, rows],
      attributes: { T: FLOAT, transpose_a: { kind: "bool", value: true }, transpose_b: { kind: "bool", value: false } },
    },
    constantNode(`${sample}/begin`, intConstant([0, 0, 0, 0], [4])),
    constantNode(`${sample}/size`, intConstant(size, [4])),
    {
      name: sample,
      op: "Slice",
      inputs: [pictures, `${sample}/begin`, `${sample}/size`],
      attributes: { T: FLOAT, Index: INT },
    },
  ];
  return { nodes, products, sample };
}
