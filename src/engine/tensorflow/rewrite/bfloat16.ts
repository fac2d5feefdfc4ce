/**
 * Converts a float32 graph to bfloat16. That halves the bytes, and processors with AVX512_BF16 or AMX multiply twice as
 * many values at once.
 */
import { isBatchNorm } from "./batch_norm.ts";
import type { GraphType } from "../../ports.ts";
import { castNode, type Constant, constantNode, type Graph, type GraphNode, typeAttribute } from "../capture/graph.ts";

/**
 * Returns whether an op's input is float32 whatever the type of the images: the scale, offset, mean and variance of a
 * batch normalization.
 */
function staysFloat(op: string, input: number): boolean {
  return isBatchNorm(op) && input > 0;
}

/**
 * Returns the graph with everything that is float32 converted to bfloat16. Exceptions are the statistics of batch
 * normalizations, which TensorFlow requires in float32 (FusedBatchNormV3, attribute U), and the nodes in `floats`.
 * Casts are added where the types differ. Inputs and outputs keep their types.
 *
 * @param floats the names of the nodes that stay in float32
 */
export function toBfloat16({ nodes, inputs, outputs }: Graph, floats: ReadonlySet<string> = new Set()): Graph {
  const constants = new Map(nodes.filter(isFloatConstant).map((node) => [node.name, node]));
  const staying = new Set([...floats, ...inputs.map(({ node }) => node)]);
  const precisionOf = (name: string): Precision => staying.has(name) ? "float32" : "bfloat16";
  const gives = new Map(nodes.filter(givesFloats).map(({ name }) => [name, precisionOf(name)]));
  const made = new Set<string>();
  const rewritten: GraphNode[] = [];
  for (const node of nodes) {
    if (constants.has(node.name)) continue;
    const wanted = precisionOf(node.name);
    const sources = node.inputs.map((input, place) =>
      inPrecision(input, staysFloat(node.op, place) ? "float32" : wanted)
    );
    rewritten.push({ ...(wanted === "float32" ? node : inBfloat16(node)), inputs: sources });
  }
  return {
    nodes: rewritten,
    inputs,
    outputs: outputs.map((port) => ({ ...port, node: inPrecision(port.node, port.dtype) })),
  };

  /**
   * Returns the name of a node's output in another precision. Each cast and each constant is added once, when it is
   * first needed.
   */
  function inPrecision(name: string, wanted: GraphType): string {
    const [constant, given] = [constants.get(name), gives.get(name)];
    if (!given || (given === wanted && !constant)) return name;
    const source = constant && wanted === "float32" ? name : `${name}/${wanted}`;
    if (made.has(source)) return source;
    made.add(source);
    if (!constant) rewritten.push(castNode(source, name, given, wanted));
    else if (wanted === "float32") rewritten.push(constant);
    else rewritten.push(constantNode(source, rounded(constant.attributes.value.value)));
    return source;
  }
}

type Precision = "float32" | "bfloat16";

/**
 * Returns whether a node's output is float32, from its attributes: DstT of a cast, dtype of a constant or input, T of
 * any other op.
 */
function givesFloats({ attributes: { DstT, dtype, T } }: GraphNode): boolean {
  const type = DstT ?? dtype ?? T;
  return type?.kind === "type" && type.value === "float32";
}

type FloatConstant = GraphNode & { readonly attributes: { readonly value: { kind: "tensor"; value: Constant } } };

function isFloatConstant(node: GraphNode): node is FloatConstant {
  const { value } = node.attributes;
  return node.op === "Const" && value?.kind === "tensor" && value.value.dtype === "float32";
}

/** Returns a node with float32 replaced by bfloat16 in its attributes. */
function inBfloat16(node: GraphNode): GraphNode {
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([name, value]) => [
      name,
      value.kind === "type" && value.value === "float32" ? typeAttribute("bfloat16") : value,
    ]),
  );
  if (!isBatchNorm(node.op)) return { ...node, attributes };
  return { ...node, op: "FusedBatchNormV3", attributes: { ...attributes, U: typeAttribute("float32") } };
}

/** Returns a float32 constant rounded to bfloat16. */
function rounded({ shape, bytes }: Constant): Constant {
  const floats = new Float32Array(bytes.slice().buffer);
  const halves = new Uint16Array(floats.length);
  // A loop, because Uint16Array.from with a function takes ten times as long.
  floats.forEach((value, index) => halves[index] = bfloat16Of(value));
  return { dtype: "bfloat16", shape, bytes: new Uint8Array(halves.buffer) };
}

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** Returns the bits of the nearest bfloat16, with ties to even, as TensorFlow's cast does. Keeps infinities and NaN. */
export function bfloat16Of(value: number): number {
  floats[0] = value;
  const [word = 0] = bits;
  if ((word & 0x7fffffff) > 0x7f800000) return 0x7fc0;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

/** Returns the number with these bfloat16 bits. */
export function floatOf(half: number): number {
  bits[0] = half << 16;
  return floats[0] ?? NaN;
}
