/**
 * The architecture as data. The summary, the parameter pane, weight loading and the tfjs model all use one list of
 * layers.
 */

/** A shape without the batch dimension: [height, width, channels] or [units]. */
export type Shape = readonly number[];
export type Padding = "valid" | "same";
/** A height and a width. A single number stands for both. */
export type Extent = number | readonly [height: number, width: number];
/** The number of rows or columns to add on each side: [[top, bottom], [left, right]]. */
export type Sides = readonly [rows: readonly [number, number], columns: readonly [number, number]];

/** The activation functions, by the names that Keras 3 writes into a model's config. */
export const ACTIVATIONS = [
  "linear",
  "relu",
  "relu6",
  "sigmoid",
  "silu",
  "softmax",
  "tanh",
  "elu",
  "selu",
  "gelu",
  "softplus",
  "softsign",
  "exponential",
  "hard_sigmoid",
  "hard_silu",
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

interface Common {
  readonly name: string;
  /** The names of the layers it takes its input from, in order. */
  readonly inputs: readonly string[];
  /**
   * Whether training changes the layer's weights; false means frozen. The moving statistics of a batch normalization
   * are never trainable.
   */
  readonly trainable: boolean;
}

/** The arguments that all convolutions share. */
interface Convolution {
  readonly kernel: Extent;
  readonly strides: Extent;
  readonly padding: Padding;
  readonly bias: boolean;
  /** Applied to the result. Default: linear. */
  readonly activation?: ActivationName;
  /** The distance between neighbouring values of the window. Default: 1. */
  readonly dilation?: Extent;
}

interface Pooling {
  readonly size: Extent;
  readonly strides: Extent;
  /** Default: valid. */
  readonly padding?: Padding;
}

interface GlobalPooling {
  /** Whether the output keeps its height and width, both 1. Default: false. */
  readonly keepdims?: boolean;
}

/** The kind of a layer and its arguments, with the names of Keras's classes. Channels are always the last axis. */
export type LayerKind =
  | { readonly type: "InputLayer"; readonly shape: Shape }
  /**
   * tf.image.resize_with_pad to size × size. Appears in the summary only: images are resized before a tfjs model gets
   * them.
   */
  | { readonly type: "Lambda"; readonly size: number }
  | { readonly type: "ZeroPadding2D"; readonly padding: Sides }
  | { readonly type: "Conv2D"; readonly filters: number } & Convolution
  /** @property depthMultiplier how many outputs each channel has. Default: 1. */
  | { readonly type: "DepthwiseConv2D"; readonly depthMultiplier?: number } & Convolution
  | { readonly type: "SeparableConv2D"; readonly filters: number; readonly depthMultiplier?: number } & Convolution
  /** Has a gamma unless `scale` is false, and a beta unless `center` is false. */
  | {
    readonly type: "BatchNormalization";
    readonly momentum: number;
    readonly epsilon: number;
    readonly scale?: boolean;
    readonly center?: boolean;
  }
  /**
   * Subtracts a mean and divides by the root of a variance, one of each per channel. They are constants if given here,
   * and weights of the layer otherwise.
   */
  | {
    readonly type: "Normalization";
    readonly statistics?: { readonly mean: readonly number[]; readonly variance: readonly number[] };
  }
  /** Multiplies by `scale`, then adds `offset`: one number, or one per channel. */
  | {
    readonly type: "Rescaling";
    readonly scale: number | readonly number[];
    readonly offset: number | readonly number[];
  }
  | { readonly type: "Activation"; readonly activation: ActivationName }
  /**
   * Keras's layer class, with more arguments than the activation: values below `threshold` (default 0) are multiplied
   * by `negativeSlope` (default 0) from there on, and values above `maxValue` are cut. There is no limit by default.
   */
  | {
    readonly type: "ReLU";
    readonly maxValue?: number;
    readonly negativeSlope?: number;
    readonly threshold?: number;
  }
  | { readonly type: "MaxPooling2D" } & Pooling
  | { readonly type: "AveragePooling2D" } & Pooling
  | { readonly type: "GlobalMaxPooling2D" } & GlobalPooling
  | { readonly type: "GlobalAveragePooling2D" } & GlobalPooling
  | { readonly type: "Concatenate" }
  /** An extent of 1 is repeated to fit the other inputs. */
  | { readonly type: "Add" }
  | { readonly type: "Multiply" }
  | { readonly type: "Average" }
  | { readonly type: "Maximum" }
  | { readonly type: "Minimum" }
  /** The first input minus the second. */
  | { readonly type: "Subtract" }
  /** Reverses the order of the channels, as from RGB to BGR. Keras has no such layer, but operations that do it. */
  | { readonly type: "ReverseChannels" }
  /** One extent of the shape may be -1: it becomes what is left. */
  | { readonly type: "Reshape"; readonly shape: Shape }
  | { readonly type: "Flatten" }
  /** Has a bias unless `bias` is false. */
  | {
    readonly type: "Dense";
    readonly units: number;
    readonly activation: ActivationName;
    readonly bias?: boolean;
  }
  | { readonly type: "Dropout"; readonly rate: number };

export type LayerType = LayerKind["type"];
export type LayerSpec = Common & LayerKind;
/** The layers of one type. */
export type LayerOfType<Type extends LayerType> = Extract<LayerSpec, { readonly type: Type }>;
