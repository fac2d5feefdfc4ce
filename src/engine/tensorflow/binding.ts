/**
 * What tfjs-node's addon and its backend offer beneath tfjs, typed: its declarations know only a part of it. The names
 * are tfjs-node's (binding/tfjs_backend.cc, dist/nodejs_kernel_backend.js).
 */
import type { DataType, KernelBackend, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { Tf } from "../engine.ts";

/** Values as they lie in memory. A bool is one byte. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** A tensor that TensorFlow holds. `dtype` is TensorFlow's number (TF_DataType). Ids are never used twice. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute of an op. `type` is TensorFlow's number (TF_AttrType). */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface Binding {
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  executeOp(name: string, attributes: readonly OpAttribute[], inputs: number[], outputs: number): TensorMetadata[];
  /** @returns the number of a session. */
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  /** @param inputNames of nodes, joined by commas, as are `outputNames`. */
  runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): TensorMetadata[];
}

/** tfjs-node's backend. It looks at `binding` for each op, so that it can be replaced for a while. */
export interface NodeBackend extends KernelBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(dataId: TensorInfo["dataId"]): Omit<TensorMetadata, "id"> & { readonly id: number } };
  /** Uploads those that are not with TensorFlow yet. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor<never>;
  getDTypeInteger(dtype: DataType): number;
}

/** The backend of an engine; null where it is not TensorFlow's. */
export function nodeBackend(tf: Tf): NodeBackend | null {
  const backend = tf.getBackend() === "tensorflow" ? tf.backend() : null;
  return backend && isNodeBackend(backend) ? backend : null;
}

function isNodeBackend(backend: KernelBackend): backend is NodeBackend {
  return "binding" in backend && "tensorMap" in backend && "getInputTensorIds" in backend;
}
