/** The bases there are. One entry and one file each; nothing else in the program names a base. */
import type { BaseName, Pooling } from "../config.ts";
import { densenet121 } from "./densenet121.ts";
import type { LayerSpec } from "./layers.ts";
import { squeezenet11 } from "./squeezenet11.ts";

/**
 * keras.applications.imagenet_utils' modes. torch: /255, minus mean, over standard deviation. caffe: BGR, minus means.
 */
export type OwnPreprocessing = "torch" | "caffe";

export interface Base {
  /** For people: "DenseNet121". */
  readonly displayName: string;
  /** What its published weights were trained with. */
  readonly preprocessing: OwnPreprocessing;
  /** Features per picture. */
  readonly featureWidth: number;
  /** Its layers for size × size pictures, frozen, from `input_layer` to the global pooling. */
  readonly layers: (size: number, pooling: Pooling) => readonly LayerSpec[];
}

export const bases: Readonly<Record<BaseName, Base>> = {
  densenet121: { displayName: "DenseNet121", preprocessing: "torch", featureWidth: 1024, layers: densenet121 },
  squeezenet11: { displayName: "SqueezeNet 1.1", preprocessing: "caffe", featureWidth: 512, layers: squeezenet11 },
};
