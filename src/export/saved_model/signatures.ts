/** The graph of a SavedModel: three inputs, each with a signature, followed by copies of the recorded network. */
import { at } from "../../at.ts";
import type { Shape } from "../../engine/ports.ts";
import {
  type Graph,
  type GraphNode,
  type NodeType,
  placeholderNode,
  stringsNode,
  typeAttribute,
} from "../../engine/tensorflow/capture/graph.ts";
import type { ModelFacts, SignaturePort } from "../../engine/tensorflow/capture/saved_model.ts";
import type { ExportedModel } from "../exported_model.ts";
import { addDecoding } from "./decode_nodes.ts";
import { NodeList } from "./node_list.ts";
import { addResizeWithPad } from "./resize_nodes.ts";

/** The file with the names of the classes, one a line, in the order of the probabilities. */
export const CLASSES_FILE = "classes.txt";

const CLASSES_PATH = "classes_file";

/** A graph with its signatures. */
export interface ServedModel extends ModelFacts {
  readonly nodes: readonly GraphNode[];
}

/**
 * Returns the graph with the signatures `serving_default`, `any_size` and `jpeg`.
 *
 * @param network the graph that `recordNetwork` returns, from size × size pixels to probabilities
 */
export function servedModel(network: Graph, model: Omit<ExportedModel, "layers" | "weights">): ServedModel {
  const { classes, size, resize } = model;
  const weights = network.nodes.filter(isConstant);
  const nodes: GraphNode[] = [
    ...weights,
    stringsNode(CLASSES_PATH, { shape: [], strings: [`assets/${CLASSES_FILE}`] }),
  ];
  const probabilitiesOf = (prefix: string, pixels: string): SignaturePort => {
    nodes.push(...copyOf(network, prefix, pixels));
    return { node: `${prefix}${at(network.outputs, 0).node}`, dtype: "float32", shape: [-1, classes.length] };
  };
  const input = (prefix: string, name: string, dtype: NodeType, shape: Shape): SignaturePort => {
    const port = { node: `${prefix}${name}`, dtype, shape };
    nodes.push(placeholderNode(port));
    return port;
  };

  const pixels = input("serving_default/", "pixels", "float32", [-1, size, size, 3]);
  const probabilities = probabilitiesOf("serving_default/", pixels.node);

  const anySize = input("any_size/", "pixels", "float32", [-1, -1, -1, 3]);
  const resizing = new NodeList("any_size/");
  const resized = addResizeWithPad(resizing, anySize.node, size, resize);
  nodes.push(...resizing.nodes);
  const ofAnySize = probabilitiesOf("any_size/", resized);

  const files = input("jpeg/", "image_bytes", "string", [-1]);
  const decoding = new NodeList("jpeg/");
  const decoded = addDecoding(decoding, files.node, size, resize);
  nodes.push(...decoding.nodes);
  const ofFiles = probabilitiesOf("jpeg/", decoded);
  nodes.push(...classNames("jpeg/", ofFiles.node, classes));

  return {
    nodes,
    signatures: {
      serving_default: { inputs: { pixels }, outputs: { probabilities } },
      any_size: { inputs: { pixels: anySize }, outputs: { probabilities: ofAnySize } },
      jpeg: {
        inputs: { image_bytes: files },
        outputs: {
          probabilities: ofFiles,
          classes: { node: "jpeg/classes", dtype: "string", shape: [-1, classes.length] },
        },
      },
    },
    assets: [{ node: CLASSES_PATH, file: CLASSES_FILE }],
  };
}

/**
 * Returns the network's nodes without the constants, which all copies share.
 *
 * @param pixels the name of the output that replaces the network's input
 */
function copyOf(network: Graph, prefix: string, pixels: string): GraphNode[] {
  const shared = new Set(network.nodes.filter(isConstant).map(({ name }) => name));
  const input = at(network.inputs, 0).node;
  const renamed = (name: string) => {
    if (name === input) return pixels;
    return shared.has(name) ? name : `${prefix}${name}`;
  };
  return network.nodes.filter(({ name }) => name !== input && !shared.has(name))
    .map((node) => ({ ...node, name: renamed(node.name), inputs: node.inputs.map(renamed) }));
}

function isConstant({ op }: GraphNode): boolean {
  return op === "Const";
}

/**
 * Returns nodes that repeat the names of the classes for each image, because all outputs of a signature must have one
 * row for each image: TensorFlow Serving returns them row by row.
 */
function classNames(prefix: string, probabilities: string, classes: readonly string[]): GraphNode[] {
  const list = new NodeList(prefix);
  const names = stringsNode(`${prefix}classes/names`, { shape: [classes.length], strings: classes });
  const shape = list.add("classes/shape", "Shape", [probabilities], {
    T: typeAttribute("float32"),
    out_type: typeAttribute("int32"),
  });
  list.add("classes", "BroadcastTo", [names.name, shape], { T: typeAttribute("string"), Tidx: typeAttribute("int32") });
  return [names, ...list.nodes];
}
