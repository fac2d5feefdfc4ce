/** The description of a frozen base as data: everything that the rest of the program needs to know about one. */
import type { LayerSpec } from "./layer_spec.ts";

/** The kinds of global pooling, which reduces each feature map to one number. */
export const POOLINGS = ["max", "avg"] as const;
export type Pooling = (typeof POOLINGS)[number];

/**
 * The modes of `keras.applications.imagenet_utils`. `torch` divides by 255, subtracts the mean and divides by the
 * standard deviation. `caffe` reorders the channels to BGR and subtracts the means.
 */
export type OwnPreprocessing = "torch" | "caffe";

/** A published file of ImageNet weights without the top layers, in Keras's HDF5 layout. */
export interface PublishedFile {
  /** The file's name, also in the cache. */
  readonly name: string;
  readonly url: string;
  /** The MD5 hash of the file's content, in hexadecimal. */
  readonly md5: string;
  readonly bytes: number;
}

/** A frozen base. */
export interface Base {
  /** The name that `--base` accepts. */
  readonly name: string;
  /** The name that people see, for example "DenseNet121". */
  readonly displayName: string;
  readonly published: PublishedFile;
  /** The preprocessing that the published weights were trained with. */
  readonly preprocessing: OwnPreprocessing;
  /** The number of features per image. */
  readonly featureWidth: number;
  /** The smallest image side, in pixels, at which every layer still has an output. */
  readonly smallestSize: number;
  /** Returns the layers for size × size images, from `input_layer` to the global pooling. All of them are frozen. */
  readonly layers: (size: number, pooling: Pooling) => readonly LayerSpec[];
}
