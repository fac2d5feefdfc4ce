/**
 * MobileNetV2 1.0 without its top layers (Sandler et al. 2018, table 2). Layers, names and order are those of
 * `keras.applications.mobilenet_v2`.
 */
import type { Base, Pooling, PublishedFile } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { beforeStride2, convolution, depthwise, globalPooling } from "./convolution.ts";
import { kerasFile } from "./keras_files.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

/** Keras publishes weights for each of these sizes, without a hash. */
function file(size: number): PublishedFile {
  const name = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_${size}_no_top.h5`;
  return { ...kerasFile("mobilenet_v2", name), size };
}

export const mobilenetV2 = {
  name: "mobilenet_v2",
  displayName: "MobileNetV2",
  published: [file(224), file(96), file(128), file(160), file(192)],
  preprocessing: "tf",
  featureWidth: 1280,
  smallestSize: 32,
  top1: 71.3,
  layers,
} as const satisfies Base;

/** The stages: expansion, output channels, number of blocks and stride of the first block. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.999, epsilon: 0.001 };
const RELU6: LayerKind = { type: "ReLU", maxValue: 6 };

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("Conv1", convolution(32, 3, 2, "same"));
  chain.add("bn_Conv1", BATCH_NORM);
  let end = chain.add("Conv1_relu", RELU6);
  let [side, channels, number] = [Math.ceil(size / 2), 32, 0];
  for (const [expansion, filters, blocks, firstStride] of STAGES) {
    for (let block = 0; block < blocks; block++, number++) {
      const strides = block === 0 ? firstStride : 1;
      const name = number === 0 ? "expanded_conv" : `block_${number}`;
      end = addBlock(chain, name, end, { side, channels, expansion, filters, strides });
      side = Math.ceil(side / strides);
      channels = filters;
    }
  }
  chain.add("Conv_1", convolution(1280, 1));
  chain.add("Conv_1_bn", BATCH_NORM);
  chain.add("out_relu", RELU6);
  chain.add(`global_${pooling === "max" ? "max" : "average"}_pooling2d`, globalPooling(pooling));
  return chain.layers;
}

interface Block {
  /** The side of the input, in pixels. */
  readonly side: number;
  /** The channels of the input. */
  readonly channels: number;
  /** How many times as many channels there are inside. */
  readonly expansion: number;
  readonly filters: number;
  readonly strides: number;
}

/** Adds an inverted residual block: widen, convolve each channel, narrow. Returns the name of its last layer. */
function addBlock(
  chain: LayerChain,
  name: string,
  input: string,
  { side, channels, expansion, filters, strides }: Block,
): string {
  if (expansion > 1) {
    chain.add(`${name}_expand`, convolution(expansion * channels, 1, 1, "same"));
    chain.add(`${name}_expand_BN`, BATCH_NORM);
    chain.add(`${name}_expand_relu`, RELU6);
  }
  if (strides === 2) chain.add(`${name}_pad`, { type: "ZeroPadding2D", padding: beforeStride2(side, 3) });
  chain.add(`${name}_depthwise`, depthwise(3, strides, strides === 2 ? "valid" : "same"));
  chain.add(`${name}_depthwise_BN`, BATCH_NORM);
  chain.add(`${name}_depthwise_relu`, RELU6);
  chain.add(`${name}_project`, convolution(filters, 1, 1, "same"));
  const end = chain.add(`${name}_project_BN`, BATCH_NORM);
  if (strides > 1 || filters !== channels) return end;
  return chain.add(`${name}_add`, { type: "Add" }, [input, end]);
}
