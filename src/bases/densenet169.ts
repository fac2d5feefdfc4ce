/** DenseNet169 without its top layers (Huang et al. 2017), as `keras.applications.densenet` has it. */
import type { Base } from "./base.ts";
import { denseNet, type Pairs } from "./densenet.ts";
import { kerasFile } from "./keras_files.ts";

const PAIRS: Pairs = [6, 12, 32, 32];

export const densenet169 = {
  name: "densenet169",
  displayName: "DenseNet169",
  published: [{
    ...kerasFile("densenet", "densenet169_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: 224,
    md5: "b8c4d4c20dd625c148057b9ff1c1176b",
  }],
  preprocessing: "torch",
  featureWidth: 1664,
  smallestSize: 32,
  top1: 76.2,
  layers: (size, pooling) => denseNet(PAIRS, size, pooling),
} as const satisfies Base;
