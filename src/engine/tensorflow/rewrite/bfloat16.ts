/**
 * A float32 graph in bfloat16: half the bytes, and processors with AVX512_BF16 or AMX multiply twice as many at once.
 * Inputs and outputs stay float32.
 */
import { isBatchNorm } from "./batch_norm.ts";
import {
  castNode,
  type Constant,
  constantNode,
  type Graph,
  type GraphNode,
  identityNode,
  typeAttribute,
} from "../capture/graph.ts";

/** What the ops of a batch norm take in float32 whatever the pictures are in: scale, offset, mean, variance. */
function staysFloat(op: string, input: number): boolean {
  return isBatchNorm(op) && input > 0;
}

/**
 * The graph with all that is float32 in it as bfloat16, but for a batch norm's statistics, which TensorFlow wants in
 * float32 (FusedBatchNormV3, attribute U). A cast follows each float32 input and precedes each float32 output.
 */
export function toBfloat16({ nodes, inputs, outputs }: Graph): Graph {
  const constants = new Map(nodes.filter(isFloatConstant).map((node) => [node.name, node]));
  const given = new Set(inputs.filter(({ dtype }) => dtype === "float32").map(({ node }) => node));
  const taken = new Set(outputs.filter(({ dtype }) => dtype === "float32").map(({ node }) => node));
  const both = new Set<string>();
  const rewritten: GraphNode[] = [];
  for (const node of nodes) {
    if (constants.has(node.name)) continue;
    if (given.has(node.name)) {
      rewritten.push(node, castNode(`${node.name}/bfloat16`, node.name, "float32", "bfloat16"));
      continue;
    }
    const sources = node.inputs.map((input, place) => {
      const constant = constants.get(input);
      if (constant) return constantFor(constant, staysFloat(node.op, place));
      return given.has(input) ? `${input}/bfloat16` : input;
    });
    if (taken.has(node.name)) {
      rewritten.push(identityNode(`${node.name}/bfloat16`, sources[0] ?? "", "bfloat16"));
      rewritten.push(castNode(node.name, `${node.name}/bfloat16`, "bfloat16", "float32"));
    } else rewritten.push({ ...inBfloat16(node), inputs: sources });
  }
  return { nodes: rewritten, inputs, outputs };

  /** A constant is made in the type in which it is wanted, once. */
  function constantFor(node: FloatConstant, float: boolean): string {
    const name = float ? node.name : `${node.name}/bfloat16`;
    if (!both.has(name)) {
      const { value } = node.attributes.value;
      rewritten.push(constantNode(name, float ? value : rounded(value)));
      both.add(name);
    }
    return name;
  }
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
  const halves = Uint16Array.from(new Float32Array(bytes.slice().buffer), bfloat16Of);
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
