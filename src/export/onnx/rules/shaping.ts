/** The rules of layers that change the shape or the order of values, or add zeros. */
import { at } from "../../../at.ts";
import { HeadlightError } from "../../../errors.ts";
import { valueInfo } from "../graph/graph.ts";
import { channelAxis, isImage, type Rules } from "../graph/layer.ts";

export const shaping: Rules<"InputLayer" | "Lambda" | "ZeroPadding2D" | "Reshape" | "Flatten" | "ReverseChannels"> = {
  InputLayer(_, layer) {
    const { graph, name, shape } = layer;
    graph.addInput(valueInfo(name, shape, ""));
    return isImage(shape) ? layer.toChannelsFirst(name) : name;
  },

  /** Lambda appears only in summaries, for the resizing of images, and never in a model that is exported. */
  Lambda({ name }) {
    throw new HeadlightError(
      `layer ${name}: a layer of type Lambda cannot be written to an ONNX file. Choose another format with --to.`,
    );
  },

  ZeroPadding2D({ padding: [[top, bottom], [left, right]] }, layer) {
    return layer.node("Pad", [layer.input.name, layer.integers("pads", [0, 0, top, left, 0, 0, bottom, right])]);
  },

  // The target shape in the spec may contain -1, while `layer.shape` is the resulting one.
  Reshape: (_, layer) => layer.reshape(layer.inKerasOrder(), layer.shape),

  Flatten: (_, layer) => layer.node("Flatten", [layer.inKerasOrder()], { axis: 1 }),

  ReverseChannels(_, layer) {
    const { input: { name, shape } } = layer;
    const reversed = [...Array(at(shape, shape.length - 1)).keys()].toReversed();
    return layer.node("Gather", [name, layer.integers("order", reversed)], { axis: channelAxis(shape) });
  },
};
