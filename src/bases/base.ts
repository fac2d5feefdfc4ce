/** The description of a frozen base as data: everything that the rest of the program needs to know about one. */
import type { LayerSpec } from "./layer_spec.ts";

/** The kinds of global pooling, which reduces each feature map to one number. */
export const POOLINGS = ["max", "avg"] as const;
export type Pooling = (typeof POOLINGS)[number];

/**
 * The preprocessing that a base was trained with. The first three are the modes of `keras.applications.imagenet_utils`.
 * `torch` divides by 255, subtracts the mean and divides by the standard deviation. `caffe` reorders the channels to
 * BGR and subtracts the means. `tf` scales to -1…1. With `inside`, the base's first layers do it and take pixels of
 * 0…255.
 */
export type OwnPreprocessing = "torch" | "caffe" | "tf" | "inside";

/** A published file of ImageNet weights without the top layers, in Keras's HDF5 layout. */
export interface PublishedFile {
  /** The file's name, also in the cache. */
  readonly name: string;
  readonly url: string;
  /** The side, in pixels, of the images that the weights were trained on. */
  readonly size: number;
  /** The MD5 hash of the file's content, in hexadecimal. Keras states none for some files. */
  readonly md5?: string;
  /** The file's size, where it is known. */
  readonly bytes?: number;
}

/** A frozen base. */
export interface Base {
  /** The name that `--base` accepts. */
  readonly name: string;
  /** The name that people see, for example "DenseNet121". */
  readonly displayName: string;
  /** One file, or one for each of several sizes. The first is for all sizes that have none of their own. */
  readonly published: readonly [PublishedFile, ...PublishedFile[]];
  /** The preprocessing that the published weights were trained with. */
  readonly preprocessing: OwnPreprocessing;
  /** The number of features per image. */
  readonly featureWidth: number;
  /** The smallest image side, in pixels, at which every layer still has an output. */
  readonly smallestSize: number;
  /** The accuracy on ImageNet's validation set that is published with the weights, in percent. */
  readonly top1?: number;
  /** Whether the network with its published weights has other layers than with any others. Default: false. */
  readonly publishedDiffers?: boolean;
  /**
   * Returns the layers for size × size images, from `input_layer` to the global pooling. All of them are frozen.
   *
   * @param published whether they are those for the published weights; matters only if `publishedDiffers`
   */
  readonly layers: (size: number, pooling: Pooling, published?: boolean) => readonly LayerSpec[];
}

/** Returns the published file for images of this size. */
export function publishedFile({ published }: Pick<Base, "published">, size: number): PublishedFile {
  const [forOthers] = published;
  return published.find((file) => file.size === size) ?? forOthers;
}
