/**
 * The messages of TensorBoard's event files: the part of tensorflow/core/util/event.proto and framework/summary.proto
 * (github.com/tensorflow/tensorflow, Apache-2.0) that a run needs. Names, numbers and types are those of these files.
 */
import protobuf from "protobufjs/light.js";

/** `DataType`. */
export const DATA_TYPE = { FLOAT: 1, STRING: 7 } as const;
/** `DataClass`: the way in which TensorBoard stores the values of a tag. */
export const DATA_CLASS = { SCALAR: 1, TENSOR: 2, BLOB_SEQUENCE: 3 } as const;
/** `SessionLog.SessionStatus`: the events before this one with its step or a later one no longer hold. */
export const SESSION_START = 1;
/** The `file_version` in the first event of a file. */
export const FILE_VERSION = "brain.Event:2";

export interface TensorProto {
  readonly dtype: number;
  readonly tensor_shape: { readonly dim: readonly { readonly size: number }[] };
  readonly float_val?: readonly number[];
  readonly string_val?: readonly Uint8Array[];
}

export interface SummaryValue {
  readonly tag: string;
  readonly metadata: { readonly plugin_data: { readonly plugin_name: string }; readonly data_class: number };
  readonly tensor: TensorProto;
}

/** An event, as it is written. */
export interface BoardEvent {
  /** Seconds since 1970. */
  readonly wall_time: number;
  readonly step: number;
  readonly file_version?: string;
  readonly summary?: { readonly value: readonly SummaryValue[] };
  readonly session_log?: { readonly status: number };
}

/** The parts of its own events that a resumed run reads. */
export interface ReadEvent {
  readonly step: number;
  readonly tags: readonly string[];
}

const MESSAGES = {
  Event: {
    fields: {
      wall_time: { id: 1, type: "double" },
      step: { id: 2, type: "int64" },
      file_version: { id: 3, type: "string" },
      summary: { id: 5, type: "Summary" },
      session_log: { id: 7, type: "SessionLog" },
    },
  },
  SessionLog: { fields: { status: { id: 1, type: "int32" } } },
  Summary: { fields: { value: { id: 1, type: "Value", rule: "repeated" } } },
  Value: {
    fields: {
      tag: { id: 1, type: "string" },
      tensor: { id: 8, type: "TensorProto" },
      metadata: { id: 9, type: "SummaryMetadata" },
    },
  },
  SummaryMetadata: {
    fields: { plugin_data: { id: 1, type: "PluginData" }, data_class: { id: 4, type: "int32" } },
  },
  PluginData: { fields: { plugin_name: { id: 1, type: "string" } } },
  TensorProto: {
    fields: {
      dtype: { id: 1, type: "int32" },
      tensor_shape: { id: 2, type: "TensorShapeProto" },
      float_val: { id: 5, type: "float", rule: "repeated" },
      string_val: { id: 8, type: "bytes", rule: "repeated" },
    },
  },
  TensorShapeProto: { fields: { dim: { id: 2, type: "Dim", rule: "repeated" } } },
  Dim: { fields: { size: { id: 1, type: "int64" } } },
};

// The syntax of both files. Enumerations are declared as int32, which is encoded in the same way.
const edition = "proto3";
const nested = Object.fromEntries(
  Object.entries(MESSAGES).map(([name, message]) => [name, { edition, ...message }]),
);
const eventType = protobuf.Root.fromJSON({ nested }).lookupType("Event");

/** Returns the bytes of an event. */
export function encodeEvent(event: BoardEvent): Uint8Array {
  return eventType.encode(event).finish();
}

/** Returns the step and the tags of an event. @throws Error if the bytes are not an event */
export function decodeEvent(bytes: Uint8Array): ReadEvent {
  const { step = 0, summary } = eventType.toObject(eventType.decode(bytes), { longs: Number });
  const values: { readonly tag: string }[] = summary?.value ?? [];
  return { step, tags: values.map(({ tag }) => tag) };
}
