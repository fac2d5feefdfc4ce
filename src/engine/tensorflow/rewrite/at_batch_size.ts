/**
 * Derives a graph for any batch size from recordings at two small ones. Recording at batch sizes 2 and 3 is fast and
 * needs little memory. The batch dimension is where the two recordings differ.
 */
import { Buffer } from "node:buffer";
import { CaptureError } from "../capture/errors.ts";
import type { Port } from "../../ports.ts";
import { type Attribute, type Constant, type Graph, type GraphNode } from "../capture/graph.ts";

/** A graph and the batch size that it was recorded at. */
export interface RecordedAt {
  readonly graph: Graph;
  readonly batchSize: number;
}

/**
 * Returns the graph that a recording at `batchSize` would give. Integers that differ between the two recordings
 * (extents in shapes and in int32 constants) are extrapolated linearly.
 *
 * @throws CaptureError if the recordings differ in anything else, so that extrapolation would be wrong
 */
export function atBatchSize(one: RecordedAt, other: RecordedAt, batchSize: number): Graph {
  const scale = (batchSize - one.batchSize) / (other.batchSize - one.batchSize);
  return derived(one, other, (first, second) => first + (second - first) * scale);
}

/**
 * Returns the graph for all batch sizes. Extents that differ between the two recordings become -1, which TensorFlow
 * computes from the other extents.
 *
 * @throws CaptureError if the recordings differ in anything else, or in a number that may not be -1
 */
export function atAnyBatchSize(one: RecordedAt, other: RecordedAt): Graph {
  const graph = derived(one, other, (first, second) => first === second ? first : -1);
  checkFreeExtents(graph, one.graph);
  return graph;
}

/** The inputs that are shapes in which TensorFlow computes an extent of -1, by op. */
const FREE_SHAPES: Readonly<Record<string, number>> = { Reshape: 1, Slice: 2 };

/** Checks that constants that have become -1 are only used as shapes in which that is allowed. */
function checkFreeExtents({ nodes }: Graph, recorded: Graph): void {
  const changed = new Set(nodes.filter((node, index) => hasFreeExtent(node, recorded.nodes[index])).map(nameOf));
  for (const node of nodes) {
    const wrong = node.inputs.findIndex((input, index) => changed.has(input) && FREE_SHAPES[node.op] !== index);
    if (wrong >= 0) throw differs(node);
  }
}

/** @throws CaptureError if more than one extent has become -1, so that none could be computed */
function hasFreeExtent(node: GraphNode, recorded: GraphNode | undefined): boolean {
  const [value, before] = [node.attributes["value"], recorded?.attributes["value"]];
  if (value?.kind !== "tensor" || before?.kind !== "tensor" || value.value === before.value) return false;
  if (wholeNumbers(value.value).filter((extent) => extent === -1).length > 1) throw differs(node);
  return true;
}

function nameOf({ name }: GraphNode): string {
  return name;
}

function derived(one: RecordedAt, other: RecordedAt, extrapolate: Extrapolate): Graph {
  const { nodes, inputs, outputs } = one.graph;
  if (nodes.length !== other.graph.nodes.length) {
    throw new CaptureError("the graph cannot be extrapolated: its ops depend on the batch size");
  }
  return {
    nodes: nodes.map((node, index) => nodeAt(node, other.graph.nodes[index], extrapolate)),
    inputs: inputs.map((port, index) => portAt(port, other.graph.inputs[index], extrapolate)),
    outputs: outputs.map((port, index) => portAt(port, other.graph.outputs[index], extrapolate)),
  };
}

type Extrapolate = (first: number, second: number) => number;

function nodeAt(node: GraphNode, other: GraphNode | undefined, extrapolate: Extrapolate): GraphNode {
  if (!other || node.op !== other.op || String(node.inputs) !== String(other.inputs)) throw differs(node);
  const attributes = Object.entries(node.attributes).map(([name, value]) =>
    [name, attributeAt(node, value, other.attributes[name], extrapolate)] as const
  );
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function attributeAt(
  node: GraphNode,
  value: Attribute,
  other: Attribute | undefined,
  extrapolate: Extrapolate,
): Attribute {
  if (value.kind === "shape" && other?.kind === "shape") {
    return { kind: "shape", value: numbersAt(node, value.value, other.value, extrapolate) };
  }
  if (value.kind === "tensor" && other?.kind === "tensor") {
    return { kind: "tensor", value: constantAt(node, value.value, other.value, extrapolate) };
  }
  if (JSON.stringify(value) !== JSON.stringify(other)) throw differs(node);
  return value;
}

function constantAt(node: GraphNode, one: Constant, other: Constant, extrapolate: Extrapolate): Constant {
  if (one.dtype !== other.dtype || String(one.shape) !== String(other.shape)) throw differs(node);
  // Byte by byte in JavaScript, comparing the weights of DenseNet121 would take 0.3 s.
  if (Buffer.compare(one.bytes, other.bytes) === 0) return one;
  if (one.dtype !== "int32") throw differs(node);
  const numbers = numbersAt(node, wholeNumbers(one), wholeNumbers(other), extrapolate);
  return { ...one, bytes: new Uint8Array(Int32Array.from(numbers).buffer) };
}

function numbersAt(
  node: GraphNode,
  one: readonly number[],
  other: readonly number[],
  extrapolate: Extrapolate,
): number[] {
  if (one.length !== other.length) throw differs(node);
  return one.map((first, index) => extrapolate(first, other[index] ?? first));
}

function portAt(port: Port, other: Port | undefined, extrapolate: Extrapolate): Port {
  return { ...port, shape: port.shape.map((extent, axis) => extrapolate(extent, other?.shape[axis] ?? extent)) };
}

function wholeNumbers({ bytes }: Constant): number[] {
  return [...new Int32Array(bytes.slice().buffer)];
}

/** Returns the error for a node that cannot be extrapolated. */
function differs({ name, op }: GraphNode): CaptureError {
  return new CaptureError(
    `the graph cannot be extrapolated: ${name} (${op}) depends on the batch size by more than an extent`,
  );
}
