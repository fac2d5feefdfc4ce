/** The inputs and outputs of a graph: what an engine must know of it to run it. */

/** The types that graphs use here, with TensorFlow's numbers (TF_DataType in tensorflow/c/tf_datatype.h). */
export const DATA_TYPES = { float32: 1, int32: 3, uint8: 4, complex64: 8, bool: 10, bfloat16: 14 } as const;
export type GraphType = keyof typeof DATA_TYPES;

/** The extents of a tensor's dimensions. */
export type Shape = readonly number[];

/** An input or output of a graph. A dimension of -1 may have any extent. */
export interface Port {
  readonly node: string;
  readonly dtype: GraphType;
  readonly shape: Shape;
}

/** The inputs and outputs of a graph, each in the order of the values given to it and returned by it. */
export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}
