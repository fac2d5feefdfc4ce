/** What a graph's convolutions work on, as further outputs: enough of it to make their correlations of. */
import { FLOAT } from "./batch_norm.ts";
import type { RoundedConvolution } from "./correlations.ts";
import {
  type Attribute,
  constantNode,
  type Graph,
  type GraphNode,
  intConstant,
  type Port,
  typeAttribute,
} from "../capture/graph.ts";

/** Of a picture's rows and columns every so many is looked at for the channels. */
const PLACE_STEP = 2;
/** Every so many pictures, and about so many channels of them, for the places: they are much alike in that. */
const PICTURE_STEP = 4;
const CHANNELS_FOR_PLACES = 16;

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

function correlationNodes(prefix: string, { pictures, shape: [, , channels = 0] }: RoundedConvolution) {
  const [some, rows] = [`${prefix}/some`, `${prefix}/rows`];
  const [products, sample] = [`${prefix}/products`, `${prefix}/sample`];
  const channelStep = Math.max(1, Math.floor(channels / CHANNELS_FOR_PLACES));
  const nodes: GraphNode[] = [
    ...everySo(some, pictures, [1, PLACE_STEP, PLACE_STEP, 1]),
    constantNode(`${rows}/shape`, intConstant([-1, channels], [2])),
    { name: rows, op: "Reshape", inputs: [some, `${rows}/shape`], attributes: { T: FLOAT, Tshape: INT } },
    {
      name: products,
      op: "MatMul",
      inputs: [rows, rows],
      attributes: { T: FLOAT, transpose_a: { kind: "bool", value: true }, transpose_b: { kind: "bool", value: false } },
    },
    ...everySo(sample, pictures, [PICTURE_STEP, 1, 1, channelStep]),
  ];
  return { nodes, products, sample };
}

const INT = typeAttribute("int32");
const number = (value: number): Attribute => ({ kind: "int", value });

/** One of so many along each axis. */
function everySo(name: string, input: string, steps: readonly number[]): GraphNode[] {
  const whole = number(2 ** steps.length - 1);
  const zeros = steps.map(() => 0);
  const parts = Object.entries({ begin: zeros, end: zeros, strides: steps });
  return [
    ...parts.map(([part, values]) => constantNode(`${name}/${part}`, intConstant(values, [values.length]))),
    {
      name,
      op: "StridedSlice",
      inputs: [input, ...parts.map(([part]) => `${name}/${part}`)],
      attributes: {
        T: FLOAT,
        Index: INT,
        begin_mask: whole,
        end_mask: whole,
        ellipsis_mask: number(0),
        new_axis_mask: number(0),
        shrink_axis_mask: number(0),
      },
    },
  ];
}
