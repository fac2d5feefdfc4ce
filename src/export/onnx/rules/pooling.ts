/** The rules of pooling layers. */
import type { LayerOfType } from "../../../bases/layer_spec.ts";
import type { Layer, Rules } from "../graph/layer.ts";
import { windowAttributes } from "../graph/window.ts";

export const pooling: Rules<
  "MaxPooling2D" | "AveragePooling2D" | "GlobalMaxPooling2D" | "GlobalAveragePooling2D"
> = {
  MaxPooling2D: (spec, layer) => layer.node("MaxPool", [layer.input.name], window(spec, layer)),
  // Like TensorFlow, leave the padding out of the mean.
  AveragePooling2D: (spec, layer) =>
    layer.node("AveragePool", [layer.input.name], { ...window(spec, layer), count_include_pad: 0 }),
  GlobalMaxPooling2D: ({ keepdims = false }, layer) => global(layer, "GlobalMaxPool", keepdims),
  GlobalAveragePooling2D: ({ keepdims = false }, layer) => global(layer, "GlobalAveragePool", keepdims),
};

function window(spec: LayerOfType<"MaxPooling2D" | "AveragePooling2D">, { input, shape }: Layer) {
  return windowAttributes({ padding: "valid", ...spec }, input.shape, shape);
}

function global(layer: Layer, op: string, keepdims: boolean): string {
  const pooled = layer.node(op, [layer.input.name]);
  return keepdims ? pooled : layer.node("Flatten", [pooled], { axis: 1 });
}
