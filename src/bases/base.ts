/** What a frozen base is, as data: everything the rest of the program has to know of one. */
import type { LayerSpec } from "./layer_spec.ts";

/** Ways to make one number of each feature map. */
export const POOLINGS = ["max", "avg"] as const;
export type Pooling = (typeof POOLINGS)[number];

/**
 * keras.applications.imagenet_utils' modes. torch: /255, minus mean, over standard deviation. caffe: BGR, minus means.
 */
export type OwnPreprocessing = "torch" | "caffe";

/** A file of ImageNet weights without the top, in Keras's HDF5 layout. */
export interface PublishedFile {
  /** What the file is called, in the cache too. */
  readonly name: string;
  readonly url: string;
  /** By which the file is known. */
  readonly md5: string;
  readonly bytes: number;
}

/** A frozen base. */
export interface Base {
  /** As `--base` takes it. */
  readonly name: string;
  /** For people: "DenseNet121". */
  readonly displayName: string;
  readonly published: PublishedFile;
  /** What the published weights were trained with. */
  readonly preprocessing: OwnPreprocessing;
  /** Features per image. */
  readonly featureWidth: number;
  /** The smallest side of an image that leaves every layer something, in pixels. */
  readonly smallestSize: number;
  /** Its layers for size × size images, frozen, from `input_layer` to the global pooling. */
  readonly layers: (size: number, pooling: Pooling) => readonly LayerSpec[];
}
