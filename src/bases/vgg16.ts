/**
 * VGG16 without its top layers (Simonyan and Zisserman 2014, configuration D). Layers, names and order are those of
 * `keras.applications.vgg16`.
 */
import type { Base, Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { convolution, globalPooling } from "./convolution.ts";
import { kerasFile } from "./keras_files.ts";
import type { LayerSpec } from "./layer_spec.ts";

export const vgg16 = {
  name: "vgg16",
  displayName: "VGG16",
  published: [{
    ...kerasFile("vgg16", "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: 224,
    md5: "6d6bbae143d832006294945121d1f1fc",
  }],
  preprocessing: "caffe",
  featureWidth: 512,
  smallestSize: 32,
  top1: 71.3,
  layers,
} as const satisfies Base;

/** The blocks: channels and number of convolutions. Each ends in a pooling that halves the side. */
const BLOCKS = [[64, 2], [128, 2], [256, 3], [512, 3], [512, 3]] as const;

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  for (const [index, [filters, convolutions]] of BLOCKS.entries()) {
    const name = `block${index + 1}`;
    for (let number = 1; number <= convolutions; number++) {
      const layer = { ...convolution(filters, 3, 1, "same"), bias: true, activation: "relu" } as const;
      chain.add(`${name}_conv${number}`, layer);
    }
    chain.add(`${name}_pool`, { type: "MaxPooling2D", size: 2, strides: 2 });
  }
  chain.add(`global_${pooling === "max" ? "max" : "average"}_pooling2d`, globalPooling(pooling));
  return chain.layers;
}
