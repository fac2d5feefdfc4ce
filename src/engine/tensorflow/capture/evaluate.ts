/**
 * Runs a graph once, op by op, for graphs that are needed for a few calls only. Loading and optimizing a graph of
 * DenseNet121's size takes TensorFlow a second.
 */
import type { Tf } from "../../engine.ts";
import { type Binding, nodeBackend, type TensorMetadata, type Values } from "../node/binding.ts";
import { opAttribute } from "./attributes.ts";
import { CaptureError } from "./errors.ts";
import { DATA_TYPES, type Port, type Shape } from "../../ports.ts";
import { type Constant, type Graph, type GraphNode } from "./graph.ts";

/** The output of a node, in row-major order. */
export interface Evaluated {
  readonly shape: Shape;
  readonly values: Values;
}

/**
 * Returns the graph's outputs in order. Frees each tensor as soon as no node needs it, and leaves none behind.
 *
 * @param inputs values for the graph's inputs, whose extents must all be known
 * @throws CaptureError on engines other than TensorFlow
 * @throws Error with TensorFlow's message if a node is invalid or has more than one output
 */
export function evaluate(tf: Tf, graph: Graph, inputs: readonly Values[]): Evaluated[] {
  const binding = nodeBackend(tf)?.binding;
  if (!binding) throw new CaptureError(`the ${tf.getBackend()} engine cannot evaluate graphs, only tensorflow can`);
  const given = new Map(graph.inputs.map((port, index) => [port.node, { port, values: inputs[index] }]));
  const usesLeft = countNeeds(graph);
  const held = new Map<string, TensorMetadata>();
  try {
    for (const node of graph.nodes) {
      if (!usesLeft.has(node.name)) continue;
      const start = given.get(node.name);
      const tensor = start
        ? upload(binding, start.port, start.values)
        : run(binding, node, node.inputs.map((input) => find(held, input).id));
      held.set(node.name, tensor);
      node.inputs.forEach(release);
    }
    return graph.outputs.map(({ node }) => {
      const { id, shape } = find(held, node);
      const values = binding.tensorDataSync(id);
      release(node);
      return { shape, values };
    });
  } finally {
    for (const { id } of held.values()) binding.deleteTensor(id);
  }

  function release(name: string): void {
    const uses = (usesLeft.get(name) ?? 0) - 1;
    usesLeft.set(name, uses);
    if (uses > 0) return;
    binding?.deleteTensor(find(held, name).id);
    held.delete(name);
  }
}

/**
 * Counts how often each node's output is used, directly or indirectly for the outputs. Nodes that are not needed have
 * no entry.
 */
function countNeeds({ nodes, outputs }: Graph): Map<string, number> {
  const needs = new Map<string, number>();
  const need = (name: string) => needs.set(name, (needs.get(name) ?? 0) + 1);
  for (const { node } of outputs) need(node);
  // In reverse order, because nodes come after their inputs.
  for (const { name, inputs } of nodes.toReversed()) if (needs.has(name)) inputs.forEach(need);
  return needs;
}

function find(held: ReadonlyMap<string, TensorMetadata>, name: string): TensorMetadata {
  const tensor = held.get(name);
  if (!tensor) throw new CaptureError(`a node of the graph needs ${name}, which no earlier node provides`);
  return tensor;
}

function run(binding: Binding, { name, op, attributes }: GraphNode, inputs: number[]): TensorMetadata {
  const value = attributes["value"];
  if (op === "Const" && value?.kind === "tensor") return upload(binding, value.value, valuesOf(value.value));
  const [result] = binding.executeOp(op, Object.entries(attributes).map(opAttribute), inputs, 1);
  if (!result) throw new CaptureError(`${name} has no output`);
  return result;
}

function upload(binding: Binding, { dtype, shape }: Pick<Port, "dtype" | "shape">, values?: Values): TensorMetadata {
  if (!values) throw new CaptureError("the graph has more inputs than there are values");
  return { id: binding.createTensor(shape, DATA_TYPES[dtype], values), shape: [...shape], dtype: DATA_TYPES[dtype] };
}

function valuesOf({ dtype, bytes }: Constant): Values {
  const { buffer } = bytes.slice();
  if (dtype === "float32") return new Float32Array(buffer);
  return dtype === "int32" ? new Int32Array(buffer) : new Uint8Array(buffer);
}
