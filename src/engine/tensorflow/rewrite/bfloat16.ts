/**
 * A float32 graph in bfloat16: half the bytes, and processors with AVX512_BF16 or AMX multiply twice as many at once.
 */
import { isBatchNorm } from "./batch_norm.ts";
import {
  castNode,
  type Constant,
  constantNode,
  type Graph,
  type GraphNode,
  type GraphType,
  typeAttribute,
} from "../capture/graph.ts";

/** What the ops of a batch norm take in float32 whatever the images are in: scale, offset, mean, variance. */
function staysFloat(op: string, input: number): boolean {
  return isBatchNorm(op) && input > 0;
}

/**
 * The graph with all that is float32 in it as bfloat16, but for a batch norm's statistics, which TensorFlow wants in
 * float32 (FusedBatchNormV3, attribute U), and for the nodes in `floats`. Casts stand where one comes after the other, and
 * inputs and outputs keep their types.
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

  /** What a node gives in another precision, made once; constants are made where they are first wanted. */
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

/** By its attributes: what a cast makes, what a constant or input is, what any other op works on. */
function givesFloats({ attributes: { DstT, dtype, T } }: GraphNode): boolean {
  const type = DstT ?? dtype ?? T;
  return type?.kind === "type" && type.value === "float32";
}

type FloatConstant = GraphNode & { readonly attributes: { readonly value: { kind: "tensor"; value: Constant } } };

function isFloatConstant(node: GraphNode): node is FloatConstant {
  const { value } = node.attributes;
  return node.op === "Const" && value?.kind === "tensor" && value.value.dtype === "float32";
}

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

function rounded({ shape, bytes }: Constant): Constant {
  const floats = new Float32Array(bytes.slice().buffer);
  const halves = new Uint16Array(floats.length);
  // Uint16Array.from with a function takes ten times as long.
  floats.forEach((value, index) => halves[index] = bfloat16Of(value));
  return { dtype: "bfloat16", shape, bytes: new Uint8Array(halves.buffer) };
}

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The bits of the nearest bfloat16, ties to even, as TensorFlow's cast does; infinities stay, NaN stays NaN. */
export function bfloat16Of(value: number): number {
  floats[0] = value;
  const [word = 0] = bits;
  if ((word & 0x7fffffff) > 0x7f800000) return 0x7fc0;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

/** The number that the bits of a bfloat16 stand for. */
export function floatOf(half: number): number {
  bits[0] = half << 16;
  return floats[0] ?? NaN;
}
