/** DenseNet201 without its top layers (Huang et al. 2017), as `keras.applications.densenet` has it. */
import type { Base } from "./base.ts";
import { denseNet, type Pairs } from "./densenet.ts";
import { kerasFile } from "./keras_files.ts";

const PAIRS: Pairs = [6, 12, 48, 32];

export const densenet201 = {
  name: "densenet201",
  displayName: "DenseNet201",
  published: [{
    ...kerasFile("densenet", "densenet201_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: 224,
    md5: "c13680b51ded0fb44dff2d8f86ac8bb1",
  }],
  preprocessing: "torch",
  featureWidth: 1920,
  smallestSize: 32,
  top1: 77.3,
  layers: (size, pooling) => denseNet(PAIRS, size, pooling),
} as const satisfies Base;
