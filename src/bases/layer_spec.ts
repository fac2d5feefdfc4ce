/**
 * The architecture as data. The summary, the parameter pane, weight loading and the tfjs model all use one list of
 * layers.
 */

/** A shape without the batch dimension: [height, width, channels] or [units]. */
export type Shape = readonly number[];
export type Padding = "valid" | "same";

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

interface Pooling {
  readonly size: number;
  readonly strides: number;
}

/** The kind of a layer and its arguments, with the names of Keras's classes and arguments. */
export type LayerKind =
  | { readonly type: "InputLayer"; readonly shape: Shape }
  /**
   * tf.image.resize_with_pad to size × size. Appears in the summary only: images are resized before a tfjs model gets
   * them.
   */
  | { readonly type: "Lambda"; readonly size: number }
  /** Pads all four sides with the same number of zeros. */
  | { readonly type: "ZeroPadding2D"; readonly padding: number }
  | {
    readonly type: "Conv2D";
    readonly filters: number;
    readonly kernel: number;
    readonly strides: number;
    readonly padding: Padding;
    readonly bias: boolean;
  }
  | { readonly type: "BatchNormalization"; readonly momentum: number; readonly epsilon: number }
  | { readonly type: "Activation"; readonly activation: "relu" }
  | { readonly type: "MaxPooling2D" } & Pooling
  | { readonly type: "AveragePooling2D" } & Pooling
  | { readonly type: "Concatenate" }
  | { readonly type: "GlobalMaxPooling2D" }
  | { readonly type: "GlobalAveragePooling2D" }
  | { readonly type: "Flatten" }
  | { readonly type: "Dense"; readonly units: number; readonly activation: "linear" | "relu" }
  | { readonly type: "Dropout"; readonly rate: number };

/** A layer: its name, its inputs, whether it is trainable, and its kind. */
export type LayerSpec = Common & LayerKind;
