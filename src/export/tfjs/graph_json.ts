/**
 * A graph as tfjs reads it: the JSON form of TensorFlow's GraphDef with constants without values. The values are in
 * separate files, in the order of the manifest.
 */
import { Buffer } from "node:buffer";
import { at } from "../../at.ts";
import type { GraphType, Port, Shape } from "../../engine/ports.ts";
import type { Attribute, Constant, Graph, GraphNode, NodeType } from "../../engine/tensorflow/capture/graph.ts";
import { PRODUCER } from "../../engine/tensorflow/capture/saved_model.ts";

/** The names of the types in JSON (tensorflow/core/framework/types.proto), without those that tfjs does not read. */
const TYPE_NAMES: Partial<Record<NodeType, string>> = {
  float32: "DT_FLOAT",
  int32: "DT_INT32",
  bool: "DT_BOOL",
};

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** A tensor in the manifest, with its values. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: GraphType;
  readonly bytes: Uint8Array;
}

/** Returns the graph as `modelTopology` of model.json. */
export function topology({ nodes }: Pick<Graph, "nodes">): Json {
  return { node: nodes.map(nodeJson), library: {}, versions: { producer: PRODUCER } };
}

/** Returns the constants in the order in which their bytes are written. */
export function weightsOf({ nodes }: Pick<Graph, "nodes">): ManifestWeight[] {
  return nodes.flatMap(({ name, op, attributes: { value } }) => {
    if (op !== "Const" || value?.kind !== "tensor") return [];
    const { shape, dtype, bytes } = value.value;
    return [{ name, shape, dtype, bytes }];
  });
}

/**
 * Returns the signature: inputs and outputs by the names of their nodes.
 *
 * @param graph a graph whose nodes have the names that callers use, see `withPortNames`
 */
export function signature({ inputs, outputs }: Pick<Graph, "inputs" | "outputs">): Json {
  const ports = (all: readonly Port[]) =>
    Object.fromEntries(all.map(({ node, dtype, shape }) => [
      node,
      { name: `${node}:0`, dtype: typeName(dtype), tensorShape: shapeJson(shape) },
    ]));
  return { inputs: ports(inputs), outputs: ports(outputs) };
}

/** Returns the graph with new names for its only input and its only output. */
export function withPortNames(graph: Graph, input: string, output: string): Graph {
  const [from, to] = [at(graph.inputs, 0), at(graph.outputs, 0)];
  const names = new Map([[from.node, input], [to.node, output]]);
  const renamed = (name: string) => names.get(name) ?? name;
  return {
    nodes: graph.nodes.map((node) => ({ ...node, name: renamed(node.name), inputs: node.inputs.map(renamed) })),
    inputs: [{ ...from, node: input }],
    outputs: [{ ...to, node: output }],
  };
}

function nodeJson({ name, op, inputs, attributes }: GraphNode): Json {
  const attr = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)]));
  return inputs.length === 0 ? { name, op, attr } : { name, op, input: inputs, attr };
}

/** Converts an attribute. In the JSON form of protobuf, an int64 is a string. */
function attributeJson({ kind, value }: Attribute): Json {
  switch (kind) {
    case "string":
      return typeof value === "string" ? { s: base64(value) } : { list: { s: value.map(base64) } };
    case "int":
      return typeof value === "number" ? { i: String(value) } : { list: { i: value.map(String) } };
    case "float":
      return typeof value === "number" ? { f: value } : { list: { f: value } };
    case "bool":
      return typeof value === "boolean" ? { b: value } : { list: { b: value } };
    case "type":
      return { type: typeName(value) };
    case "shape":
      return { shape: shapeJson(value) };
    case "tensor":
      return { tensor: tensorJson(value) };
    case "strings":
      throw new Error("a graph for tfjs has no constants of strings");
  }
}

function tensorJson({ dtype, shape }: Constant): Json {
  return { dtype: typeName(dtype), tensorShape: shapeJson(shape) };
}

function shapeJson(shape: Shape): Json {
  return { dim: shape.map((extent) => ({ size: String(extent) })) };
}

function typeName(type: NodeType): string {
  const name = TYPE_NAMES[type];
  if (name === undefined) throw new Error(`tfjs has no tensors of type ${type}`);
  return name;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
