/** Encodes a graph as the bytes of a saved_model.pb file (tensorflow/core/protobuf/saved_model.proto). */
import { DATA_TYPES, type Shape } from "../../ports.ts";
import { type Attribute, type Graph, type GraphNode } from "./graph.ts";
import { type AttributeProto, type Messages, type NodeProto, protoMessages, type ShapeProto } from "./proto.ts";

/** The tag of the graph in its file. */
export const SAVED_MODEL_TAG = "serve";

/**
 * TF_GRAPH_DEF_VERSION of TensorFlow 2.15, which defines the meaning of the ops' attributes. Later versions read it
 * too.
 */
const PRODUCER = 1645;

/** Returns the content of the file. It is complete without variables, because constants are part of the graph. */
export function encodeSavedModel({ nodes }: Pick<Graph, "nodes">): Uint8Array<ArrayBuffer> {
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
  const model = new messages.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(metaGraph);
  return model.serializeBinary();
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
      attribute.setS(new TextEncoder().encode(value));
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
      attribute.setType(DATA_TYPES[value]);
      break;
    case "shape":
      attribute.setShape(encodeShape(messages, value));
      break;
    case "tensor": {
      const tensor = new messages.Tensor();
      tensor.setDtype(DATA_TYPES[value.dtype]);
      tensor.setTensorShape(encodeShape(messages, value.shape));
      tensor.setTensorContent(value.bytes);
      attribute.setTensor(tensor);
    }
  }
  return attribute;
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
