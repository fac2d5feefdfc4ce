/** Runs a function once on examples and returns the graph of the ops that it ran. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import { type NodeBackend, nodeBackend } from "../node/binding.ts";
import { CaptureError } from "./errors.ts";
import { DATA_TYPES, type GraphType, type Port } from "../../ports.ts";
import { castNode, type Graph, placeholderNode, sizeInBytes } from "./graph.ts";
import { Recorder } from "./recorder.ts";
import { leaves, mapLeaves, type Tree } from "./tree.ts";

/**
 * An input described by its type and shape. uint8, which tfjs does not have, is passed as bytes and is int32 inside the
 * graph. `as` has no value; it tells the compiler which kind of tensor the function sees.
 */
export interface InputSpec<Seen extends Tensor = Tensor> {
  readonly dtype: "float32" | "int32" | "bool" | "uint8";
  readonly shape: readonly number[];
  readonly as?: Seen;
}

/** The example of an input while a function is captured. A tensor's values do not matter. */
export type Example = Tensor | InputSpec;

/** A recorded function. */
export interface Recording {
  readonly graph: Graph;
  /** The names of the inputs, in the order of the graph's inputs. */
  readonly inputPaths: readonly string[];
  /** The value that the function returned, with the index among the graph's outputs in place of each tensor. */
  readonly result: Tree<number>;
}

/**
 * Records the ops that `fn` runs. `fn` runs once, on tensors like the examples. Its intermediate tensors are freed as
 * it frees them, and none is left at the end. Values that do not depend on an input become constants.
 *
 * @throws CaptureError if `fn` does something that a graph cannot contain: a random op, reading a value, a promise
 */
export function record(
  tf: Tf,
  name: string,
  fn: (inputs: Tree<Tensor>) => unknown,
  examples: Tree<Example>,
): Recording {
  const backend = nodeBackend(tf);
  if (!backend) throw new CaptureError(`the ${tf.getBackend()} engine cannot capture ${name}, only tensorflow can`);
  const given = leaves<Example>(examples, isExample);
  const recorder = new Recorder(backend, name);
  const inputs = given.map(({ value: { dtype, shape } }, index): Port => ({
    node: `input_${index}`,
    dtype: graphType(name, dtype),
    shape: [...shape],
  }));
  let recording: Recording | undefined;
  tf.tidy(() => {
    let next = 0;
    const seen = mapLeaves<Example, Tensor>(examples, isExample, () => {
      const port = inputs[next++];
      if (!port) throw new Error("there are more leaves than before");
      return standIn(backend, recorder, port);
    });
    recorder.watch(() => {
      const returned = fn(seen);
      if (returned instanceof Promise) throw new CaptureError(`${name} is asynchronous and cannot be captured`);
      recording = finish(backend, recorder, { name, inputs, returned: returned as Tree<Tensor> });
    });
  });
  if (!recording) throw new Error("nothing was recorded");
  return { ...recording, inputPaths: given.map(({ path }) => path) };
}

/** Returns whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "dataId" in value && "shape" in value;
}

/** Creates a separate TensorFlow tensor for an input, so that two inputs are never confused. */
function standIn(backend: NodeBackend, recorder: Recorder, port: Port): Tensor {
  const inside = port.dtype === "uint8" ? "int32" : port.dtype;
  const zeros = new Uint8Array(sizeInBytes({ dtype: inside, shape: port.shape }));
  const { binding } = backend;
  const values = inside === "float32"
    ? new Float32Array(zeros.buffer)
    : inside === "int32"
    ? new Int32Array(zeros.buffer)
    : zeros;
  const id = binding.createTensor(port.shape, DATA_TYPES[inside], values);
  const cast = `${port.node}_cast`;
  if (inside !== port.dtype) recorder.nodes.push(castNode(cast, port.node, port.dtype, inside));
  recorder.declareInput(id, inside === port.dtype ? port.node : cast, { dtype: inside, shape: port.shape });
  return backend.createOutputTensor({ id, shape: [...port.shape], dtype: DATA_TYPES[inside] });
}

/** Returns the recording of a function that has just returned. */
function finish(
  backend: NodeBackend,
  recorder: Recorder,
  { name, inputs, returned }: { name: string; inputs: readonly Port[]; returned: Tree<Tensor> },
): Recording {
  const tensors = leaves<Tensor>(returned, isTensor).map(({ value }) => value);
  if (tensors.length === 0) throw new CaptureError(`${name} returns no tensor`);
  const ids = backend.getInputTensorIds(tensors);
  const outputs = ids.map((id, index) => recorder.output(id, `output_${index}`));
  let place = 0;
  return {
    graph: { nodes: [...inputs.map(placeholderNode), ...recorder.nodes], inputs, outputs },
    inputPaths: [],
    result: mapLeaves<Tensor, number>(returned, isTensor, () => place++),
  };
}

function isExample(value: unknown): value is Example {
  return isTensor(value) || (typeof value === "object" && value !== null && "dtype" in value && "shape" in value);
}

function graphType(name: string, dtype: string): GraphType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool" || dtype === "uint8") return dtype;
  throw new CaptureError(`${name} has an input of type ${dtype}, which cannot be captured`);
}
