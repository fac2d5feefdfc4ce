/** Makes an ONNX graph of a list of layers with their weights. */
import { at, valueOf } from "../../at.ts";
import type { Shape } from "../../bases/layer_spec.ts";
import { describe } from "../../model/layers.ts";
import type { NetworkPart } from "../exported_model.ts";
import { Graph, valueInfo } from "./graph/graph.ts";
import { isImage, Layer, type Value } from "./graph/layer.ts";
import type { GraphProto } from "./graph/proto.ts";
import { ruleOf } from "./rules/rules.ts";

/**
 * Returns a graph that computes what the layers compute. Each input layer is an input of the graph, and the last layer's
 * output is its output. Both have Keras's names, shapes and order of axes, after the batch.
 *
 * @param names of the graph's inputs, in the order of the input layers, and of its output
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

/** Gives the last value its final name, and an image Keras's order of axes. */
function nameOutput(graph: Graph, last: Value, output: string): void {
  const end = new Layer(graph, output, [last], last.shape, undefined);
  if (isImage(last.shape)) return graph.rename(end.toChannelsLast(last.name), output);
  const isInput = graph.inputs.some((input) => input.name === last.name);
  graph.rename(isInput ? end.node("Identity", [last.name]) : last.name, output);
}
