/** A TensorFlow graph as plain data: what is recorded, rewritten and encoded. No tensor lives here. */

/** TF_DataType (tensorflow/c/tf_datatype.h), as far as graphs are made of it here. */
export const DATA_TYPES = { float32: 1, int32: 3, uint8: 4, complex64: 8, bool: 10, bfloat16: 14 } as const;
export type GraphType = keyof typeof DATA_TYPES;

/** Bytes of one value. */
const BYTES: Readonly<Record<GraphType, number>> = {
  float32: 4,
  int32: 4,
  uint8: 1,
  complex64: 8,
  bool: 1,
  bfloat16: 2,
};

export type Shape = readonly number[];

/** A constant: its values in row-major order, as they lie in memory. */
export interface Constant {
  readonly dtype: GraphType;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

/** An attribute of a node; lists as TensorFlow's `list(int)` and so on. */
export type Attribute =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "int"; readonly value: number | readonly number[] }
  | { readonly kind: "float"; readonly value: number | readonly number[] }
  | { readonly kind: "bool"; readonly value: boolean | readonly boolean[] }
  | { readonly kind: "type"; readonly value: GraphType }
  | { readonly kind: "shape"; readonly value: Shape }
  | { readonly kind: "tensor"; readonly value: Constant };

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `node` or `node:2` for one of its outputs, `^node` for what must have run before. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Where values enter or leave a graph. A dimension of -1 may have any extent. */
export interface Port {
  readonly node: string;
  readonly dtype: GraphType;
  readonly shape: Shape;
}

/** Nodes in an order in which each comes after its inputs, but for the way back in a loop. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The name of TensorFlow's number of a type; undefined for types that have no place in a graph here. */
export function typeNamed(number: number): GraphType | undefined {
  return (Object.keys(DATA_TYPES) as GraphType[]).find((name) => DATA_TYPES[name] === number);
}

export function sizeInBytes({ dtype, shape }: { dtype: GraphType; shape: Shape }): number {
  return shape.reduce((product, extent) => product * extent, BYTES[dtype]);
}

/** A node that takes no input but its value. `after`: names of nodes that must have run before. */
export function constantNode(name: string, value: Constant, after: readonly string[] = []): GraphNode {
  return {
    name,
    op: "Const",
    inputs: after.map((node) => `^${node}`),
    attributes: { dtype: typeAttribute(value.dtype), value: { kind: "tensor", value } },
  };
}

export function placeholderNode({ node, dtype, shape }: Port): GraphNode {
  return {
    name: node,
    op: "Placeholder",
    inputs: [],
    attributes: { dtype: typeAttribute(dtype), shape: { kind: "shape", value: shape } },
  };
}

export function identityNode(name: string, input: string, dtype: GraphType): GraphNode {
  return { name, op: "Identity", inputs: [input], attributes: { T: typeAttribute(dtype) } };
}

export function castNode(name: string, input: string, from: GraphType, to: GraphType): GraphNode {
  return { name, op: "Cast", inputs: [input], attributes: { SrcT: typeAttribute(from), DstT: typeAttribute(to) } };
}

export function typeAttribute(value: GraphType): Attribute {
  return { kind: "type", value };
}

export function intConstant(values: readonly number[], shape: Shape = []): Constant {
  return { dtype: "int32", shape, bytes: new Uint8Array(Int32Array.from(values).buffer) };
}

/** Whether two shapes agree; -1 in `wanted` agrees with any extent. */
export function fits(shape: Shape, wanted: Shape): boolean {
  return shape.length === wanted.length &&
    wanted.every((extent, axis) => extent === -1 || extent === shape[axis]);
}
