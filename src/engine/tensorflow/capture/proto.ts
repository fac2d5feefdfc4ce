/**
 * Types for the protocol buffer messages that come with tfjs-node (dist/proto/api_pb.js, which has no types). Only the
 * parts that are used here.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageFolder } from "../../packages.ts";

interface ProtoMap<Value> {
  set(key: string, value: Value): void;
}

export interface ShapeProto {
  addDim(dimension: DimensionProto): void;
}
interface DimensionProto {
  setSize(extent: number): void;
}
export interface TensorProto {
  setDtype(type: number): void;
  setTensorShape(shape: ShapeProto): void;
  setTensorContent(bytes: Uint8Array): void;
  setStringValList(values: readonly Uint8Array[]): void;
}
export interface ListProto {
  setIList(values: readonly number[]): void;
  setFList(values: readonly number[]): void;
  setBList(values: readonly boolean[]): void;
  setSList(values: readonly Uint8Array[]): void;
}
export interface AttributeProto {
  setS(value: Uint8Array): void;
  setI(value: number): void;
  setF(value: number): void;
  setB(value: boolean): void;
  setType(value: number): void;
  setShape(value: ShapeProto): void;
  setTensor(value: TensorProto): void;
  setList(value: ListProto): void;
}
export interface NodeProto {
  setName(name: string): void;
  setOp(op: string): void;
  setInputList(inputs: readonly string[]): void;
  getAttrMap(): ProtoMap<AttributeProto>;
}
interface VersionProto {
  setProducer(version: number): void;
}
export interface GraphProto {
  addNode(node: NodeProto): void;
  setVersions(versions: VersionProto): void;
}
interface MetaInfoProto {
  addTags(tag: string): void;
}
export interface TensorInfoProto {
  setName(name: string): void;
  setDtype(type: number): void;
  setTensorShape(shape: ShapeProto): void;
}
interface SignatureProto {
  getInputsMap(): ProtoMap<TensorInfoProto>;
  getOutputsMap(): ProtoMap<TensorInfoProto>;
  setMethodName(name: string): void;
}
interface AssetFileProto {
  setTensorInfo(info: TensorInfoProto): void;
  setFilename(name: string): void;
}
interface MetaGraphProto {
  getSignatureDefMap(): ProtoMap<SignatureProto>;
  addAssetFileDef(asset: AssetFileProto): void;
  setMetaInfoDef(info: MetaInfoProto): void;
  setGraphDef(graph: GraphProto): void;
}
interface SavedModelProto {
  setSavedModelSchemaVersion(version: number): void;
  addMetaGraphs(graph: MetaGraphProto): void;
  serializeBinary(): Uint8Array<ArrayBuffer>;
}

export interface Messages {
  readonly TensorShape: (new () => ShapeProto) & { readonly Dim: new () => DimensionProto };
  readonly Tensor: new () => TensorProto;
  readonly AttrValue: (new () => AttributeProto) & { readonly ListValue: new () => ListProto };
  readonly NodeDef: new () => NodeProto;
  readonly GraphDef: new () => GraphProto;
  readonly VersionDef: new () => VersionProto;
  readonly MetaGraphDef: (new () => MetaGraphProto) & { readonly MetaInfoDef: new () => MetaInfoProto };
  readonly TensorInfo: new () => TensorInfoProto;
  readonly SignatureDef: new () => SignatureProto;
  readonly AssetFileDef: new () => AssetFileProto;
  readonly SavedModel: new () => SavedModelProto;
}

/** Returns the message classes. Loads them on first use, because not every process captures graphs. */
export function protoMessages(): Messages {
  const require = createRequire(join(packageFolder("@tensorflow/tfjs-node"), "dist", "index.js"));
  return require("./proto/api_pb");
}
