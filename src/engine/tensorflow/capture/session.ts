/** Loads a graph into TensorFlow and runs it. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import { type Binding, type NodeBackend, nodeBackend, type Values } from "../node/binding.ts";
import { CaptureError } from "./errors.ts";
import { DATA_TYPES, type GraphType, type Port, type Ports } from "../../ports.ts";
import { fits, type Graph, sizeInBytes } from "./graph.ts";
import { temporaryPath, writeTemporary } from "../../../files/temporary.ts";
import { encodeSavedModel, SAVED_MODEL_TAG } from "./saved_model.ts";
import { isTensor } from "./record.ts";

/** The value of an input: a tensor, or plain values, which do not pass through tfjs. */
export type Given = Tensor | Values;

/** A loaded graph. */
export class GraphSession {
  readonly #backend: NodeBackend;
  readonly #session: number;
  readonly #inputNames: string;
  readonly #outputNames: string;
  #disposed = false;

  /**
   * Loads the graph in a folder. TensorFlow optimizes it in the first run.
   *
   * @param name the graph's name in error messages
   * @param paths the names of the inputs in error messages
   * @throws Error with TensorFlow's message if the folder has no graph or an invalid one
   */
  constructor(
    tf: Tf,
    folder: string,
    private readonly name: string,
    private readonly ports: Ports,
    private readonly paths: readonly string[],
  ) {
    const backend = nodeBackend(tf);
    if (!backend) throw new CaptureError(`the ${tf.getBackend()} engine cannot load ${name}, only tensorflow can`);
    this.#backend = backend;
    this.#session = backend.binding.loadSavedModel(folder, SAVED_MODEL_TAG);
    this.#inputNames = ports.inputs.map(({ node }) => `${node}:0`).join();
    this.#outputNames = ports.outputs.map(({ node }) => `${node}:0`).join();
  }

  /**
   * Runs the graph. The caller disposes the inputs and the results.
   *
   * @throws CaptureError if an input has another type or shape than the graph's
   */
  run(inputs: readonly Given[]): Tensor[] {
    if (this.#disposed) throw new CaptureError(`${this.name} was called after it was disposed`);
    if (inputs.length !== this.ports.inputs.length) {
      throw new CaptureError(`${this.name} takes ${this.ports.inputs.length} tensors, but got ${inputs.length}`);
    }
    const { binding } = this.#backend;
    const uploaded: number[] = [];
    try {
      const ids = this.ports.inputs.map((port, index) => {
        const input = inputs[index];
        if (input && isTensor(input)) return this.#idOf(input, port, index);
        const id = this.#upload(binding, input, port, index);
        uploaded.push(id);
        return id;
      });
      const results = binding.runSavedModel(this.#session, ids, this.#inputNames, this.#outputNames);
      return results.map((metadata) => this.#backend.createOutputTensor(metadata));
    } finally {
      for (const id of uploaded) binding.deleteTensor(id);
    }
  }

  /** Frees the graph; a second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#backend.binding.deleteSavedModel(this.#session);
  }

  #idOf(tensor: Tensor, port: Port, index: number): number {
    if (tensor.dtype !== port.dtype || !fits(tensor.shape, port.shape)) {
      throw this.#wrong(index, port, `a ${tensor.dtype} tensor of ${shown(tensor.shape)}`);
    }
    const [id] = this.#backend.getInputTensorIds([tensor]);
    if (id === undefined) throw new Error("tfjs-node returned no id");
    return id;
  }

  #upload(binding: Binding, values: Values | undefined, port: Port, index: number): number {
    if (!values || typeOfValues(port.dtype) !== values.constructor) {
      throw this.#wrong(index, port, values ? `a ${values.constructor.name}` : "nothing");
    }
    const shape = this.#shapeFor(values, port, index);
    return binding.createTensor(shape, DATA_TYPES[port.dtype], values);
  }

  /** Returns the port's shape. If one dimension is free, it follows from the number of values. */
  #shapeFor(values: Values, port: Port, index: number): number[] {
    const rest = sizeInBytes({ dtype: port.dtype, shape: port.shape.filter((extent) => extent !== -1) });
    const free = values.byteLength / rest;
    const shape = port.shape.map((extent) => extent === -1 ? free : extent);
    if (!Number.isInteger(free) || sizeInBytes({ dtype: port.dtype, shape }) !== values.byteLength) {
      throw this.#wrong(index, port, `${values.length} values`);
    }
    return shape;
  }

  #wrong(index: number, { dtype, shape }: Port, got: string): CaptureError {
    const path = this.paths[index] ? `${this.paths[index]} ` : "";
    return new CaptureError(`${this.name}: input ${path}must be ${dtype} of ${shown(shape)}, but got ${got}`);
  }
}

/** Loads a graph from memory, by way of a temporary folder that is removed afterwards. */
export function openSession(tf: Tf, name: string, graph: Graph, paths: readonly string[]): GraphSession {
  return withSavedModel(graph, (folder) => new GraphSession(tf, folder, name, graph, paths));
}

/** Calls `use` with a temporary folder that holds the graph as saved_model.pb, and removes the folder. */
export function withSavedModel<T>(graph: Graph, use: (folder: string) => T): T {
  const folder = temporaryPath();
  Deno.mkdirSync(folder, { mode: 0o700 });
  try {
    writeTemporary(`${folder}/saved_model.pb`, encodeSavedModel(graph));
    return use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function typeOfValues(dtype: GraphType): Values["constructor"] | undefined {
  if (dtype === "float32") return Float32Array;
  if (dtype === "int32") return Int32Array;
  return dtype === "uint8" || dtype === "bool" ? Uint8Array : undefined;
}

function shown(shape: readonly number[]): string {
  return `[${shape.map((extent) => extent === -1 ? "any" : extent).join("×")}]`;
}
