/** The rules of layers with several inputs. */
import { at } from "../../../at.ts";
import { channelAxis, type Layer, type Rules } from "../graph/layer.ts";

export const merging: Rules<"Concatenate" | "Add" | "Multiply" | "Average" | "Maximum" | "Minimum" | "Subtract"> = {
  Concatenate: (_, layer) => layer.node("Concat", namesOf(layer), { axis: channelAxis(layer.shape) }),
  Add: (_, layer) => combined(layer, "Add"),
  Multiply: (_, layer) => combined(layer, "Mul"),
  Average: (_, layer) => layer.node("Div", [combined(layer, "Add"), layer.graph.scalar(layer.inputs.length)]),
  Maximum: (_, layer) => combined(layer, "Max"),
  Minimum: (_, layer) => combined(layer, "Min"),
  Subtract: (_, layer) => combined(layer, "Sub"),
};

/**
 * Combines the inputs two at a time, in the order in which Headlight computes them, so that sums are rounded in the
 * same way. ONNX broadcasts dimensions of 1 as Keras does.
 */
function combined(layer: Layer, op: string): string {
  const [first, ...rest] = namesOf(layer);
  return rest.reduce((one, other) => layer.node(op, [one, other]), first ?? at(namesOf(layer), 0));
}

function namesOf({ inputs }: Layer): string[] {
  return inputs.map(({ name }) => name);
}
