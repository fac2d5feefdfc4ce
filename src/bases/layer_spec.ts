/**
 * The architecture as data: one list of layers serves the summary, the parameter pane, weight loading and the tfjs
 * model.
 */

/** A shape without the batch dimension: [height, width, channels] or [units]. */
export type Shape = readonly number[];
export type Padding = "valid" | "same";

interface Common {
  readonly name: string;
  /** Names of the layers it takes its input from, in order. */
  readonly inputs: readonly string[];
  /** false: frozen. Batch norm's moving statistics are never trainable. */
  readonly trainable: boolean;
}

interface Pooling {
  readonly size: number;
  readonly strides: number;
}

/** What a layer does; the names are Keras's class names and arguments. */
export type LayerKind =
  | { readonly type: "InputLayer"; readonly shape: Shape }
  /** resize_with_pad to size × size; for the summary only, the images are resized before they meet a tfjs model. */
  | { readonly type: "Lambda"; readonly size: number }
  /** The same number of zeros on all four sides. */
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

export type LayerSpec = Common & LayerKind;
