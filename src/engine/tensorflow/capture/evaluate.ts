/**
 * Runs a graph once, op by op. For a graph that is needed for a few calls only: to load and optimise one of DenseNet121's
 * size takes TensorFlow a second.
 */
import type { Tf } from "../../engine.ts";
import { type Binding, nodeBackend, type TensorMetadata, type Values } from "../binding.ts";
import { opAttribute } from "./attributes.ts";
import { CaptureError } from "./errors.ts";
import { type Constant, DATA_TYPES, type Graph, type GraphNode, type Port, type Shape } from "./graph.ts";

/** What a node gives: values in row-major order. */
export interface Evaluated {
  readonly shape: Shape;
  readonly values: Values;
}

/**
 * The graph's outputs, in their order. Each tensor is freed once nothing needs it any more; none is left.
 *
 * @param inputs values for the graph's inputs, whose extents must all be known.
 * @throws CaptureError on other engines than TensorFlow's, Error with TensorFlow's words where a node is not sound or has
 * more than one output.
 */
export function evaluate(tf: Tf, graph: Graph, inputs: readonly Values[]): Evaluated[] {
  const binding = nodeBackend(tf)?.binding;
  if (!binding) throw new CaptureError(`a graph is evaluated on the ${tf.getBackend()} engine: only tensorflow can`);
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

/** How often each node is needed for the outputs; those that are not needed have no number. */
function countNeeds({ nodes, outputs }: Graph): Map<string, number> {
  const needs = new Map<string, number>();
  const need = (name: string) => needs.set(name, (needs.get(name) ?? 0) + 1);
  for (const { node } of outputs) need(node);
  // Nodes come after their inputs.
  for (const { name, inputs } of nodes.toReversed()) if (needs.has(name)) inputs.forEach(need);
  return needs;
}

function find(held: ReadonlyMap<string, TensorMetadata>, name: string): TensorMetadata {
  const tensor = held.get(name);
  if (!tensor) throw new CaptureError(`the graph needs ${name}, which no node before gives`);
  return tensor;
}

function run(binding: Binding, { name, op, attributes }: GraphNode, inputs: number[]): TensorMetadata {
  const value = attributes["value"];
  if (op === "Const" && value?.kind === "tensor") return upload(binding, value.value, valuesOf(value.value));
  const [result] = binding.executeOp(op, Object.entries(attributes).map(opAttribute), inputs, 1);
  if (!result) throw new CaptureError(`${name} gives nothing`);
  return result;
}

function upload(binding: Binding, { dtype, shape }: Pick<Port, "dtype" | "shape">, values?: Values): TensorMetadata {
  if (!values) throw new CaptureError("the graph has more inputs than are given");
  return { id: binding.createTensor(shape, DATA_TYPES[dtype], values), shape: [...shape], dtype: DATA_TYPES[dtype] };
}

function valuesOf({ dtype, bytes }: Constant): Values {
  const { buffer } = bytes.slice();
  if (dtype === "float32") return new Float32Array(buffer);
  return dtype === "int32" ? new Int32Array(buffer) : new Uint8Array(buffer);
}
