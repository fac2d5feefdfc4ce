/**
 * The messages of an ONNX file: the part of onnx.proto (github.com/onnx/onnx, Apache-2.0) that exported models need.
 * Names, numbers and types are those of that file.
 */
// protobufjs takes the messages as data, so it needs neither a code generator nor a compiled descriptor, unlike
// @bufbuild/protobuf. onnx-proto, which contains all messages compiled, is no longer maintained.
import protobuf from "protobufjs/light.js";

/** A dimension of a shape: a number, or the name of one that the caller chooses. */
export interface Dimension {
  readonly dim_value?: number;
  readonly dim_param?: string;
  /** The meaning of the dimension, one of the words in ONNX's DimensionDenotation.md. */
  readonly denotation?: string;
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensor_type: { readonly elem_type: number; readonly shape: { readonly dim: readonly Dimension[] } };
    /** The meaning of the values, one of the words in ONNX's TypeDenotation.md. */
    readonly denotation?: string;
  };
  readonly doc_string: string;
}

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data_type: number;
  /** The values in row-major order, little-endian. */
  readonly raw_data: Uint8Array;
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly ints?: readonly number[];
}

export interface NodeProto {
  readonly name: string;
  readonly op_type: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  readonly doc_string: string;
}

export interface ModelProto {
  readonly ir_version: number;
  readonly opset_import: readonly { readonly domain: string; readonly version: number }[];
  readonly producer_name: string;
  readonly producer_version: string;
  readonly doc_string: string;
  readonly graph: GraphProto;
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

/** `TensorProto.DataType`. */
export const DATA_TYPE = { FLOAT: 1, INT64: 7 } as const;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = { FLOAT: 1, INT: 2, STRING: 3, INTS: 7 } as const;

/** A field's number, type, and "*" if it is repeated. */
type Field = readonly [id: number, type: string, repeated?: "*"];

const MESSAGES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  ModelProto: {
    ir_version: [1, "int64"],
    opset_import: [8, "OperatorSetIdProto", "*"],
    producer_name: [2, "string"],
    producer_version: [3, "string"],
    doc_string: [6, "string"],
    graph: [7, "GraphProto"],
    metadata_props: [14, "StringStringEntryProto", "*"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  GraphProto: {
    node: [1, "NodeProto", "*"],
    name: [2, "string"],
    initializer: [5, "TensorProto", "*"],
    doc_string: [10, "string"],
    input: [11, "ValueInfoProto", "*"],
    output: [12, "ValueInfoProto", "*"],
  },
  NodeProto: {
    input: [1, "string", "*"],
    output: [2, "string", "*"],
    name: [3, "string"],
    op_type: [4, "string"],
    attribute: [5, "AttributeProto", "*"],
  },
  AttributeProto: {
    name: [1, "string"],
    type: [20, "int32"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    ints: [8, "int64", "*"],
  },
  TensorProto: {
    dims: [1, "int64", "*"],
    data_type: [2, "int32"],
    name: [8, "string"],
    raw_data: [9, "bytes"],
  },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"], doc_string: [3, "string"] },
  TypeProto: { tensor_type: [1, "TensorTypeProto"], denotation: [6, "string"] },
  // TypeProto.Tensor and TensorShapeProto.Dimension of onnx.proto. A file does not contain the names of messages.
  TensorTypeProto: { elem_type: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto", "*"] },
  DimensionProto: { dim_value: [1, "int64"], dim_param: [2, "string"], denotation: [3, "string"] },
};

// The syntax of onnx.proto. With proto3, zeros would be omitted and lists packed, which not every reader accepts.
const edition = "proto2";
const nested = mapValues(MESSAGES, (fields) => ({ edition, fields: declared(fields) }));
const modelType = protobuf.Root.fromJSON({ nested }).lookupType("ModelProto");

function declared(fields: Readonly<Record<string, Field>>) {
  return mapValues(fields, ([id, type, repeated]) => repeated ? { id, type, rule: "repeated" } : { id, type });
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/** Returns the bytes of an ONNX file with this model. @throws Error if a field has a value of the wrong type */
export function encodeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  const wrong = modelType.verify(model);
  if (wrong !== null) throw new Error(`not an ONNX model: ${wrong}`);
  // A copy in a buffer of its own, which the type of Deno's file functions requires, would double the memory.
  return modelType.encode(model).finish() as Uint8Array<ArrayBuffer>;
}
