/** Layers as a tfjs LayersModel has them in its model.json, with the names of Keras's classes and arguments. */
import { z } from "zod";
import { ACTIVATIONS, type Extent, type LayerKind } from "../../bases/layer_spec.ts";
import { pair } from "../../model/kinds/window.ts";

/** A layer without its name: `{"class_name": "Dense", "config": {"units": 50, …}}`. */
interface KerasLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Returns a layer's class and arguments.
 * @throws Error for types that no checkpoint is made of
 */
export function toKeras(kind: LayerKind): KerasLayer {
  const layer = (config: KerasLayer["config"]): KerasLayer => ({ class_name: kind.type, config });
  switch (kind.type) {
    case "BatchNormalization": {
      const { momentum, epsilon, center = true, scale = true } = kind;
      return layer({ axis: -1, momentum, epsilon, center, scale });
    }
    case "Dense":
      return layer({ units: kind.units, activation: kind.activation, use_bias: kind.bias ?? true });
    case "Dropout":
      return layer({ rate: kind.rate });
    case "Conv2D": {
      const { filters, kernel, strides, padding, activation = "linear", bias, dilation = 1 } = kind;
      return layer({
        filters,
        kernel_size: pair(kernel),
        strides: pair(strides),
        padding,
        dilation_rate: pair(dilation),
        activation,
        use_bias: bias,
      });
    }
    case "MaxPooling2D":
    case "AveragePooling2D":
      return layer({ pool_size: pair(kind.size), strides: pair(kind.strides), padding: kind.padding ?? "valid" });
    case "Activation":
      return layer({ activation: kind.activation });
    case "Flatten":
      return layer({});
    default:
      throw new Error(`a layer of type ${kind.type} cannot be stored in a checkpoint`);
  }
}

const activation = z.enum(ACTIVATIONS);
/** A pair of equal extents is the same as one number, which is how the program writes it. */
const extent = z.tuple([z.int().min(1), z.int().min(1)])
  .transform(([height, width]): Extent => height === width ? height : [height, width]);
const padding = z.enum(["valid", "same"]);
const pooling = z.object({ pool_size: extent, strides: extent, padding });
const windowOf = ({ pool_size: size, strides, padding }: z.infer<typeof pooling>) => ({ size, strides, padding });

/** Reads what `toKeras` returns back. Arguments that have their default value are left out, as the program does. */
export const kerasKindSchema = z.discriminatedUnion("class_name", [
  z.object({
    class_name: z.literal("BatchNormalization"),
    config: z.object({ momentum: z.number(), epsilon: z.number(), center: z.literal(true), scale: z.literal(true) }),
  }).transform(({ config: { momentum, epsilon } }): LayerKind => ({ type: "BatchNormalization", momentum, epsilon })),
  z.object({
    class_name: z.literal("Dense"),
    config: z.object({ units: z.int().min(1), activation, use_bias: z.literal(true) }),
  }).transform(({ config: { units, activation } }): LayerKind => ({ type: "Dense", units, activation })),
  z.object({ class_name: z.literal("Dropout"), config: z.object({ rate: z.number().min(0).lt(1) }) })
    .transform(({ config: { rate } }): LayerKind => ({ type: "Dropout", rate })),
  z.object({
    class_name: z.literal("Conv2D"),
    config: z.object({
      filters: z.int().min(1),
      kernel_size: extent,
      strides: extent,
      padding,
      activation,
      use_bias: z.boolean(),
    }),
  }).transform((
    { config: { filters, kernel_size: kernel, strides, padding, activation, use_bias: bias } },
  ): LayerKind => ({
    type: "Conv2D",
    filters,
    kernel,
    strides,
    padding,
    activation,
    bias,
  })),
  z.object({ class_name: z.literal("MaxPooling2D"), config: pooling })
    .transform(({ config }): LayerKind => ({ type: "MaxPooling2D", ...windowOf(config) })),
  z.object({ class_name: z.literal("AveragePooling2D"), config: pooling })
    .transform(({ config }): LayerKind => ({ type: "AveragePooling2D", ...windowOf(config) })),
  z.object({ class_name: z.literal("Activation"), config: z.object({ activation }) })
    .transform(({ config: { activation } }): LayerKind => ({ type: "Activation", activation })),
  z.object({ class_name: z.literal("Flatten") }).transform((): LayerKind => ({ type: "Flatten" })),
]);
