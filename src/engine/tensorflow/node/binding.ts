/**
 * Types for the parts of tfjs-node's addon and backend that its own declarations omit. The names are those of tfjs-node
 * (binding/tfjs_backend.cc, dist/nodejs_kernel_backend.js).
 */
import type { DataType, KernelBackend, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";

/** A tensor's values as stored in memory. A bool is one byte. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** A tensor in TensorFlow's memory. `dtype` is TensorFlow's number of the type (TF_DataType). Ids are never reused. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute of an op. `type` is TensorFlow's number of the attribute type (TF_AttrType). */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The functions that the addon exports. */
export interface Binding {
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  executeOp(name: string, attributes: readonly OpAttribute[], inputs: number[], outputs: number): TensorMetadata[];
  /** @returns the id of the new session */
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  /**
   * @param inputNames the names of the input nodes, joined by commas
   * @param outputNames the names of the output nodes, joined by commas
   */
  runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): TensorMetadata[];
}

/** tfjs-node's backend. It reads `binding` for each op, so `binding` can be replaced temporarily. */
export interface NodeBackend extends KernelBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(dataId: TensorInfo["dataId"]): Omit<TensorMetadata, "id"> & { readonly id: number } };
  /** Returns the ids of tensors. Uploads those that TensorFlow does not have yet. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor<never>;
  getDTypeInteger(dtype: DataType): number;
}

/** Returns the tfjs-node backend of an engine, or null if the engine is not TensorFlow. */
export function nodeBackend(tf: Tf): NodeBackend | null {
  const backend = tf.getBackend() === "tensorflow" ? tf.backend() : null;
  return backend && isNodeBackend(backend) ? backend : null;
}

function isNodeBackend(backend: KernelBackend): backend is NodeBackend {
  return "binding" in backend && "tensorMap" in backend && "getInputTensorIds" in backend;
}
