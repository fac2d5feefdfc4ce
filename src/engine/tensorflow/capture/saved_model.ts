/** Encodes a graph as the bytes of a saved_model.pb file (tensorflow/core/protobuf/saved_model.proto). */
import type { Shape } from "../../ports.ts";
import { type Attribute, type Graph, type GraphNode, NODE_TYPES, type NodeType } from "./graph.ts";
import {
  type AttributeProto,
  type Messages,
  type NodeProto,
  protoMessages,
  type ShapeProto,
  type TensorInfoProto,
} from "./proto.ts";

/** The tag of the graph in its file. */
export const SAVED_MODEL_TAG = "serve";

/**
 * TF_GRAPH_DEF_VERSION of TensorFlow 2.15, which defines the meaning of the ops' attributes. Later versions read it
 * too.
 */
export const PRODUCER = 1645;

/** The method that TensorFlow Serving calls. */
const PREDICT = "tensorflow/serving/predict";

/** The first output of a node, as an input or output of a signature. */
export interface SignaturePort {
  readonly node: string;
  readonly dtype: NodeType;
  /** A dimension of -1 may have any extent. */
  readonly shape: Shape;
}

/** A function of the graph, with the names that its callers use for its inputs and outputs. */
export interface Signature {
  readonly inputs: Readonly<Record<string, SignaturePort>>;
  readonly outputs: Readonly<Record<string, SignaturePort>>;
}

/** What a file contains besides the graph. */
export interface ModelFacts {
  /** The signatures by name. */
  readonly signatures: Readonly<Record<string, Signature>>;
  /**
   * The files in the folder `assets`. TensorFlow gives a file's path to the node, a constant string, while it loads the
   * model.
   */
  readonly assets: readonly { readonly node: string; readonly file: string }[];
}

/**
 * Returns the content of the file. It is complete without variables, because constants are part of the graph.
 *
 * @param facts for callers other than this program, which needs only the names of nodes
 */
export function encodeSavedModel(
  { nodes }: Pick<Graph, "nodes">,
  { signatures, assets }: ModelFacts = { signatures: {}, assets: [] },
): Uint8Array<ArrayBuffer> {
  const messages = protoMessages();
  const graph = new messages.GraphDef();
  const versions = new messages.VersionDef();
  versions.setProducer(PRODUCER);
  graph.setVersions(versions);
  for (const node of nodes) graph.addNode(encodeNode(messages, node));
  const info = new messages.MetaGraphDef.MetaInfoDef();
  info.addTags(SAVED_MODEL_TAG);
  const metaGraph = new messages.MetaGraphDef();
  metaGraph.setMetaInfoDef(info);
  metaGraph.setGraphDef(graph);
  for (const [name, { inputs, outputs }] of Object.entries(signatures)) {
    const signature = new messages.SignatureDef();
    for (const [key, port] of Object.entries(inputs)) signature.getInputsMap().set(key, encodePort(messages, port));
    for (const [key, port] of Object.entries(outputs)) signature.getOutputsMap().set(key, encodePort(messages, port));
    signature.setMethodName(PREDICT);
    metaGraph.getSignatureDefMap().set(name, signature);
  }
  for (const { node, file } of assets) {
    const asset = new messages.AssetFileDef();
    asset.setTensorInfo(encodePort(messages, { node, dtype: "string", shape: [] }));
    asset.setFilename(file);
    metaGraph.addAssetFileDef(asset);
  }
  const model = new messages.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(metaGraph);
  return model.serializeBinary();
}

function encodePort(messages: Messages, { node, dtype, shape }: SignaturePort): TensorInfoProto {
  const info = new messages.TensorInfo();
  info.setName(`${node}:0`);
  info.setDtype(NODE_TYPES[dtype]);
  info.setTensorShape(encodeShape(messages, shape));
  return info;
}

function encodeNode(messages: Messages, { name, op, inputs, attributes }: GraphNode): NodeProto {
  const node = new messages.NodeDef();
  node.setName(name);
  node.setOp(op);
  node.setInputList(inputs);
  for (const [key, value] of Object.entries(attributes)) node.getAttrMap().set(key, encodeAttribute(messages, value));
  return node;
}

function encodeAttribute(messages: Messages, { kind, value }: Attribute): AttributeProto {
  const attribute = new messages.AttrValue();
  switch (kind) {
    case "string":
      if (typeof value === "string") attribute.setS(encoded(value));
      else attribute.setList(listOf(messages, (list) => list.setSList(value.map(encoded))));
      break;
    case "int":
      if (typeof value === "number") attribute.setI(value);
      else attribute.setList(listOf(messages, (list) => list.setIList(value)));
      break;
    case "float":
      if (typeof value === "number") attribute.setF(value);
      else attribute.setList(listOf(messages, (list) => list.setFList(value)));
      break;
    case "bool":
      if (typeof value === "boolean") attribute.setB(value);
      else attribute.setList(listOf(messages, (list) => list.setBList(value)));
      break;
    case "type":
      attribute.setType(NODE_TYPES[value]);
      break;
    case "shape":
      attribute.setShape(encodeShape(messages, value));
      break;
    case "tensor": {
      const tensor = new messages.Tensor();
      tensor.setDtype(NODE_TYPES[value.dtype]);
      tensor.setTensorShape(encodeShape(messages, value.shape));
      tensor.setTensorContent(value.bytes);
      attribute.setTensor(tensor);
      break;
    }
    case "strings": {
      const tensor = new messages.Tensor();
      tensor.setDtype(NODE_TYPES.string);
      tensor.setTensorShape(encodeShape(messages, value.shape));
      tensor.setStringValList(value.strings.map(encoded));
      attribute.setTensor(tensor);
    }
  }
  return attribute;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function listOf<List>(
  { AttrValue }: { AttrValue: { readonly ListValue: new () => List } },
  fill: (list: List) => void,
): List {
  const list = new AttrValue.ListValue();
  fill(list);
  return list;
}

function encodeShape(messages: Messages, shape: Shape): ShapeProto {
  const proto = new messages.TensorShape();
  for (const extent of shape) {
    const dimension = new messages.TensorShape.Dim();
    dimension.setSize(extent);
    proto.addDim(dimension);
  }
  return proto;
}
