/** Converts a list of layers with their weights to an ONNX graph. */
import { at, valueOf } from "../../at.ts";
import type { Shape } from "../../bases/layer_spec.ts";
import { describe } from "../../model/layers.ts";
import type { NetworkPart } from "../exported_model.ts";
import { Graph, valueInfo } from "./graph/graph.ts";
import { isImage, Layer, type Value } from "./graph/layer.ts";
import type { GraphProto } from "./graph/proto.ts";
import { ruleOf } from "./rules/rules.ts";

/**
 * Returns a graph that computes the same as the layers. Each input layer becomes an input of the graph, and the output
 * of the last layer its output. Both have the shapes and the order of axes of Keras, with the batch dimension first.
 *
 * @param names the names of the graph's inputs, in the order of the input layers, and of its output
 * @throws HeadlightError (2) if ONNX cannot express a layer; the message names the layer
 */
export function networkGraph(
  { layers, weights }: NetworkPart,
  { inputs, output }: { readonly inputs: readonly string[]; readonly output: string },
): Pick<GraphProto, "node" | "initializer" | "input" | "output"> {
  const given = new Map(weights.map((layer) => [layer.name, layer]));
  const shapes = new Map(
    describe(layers).map((row): [string, Shape] => [row.name, row.outputShape.map(Number).slice(1)]),
  );
  const values = new Map<string, Value>();
  const graph = new Graph([...inputs, output]);
  for (const spec of layers) {
    const shape = valueOf(shapes, spec.name);
    const name = spec.type === "InputLayer" ? at(inputs, graph.inputs.length) : spec.name;
    const from = spec.inputs.map((input) => valueOf(values, input));
    const layer = new Layer(graph, name, from, shape, given.get(spec.name));
    values.set(spec.name, { name: ruleOf(spec.type)(spec, layer), shape });
  }
  const last = valueOf(values, at(layers, layers.length - 1).name);
  nameOutput(graph, last, output);
  return {
    node: graph.nodes,
    initializer: graph.initializers,
    input: graph.inputs,
    output: [valueInfo(output, last.shape, "")],
  };
}

/** Gives the last value its final name. If it is an image, adds a node that makes it channels-last. */
function nameOutput(graph: Graph, last: Value, output: string): void {
  const end = new Layer(graph, output, [last], last.shape, undefined);
  if (isImage(last.shape)) return graph.rename(end.toChannelsLast(last.name), output);
  const isInput = graph.inputs.some((input) => input.name === last.name);
  graph.rename(isInput ? end.node("Identity", [last.name]) : last.name, output);
}
