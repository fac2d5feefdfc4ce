/** A TensorFlow graph as plain data, which can be recorded, rewritten and encoded. Contains no tensors. */
import { DATA_TYPES, type GraphType, type Port, type Ports, type Shape } from "../../ports.ts";

/** The size of one value in bytes. */
const BYTES: Readonly<Record<GraphType, number>> = {
  float32: 4,
  int32: 4,
  uint8: 1,
  complex64: 8,
  bool: 1,
  bfloat16: 2,
};

/**
 * The types that nodes may have besides those of `GraphType`, with TensorFlow's numbers. Their values exist only inside
 * a graph or in its signatures: tfjs has no tensors of them.
 */
const INNER_TYPES = { float64: 2, string: 7, resource: 20 } as const;
export const NODE_TYPES = { ...DATA_TYPES, ...INNER_TYPES };
export type NodeType = keyof typeof NODE_TYPES;

/** A constant. Its bytes are the values in row-major order, as in memory. */
export interface Constant {
  readonly dtype: GraphType;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

/** A constant of strings, in row-major order. */
export interface StringConstant {
  readonly shape: Shape;
  readonly strings: readonly string[];
}

/** An attribute of a node. Lists stand for TensorFlow's `list(int)` and so on. */
export type Attribute =
  | { readonly kind: "string"; readonly value: string | readonly string[] }
  | { readonly kind: "int"; readonly value: number | readonly number[] }
  | { readonly kind: "float"; readonly value: number | readonly number[] }
  | { readonly kind: "bool"; readonly value: boolean | readonly boolean[] }
  | { readonly kind: "type"; readonly value: NodeType }
  | { readonly kind: "shape"; readonly value: Shape }
  | { readonly kind: "tensor"; readonly value: Constant }
  | { readonly kind: "strings"; readonly value: StringConstant };

/** A node of a graph: an op with its inputs and attributes. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** The inputs: `node` or `node:2` for an output of a node, `^node` for a node that must run first. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph. Each node comes after its inputs, except for the edge that closes a loop. */
export interface Graph extends Ports {
  readonly nodes: readonly GraphNode[];
}

/** Returns the type with this TensorFlow number, or undefined if graphs here do not use it. */
export function typeNamed(number: number): GraphType | undefined {
  return (Object.keys(DATA_TYPES) as GraphType[]).find((name) => DATA_TYPES[name] === number);
}

/** Returns the size of a tensor in bytes. */
export function sizeInBytes({ dtype, shape }: { dtype: GraphType; shape: Shape }): number {
  return shape.reduce((product, extent) => product * extent, BYTES[dtype]);
}

/**
 * Returns a node for a constant.
 *
 * @param after the names of nodes that must run before it
 */
export function constantNode(name: string, value: Constant, after: readonly string[] = []): GraphNode {
  return {
    name,
    op: "Const",
    inputs: after.map((node) => `^${node}`),
    attributes: { dtype: typeAttribute(value.dtype), value: { kind: "tensor", value } },
  };
}

/** Returns a node for a constant of strings. */
export function stringsNode(name: string, value: StringConstant): GraphNode {
  return {
    name,
    op: "Const",
    inputs: [],
    attributes: { dtype: typeAttribute("string"), value: { kind: "strings", value } },
  };
}

/** Returns the node of a graph's input. */
export function placeholderNode(
  { node, dtype, shape }: Pick<Port, "node" | "shape"> & { readonly dtype: NodeType },
): GraphNode {
  return {
    name: node,
    op: "Placeholder",
    inputs: [],
    attributes: { dtype: typeAttribute(dtype), shape: { kind: "shape", value: shape } },
  };
}

/** Returns a node that passes its input on unchanged. */
export function identityNode(name: string, input: string, dtype: NodeType): GraphNode {
  return { name, op: "Identity", inputs: [input], attributes: { T: typeAttribute(dtype) } };
}

/** Returns a node that converts its input to another type. */
export function castNode(name: string, input: string, from: NodeType, to: NodeType): GraphNode {
  return { name, op: "Cast", inputs: [input], attributes: { SrcT: typeAttribute(from), DstT: typeAttribute(to) } };
}

/** Returns an attribute whose value is a type. */
export function typeAttribute(value: NodeType): Attribute {
  return { kind: "type", value };
}

/** Returns an int32 constant; a scalar if no shape is given. */
export function intConstant(values: readonly number[], shape: Shape = []): Constant {
  return { dtype: "int32", shape, bytes: new Uint8Array(Int32Array.from(values).buffer) };
}

/** Returns whether two shapes are equal. An extent of -1 in `wanted` matches any extent. */
export function fits(shape: Shape, wanted: Shape): boolean {
  return shape.length === wanted.length &&
    wanted.every((extent, axis) => extent === -1 || extent === shape[axis]);
}
