/**
 * SqueezeNet 1.1 without its top layers. Layers and order are those of the Keras weights file
 * (squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5, DeepCognition/keras-squeezenet). Names are too, but with _
 * in place of /, which Keras 3 no longer allows. The file's last layer, the dropout drop9, is left out because it has
 * no effect in inference.
 */
import type { Base, Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { convolution, globalPooling, RELU } from "./convolution.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

/** The base SqueezeNet 1.1. */
export const squeezenet11 = {
  name: "squeezenet11",
  displayName: "SqueezeNet 1.1",
  // Keras has not published weights for SqueezeNet. This file is from DeepCognition's port, at the commit that added
  // it.
  published: [{
    name: "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5",
    url: "https://raw.githubusercontent.com/DeepCognition/keras-squeezenet/a73d4339aa4d37c51a0b3ba044bed55477abec73/" +
      "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5",
    size: 227,
    md5: "80b66c92d79d4310e07fb60a297bf0d1",
    bytes: 3_002_560,
  }],
  preprocessing: "caffe",
  featureWidth: 512,
  smallestSize: 32,
  layers,
} as const satisfies Base;

/**
 * The fire modules in order: name, squeeze filters, filters of each expand branch, and the pooling layer that follows,
 * if any.
 */
const FIRES = [
  { name: "fire2", squeeze: 16, expand: 64 },
  { name: "fire3", squeeze: 16, expand: 64, pool: "pool3" },
  { name: "fire4", squeeze: 32, expand: 128 },
  { name: "fire5", squeeze: 32, expand: 128, pool: "pool5" },
  { name: "fire6", squeeze: 48, expand: 192 },
  { name: "fire7", squeeze: 48, expand: 192 },
  { name: "fire8", squeeze: 64, expand: 256 },
  { name: "fire9", squeeze: 64, expand: 256 },
] as const;

const POOL: LayerKind = { type: "MaxPooling2D", size: 3, strides: 2 };

function biased(filters: number, kernel: number, strides = 1, padding: "valid" | "same" = "valid"): LayerKind {
  return { ...convolution(filters, kernel, strides, padding), bias: true };
}

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("conv1", biased(64, 3, 2));
  chain.add("relu_conv1", RELU);
  chain.add("pool1", POOL);
  for (const { name, squeeze, expand, ...rest } of FIRES) {
    addFire(chain, name, squeeze, expand);
    if ("pool" in rest) chain.add(rest.pool, POOL);
  }
  chain.add(`global_${pooling === "max" ? "max" : "average"}_pooling2d`, globalPooling(pooling));
  return chain.layers;
}

/** Adds a fire module: a 1×1 squeeze convolution, then a 1×1 and a 3×3 expand convolution in parallel, concatenated. */
function addFire(chain: LayerChain, name: string, squeeze: number, expand: number): void {
  chain.add(`${name}_squeeze1x1`, biased(squeeze, 1));
  const squeezed = chain.add(`${name}_relu_squeeze1x1`, RELU);
  const one = chain.add(`${name}_expand1x1`, biased(expand, 1), [squeezed]);
  const three = chain.add(`${name}_expand3x3`, biased(expand, 3, 1, "same"), [squeezed]);
  const oneRelu = chain.add(`${name}_relu_expand1x1`, RELU, [one]);
  const threeRelu = chain.add(`${name}_relu_expand3x3`, RELU, [three]);
  chain.add(`${name}_concat`, { type: "Concatenate" }, [oneRelu, threeRelu]);
}
