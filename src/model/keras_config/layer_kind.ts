/** From a layer's class and config in a Keras file to the kind of layer that this program computes. */
import { z } from "zod";
import type { LayerKind } from "../../bases/layer_spec.ts";
import * as a from "./arguments.ts";

/** A kind with what has to hold once the shape of its input is known. */
export interface KindFound {
  readonly kind: LayerKind;
  /** The axis that the layer treats as channels; must be the last one. */
  readonly axis?: number;
}

const convolution = {
  kernel_size: a.extent,
  strides: a.extent.default(1),
  padding: a.padding.default("valid"),
  dilation_rate: a.extent.default(1),
  data_format: a.channelsLast,
  activation: a.activation,
  use_bias: a.flag.default(true),
};

type Convolution = z.output<z.ZodObject<typeof convolution>>;

function convolutionArguments({ kernel_size, strides, padding, dilation_rate, activation, use_bias }: Convolution) {
  return {
    kernel: kernel_size,
    strides,
    padding,
    bias: use_bias,
    ...(activation === "linear" ? {} : { activation }),
    ...(dilation_rate === 1 ? {} : { dilation: dilation_rate }),
  };
}

const pooling = z.object({
  pool_size: a.extent.default(2),
  strides: a.extent.nullish(),
  padding: a.padding.default("valid"),
  data_format: a.channelsLast,
});

function poolingArguments({ pool_size, strides, padding }: z.output<typeof pooling>) {
  return { size: pool_size, strides: strides ?? pool_size, padding };
}

const globalPooling = z.object({ keepdims: a.flag.default(false), data_format: a.channelsLast });
const nothing = z.object({});

function plain(kind: LayerKind): z.ZodType<KindFound> {
  return nothing.transform(() => ({ kind }));
}

/** A layer that does nothing in inference. */
const passes = plain({ type: "Activation", activation: "linear" });

const batchNormalization = z.object({
  axis: a.lastAxis.default(-1),
  momentum: a.number.default(0.99),
  epsilon: a.number.default(1e-3),
  center: a.flag.default(true),
  scale: a.flag.default(true),
}).transform(({ axis, momentum, epsilon, center, scale }): KindFound => ({
  kind: {
    type: "BatchNormalization",
    momentum,
    epsilon,
    ...(scale ? {} : { scale }),
    ...(center ? {} : { center }),
  },
  axis,
}));

/** The classes, by the names that Keras writes. */
const CLASSES: Readonly<Record<string, z.ZodType<KindFound>>> = {
  Conv2D: z.object({ ...convolution, filters: a.count, groups: z.literal(1).default(1) }).transform((given) => ({
    kind: { type: "Conv2D", filters: given.filters, ...convolutionArguments(given) },
  })),
  DepthwiseConv2D: z.object({ ...convolution, depth_multiplier: a.count.default(1) }).transform((given) => ({
    kind: { type: "DepthwiseConv2D", ...multiplier(given.depth_multiplier), ...convolutionArguments(given) },
  })),
  SeparableConv2D: z.object({ ...convolution, filters: a.count, depth_multiplier: a.count.default(1) })
    .transform((given) => ({
      kind: {
        type: "SeparableConv2D",
        filters: given.filters,
        ...multiplier(given.depth_multiplier),
        ...convolutionArguments(given),
      },
    })),
  Dense: z.object({ units: a.count, activation: a.activation, use_bias: a.flag.default(true) }).transform((given) => ({
    kind: {
      type: "Dense",
      units: given.units,
      activation: given.activation,
      ...(given.use_bias ? {} : { bias: false }),
    },
  })),
  BatchNormalization: batchNormalization,
  BatchNormalizationV1: batchNormalization,
  SyncBatchNormalization: batchNormalization,
  Normalization: z.object({
    axis: a.lastAxis.default(-1),
    mean: a.perChannel.nullish(),
    variance: a.perChannel.nullish(),
    invert: z.literal(false).default(false),
  }).transform(({ axis, mean, variance }): KindFound => {
    const given = mean !== null && mean !== undefined && variance !== null && variance !== undefined;
    const statistics = given ? { mean: listed(mean), variance: listed(variance) } : null;
    return { kind: { type: "Normalization", ...(statistics ? { statistics } : {}) }, axis };
  }),
  Rescaling: z.object({ scale: a.perChannel, offset: a.perChannel.default(0) })
    .transform(({ scale, offset }) => ({ kind: { type: "Rescaling", scale, offset } })),
  Activation: z.object({ activation: a.activation })
    .transform(({ activation }) => ({ kind: { type: "Activation", activation } })),
  ReLU: z.object({
    max_value: a.number.nullish(),
    negative_slope: a.number.nullish(),
    threshold: a.number.nullish(),
  }).transform(({ max_value, negative_slope, threshold }) => ({
    kind: {
      type: "ReLU",
      ...(typeof max_value === "number" ? { maxValue: max_value } : {}),
      ...(negative_slope ? { negativeSlope: negative_slope } : {}),
      ...(threshold ? { threshold } : {}),
    },
  })),
  // Keras 2 calls the slope alpha.
  LeakyReLU: z.object({ negative_slope: a.number.optional(), alpha: a.number.optional() })
    .transform(({ negative_slope, alpha }) => ({
      kind: { type: "ReLU", negativeSlope: negative_slope ?? alpha ?? 0.3 },
    })),
  ELU: z.object({ alpha: z.literal(1).default(1) })
    .transform(() => ({ kind: { type: "Activation", activation: "elu" } })),
  Softmax: z.object({ axis: a.lastAxis.default(-1) })
    .transform(({ axis }) => ({ kind: { type: "Activation", activation: "softmax" }, axis })),
  ZeroPadding2D: z.object({ padding: a.sides, data_format: a.channelsLast })
    .transform(({ padding }) => ({ kind: { type: "ZeroPadding2D", padding } })),
  MaxPooling2D: pooling.transform((given) => ({ kind: { type: "MaxPooling2D", ...poolingArguments(given) } })),
  AveragePooling2D: pooling.transform((given) => ({ kind: { type: "AveragePooling2D", ...poolingArguments(given) } })),
  GlobalMaxPooling2D: globalPooling.transform(({ keepdims }) => ({
    kind: { type: "GlobalMaxPooling2D", ...(keepdims ? { keepdims } : {}) },
  })),
  GlobalAveragePooling2D: globalPooling.transform(({ keepdims }) => ({
    kind: { type: "GlobalAveragePooling2D", ...(keepdims ? { keepdims } : {}) },
  })),
  Concatenate: z.object({ axis: a.lastAxis.default(-1) })
    .transform(({ axis }) => ({ kind: { type: "Concatenate" }, axis })),
  Add: plain({ type: "Add" }),
  Multiply: plain({ type: "Multiply" }),
  Average: plain({ type: "Average" }),
  Maximum: plain({ type: "Maximum" }),
  Minimum: plain({ type: "Minimum" }),
  Subtract: plain({ type: "Subtract" }),
  Reshape: z.object({ target_shape: z.array(z.int().nullable()) }).transform(({ target_shape }) => ({
    kind: { type: "Reshape", shape: target_shape.map((extent) => extent ?? -1) },
  })),
  Flatten: z.object({ data_format: a.channelsLast }).transform(() => ({ kind: { type: "Flatten" } })),
  Dropout: z.object({ rate: a.number }).transform(({ rate }) => ({ kind: { type: "Dropout", rate } })),
  SpatialDropout2D: passes,
  AlphaDropout: passes,
  GaussianDropout: passes,
  GaussianNoise: passes,
  ActivityRegularization: passes,
  Identity: passes,
  RandomBrightness: passes,
  RandomContrast: passes,
  RandomFlip: passes,
  RandomRotation: passes,
  RandomTranslation: passes,
  RandomZoom: passes,
};

/** The functions that Keras 3 defines otherwise than Keras 2. */
const CHANGED_SINCE_KERAS_2: readonly string[] = ["hard_sigmoid"];

/** Whether the file's Keras is Keras 2, some of whose functions and defaults differ. */
export interface Dialect {
  readonly keras2: boolean;
}

/** A layer's kind, or what of it is not supported: its class, or an argument of it. */
export type LayerReading =
  | KindFound
  | { readonly unknownClass: string }
  | { readonly unsupported: string };

/**
 * Returns what kind of layer a class with this config is.
 *
 * @param className the class as the file names it
 */
export function readLayerKind(className: string, config: unknown, { keras2 }: Dialect): LayerReading {
  const schema = Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined;
  if (!schema) return { unknownClass: className };
  const { data, error } = schema.safeParse(config);
  const argument = error ? String(error.issues[0]?.path[0] ?? "config") : changedArgument(config, keras2);
  if (data && argument === null) return data;
  const value = argumentOf(config, argument ?? "config");
  return { unsupported: `${className} with ${argument}=${value}` };
}

function changedArgument(config: unknown, keras2: boolean): string | null {
  const parsed = z.looseObject({ activation: z.string() }).safeParse(config).data;
  return keras2 && parsed && CHANGED_SINCE_KERAS_2.includes(parsed.activation) ? "activation" : null;
}

/** The value of an argument, as JSON and shortened. */
function argumentOf(config: unknown, name: string): string {
  const record = z.record(z.string(), z.unknown()).safeParse(config).data;
  return (JSON.stringify(record?.[name]) ?? "nothing").slice(0, VALUE_CHARACTERS);
}
const VALUE_CHARACTERS = 60;

function multiplier(depth: number): { readonly depthMultiplier?: number } {
  return depth === 1 ? {} : { depthMultiplier: depth };
}

function listed(values: number | readonly number[]): readonly number[] {
  return typeof values === "number" ? [values] : values;
}
