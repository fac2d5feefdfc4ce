/** DenseNet121 without its top layers. Layers, names and order are those of `keras.applications.densenet`. */
import type { Base, Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

export const densenet121 = {
  name: "densenet121",
  displayName: "DenseNet121",
  // From keras.applications.densenet: DENSENET121_WEIGHT_PATH_NO_TOP and its file_hash.
  published: {
    name: "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
    url: "https://storage.googleapis.com/tensorflow/keras-applications/densenet/" +
      "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
    md5: "30ee3e1110167f948a6b9946edeeb738",
    bytes: 29_084_464,
  },
  preprocessing: "torch",
  featureWidth: 1024,
  // The `min_size` in keras.applications.densenet.
  smallestSize: 32,
  layers,
} as const satisfies Base;

/** The dense blocks and the number of convolution pairs in each. */
const BLOCKS = [["conv2", 6], ["conv3", 12], ["conv4", 24], ["conv5", 16]] as const;
/** The number of channels that each convolution pair adds. */
const GROWTH = 32;
/** The number of channels after the first convolution. */
const STEM = 64;

const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.99, epsilon: 1.001e-5 };
const RELU: LayerKind = { type: "Activation", activation: "relu" };

function convolution(filters: number, kernel: number, strides = 1, padding: "valid" | "same" = "valid"): LayerKind {
  return { type: "Conv2D", filters, kernel, strides, padding, bias: false };
}

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("zero_padding2d", { type: "ZeroPadding2D", padding: [[3, 3], [3, 3]] });
  chain.add("conv1_conv", convolution(STEM, 7, 2));
  chain.add("conv1_bn", BATCH_NORM);
  chain.add("conv1_relu", RELU);
  chain.add("zero_padding2d_1", { type: "ZeroPadding2D", padding: [[1, 1], [1, 1]] });
  let end = chain.add("pool1", { type: "MaxPooling2D", size: 3, strides: 2 });
  let channels = STEM;
  for (const [index, [block, pairs]] of BLOCKS.entries()) {
    for (let pair = 1; pair <= pairs; pair++) end = addPair(chain, `${block}_block${pair}`, end);
    channels += pairs * GROWTH;
    if (index === BLOCKS.length - 1) break;
    channels /= 2;
    end = addTransition(chain, `pool${index + 2}`, channels);
  }
  chain.add("bn", BATCH_NORM);
  chain.add("relu", RELU);
  if (pooling === "max") chain.add("max_pool", { type: "GlobalMaxPooling2D" });
  else chain.add("avg_pool", { type: "GlobalAveragePooling2D" });
  return chain.layers;
}

/**
 * Adds Keras's `conv_block`: a 1×1 convolution to four times the growth, then a 3×3 convolution to the growth,
 * concatenated with the block's input. Returns the name of its last layer.
 */
function addPair(chain: LayerChain, name: string, input: string): string {
  chain.add(`${name}_0_bn`, BATCH_NORM);
  chain.add(`${name}_0_relu`, RELU);
  chain.add(`${name}_1_conv`, convolution(4 * GROWTH, 1));
  chain.add(`${name}_1_bn`, BATCH_NORM);
  chain.add(`${name}_1_relu`, RELU);
  const added = chain.add(`${name}_2_conv`, convolution(GROWTH, 3, 1, "same"));
  return chain.add(`${name}_concat`, { type: "Concatenate" }, [input, added]);
}

/**
 * Adds Keras's `transition_block`, which halves the side and reduces to `channels`. Returns the name of its last layer.
 */
function addTransition(chain: LayerChain, name: string, channels: number): string {
  chain.add(`${name}_bn`, BATCH_NORM);
  chain.add(`${name}_relu`, RELU);
  chain.add(`${name}_conv`, convolution(channels, 1));
  return chain.add(`${name}_pool`, { type: "AveragePooling2D", size: 2, strides: 2 });
}
