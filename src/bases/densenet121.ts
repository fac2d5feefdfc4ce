/** DenseNet121 without its top layers (Huang et al. 2017), as `keras.applications.densenet` has it. */
import type { Base } from "./base.ts";
import { denseNet, type Pairs } from "./densenet.ts";
import { kerasFile } from "./keras_files.ts";

const PAIRS: Pairs = [6, 12, 24, 16];

/** The base DenseNet121. */
export const densenet121 = {
  name: "densenet121",
  displayName: "DenseNet121",
  published: [{
    ...kerasFile("densenet", "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: 224,
    md5: "30ee3e1110167f948a6b9946edeeb738",
    bytes: 29_084_464,
  }],
  preprocessing: "torch",
  featureWidth: 1024,
  smallestSize: 32,
  top1: 75.0,
  layers: (size, pooling) => denseNet(PAIRS, size, pooling),
} as const satisfies Base;
