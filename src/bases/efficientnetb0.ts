/**
 * EfficientNetB0 without its top layers (Tan and Le 2019, table 1). Layers, names and order are those of
 * `keras.applications.efficientnet`. It normalizes pixels of 0…255 itself.
 */
import type { Base, Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { beforeStride2, convolution, depthwise, globalPooling } from "./convolution.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

export const efficientnetb0 = {
  name: "efficientnetb0",
  displayName: "EfficientNetB0",
  published: [{
    name: "efficientnetb0_notop.h5",
    url: "https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5",
    size: 224,
    md5: "50bc09e76180e00e4465e1a485ddc09d",
  }],
  preprocessing: "inside",
  featureWidth: 1280,
  smallestSize: 32,
  top1: 77.1,
  publishedDiffers: true,
  layers,
} as const satisfies Base;

/** The stages: kernel, number of blocks, output channels, expansion and stride of the first block. */
const STAGES = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const;

/** The dropout rate grows from 0 to this over all blocks. It has no effect in inference. */
const LARGEST_DROPOUT = 0.2;
const BLOCKS = STAGES.reduce((sum, [, blocks]) => sum + blocks, 0);

/** ImageNet's standard deviation of each channel, of pixels from 0 to 1. */
const STANDARD_DEVIATION = [0.229, 0.224, 0.225];

const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001 };
const SILU: LayerKind = { type: "Activation", activation: "silu" };

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling, published = false): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("rescaling", { type: "Rescaling", scale: 1 / 255, offset: 0 });
  chain.add("normalization", { type: "Normalization" });
  // The published weights were trained on images that were divided by the variance, where `normalization` divides by
  // its root (tensorflow issue 49930).
  if (published) {
    const scale = STANDARD_DEVIATION.map((deviation) => 1 / Math.sqrt(deviation));
    chain.add("rescaling_1", { type: "Rescaling", scale, offset: 0 });
  }
  chain.add("stem_conv_pad", { type: "ZeroPadding2D", padding: beforeStride2(size, 3) });
  chain.add("stem_conv", convolution(32, 3, 2));
  chain.add("stem_bn", BATCH_NORM);
  let end = chain.add("stem_activation", SILU);
  let [side, channels, number] = [Math.ceil(size / 2), 32, 0];
  for (const [stage, [kernel, blocks, filters, expansion, firstStride]] of STAGES.entries()) {
    for (let block = 0; block < blocks; block++, number++) {
      const strides = block === 0 ? firstStride : 1;
      const dropout = LARGEST_DROPOUT * number / BLOCKS;
      const name = `block${stage + 1}${"abcd".charAt(block)}`;
      end = addBlock(chain, name, end, { side, channels, kernel, expansion, filters, strides, dropout });
      side = Math.ceil(side / strides);
      channels = filters;
    }
  }
  chain.add("top_conv", convolution(1280, 1, 1, "same"));
  chain.add("top_bn", BATCH_NORM);
  chain.add("top_activation", SILU);
  chain.add(`${pooling}_pool`, globalPooling(pooling));
  return chain.layers;
}

interface Block {
  /** The side of the input, in pixels. */
  readonly side: number;
  /** The channels of the input. */
  readonly channels: number;
  readonly kernel: number;
  /** How many times as many channels there are inside. */
  readonly expansion: number;
  readonly filters: number;
  readonly strides: number;
  readonly dropout: number;
}

/** Adds an inverted residual block with squeeze and excitation. Returns the name of its last layer. */
function addBlock(
  chain: LayerChain,
  name: string,
  input: string,
  { side, channels, kernel, expansion, filters, strides, dropout }: Block,
): string {
  const inner = expansion * channels;
  if (expansion > 1) {
    chain.add(`${name}_expand_conv`, convolution(inner, 1, 1, "same"));
    chain.add(`${name}_expand_bn`, BATCH_NORM);
    chain.add(`${name}_expand_activation`, SILU);
  }
  if (strides === 2) {
    chain.add(`${name}_dwconv_pad`, { type: "ZeroPadding2D", padding: beforeStride2(side, kernel) });
  }
  chain.add(`${name}_dwconv`, depthwise(kernel, strides, strides === 2 ? "valid" : "same"));
  chain.add(`${name}_bn`, BATCH_NORM);
  const active = chain.add(`${name}_activation`, SILU);
  chain.add(`${name}_se_squeeze`, { type: "GlobalAveragePooling2D" });
  chain.add(`${name}_se_reshape`, { type: "Reshape", shape: [1, 1, inner] });
  const excitation = (to: number, activation: "silu" | "sigmoid") => {
    return { ...convolution(to, 1, 1, "same"), bias: true, activation };
  };
  // A quarter of the block's input, not of its inner channels.
  chain.add(`${name}_se_reduce`, excitation(channels / 4, "silu"));
  const excite = chain.add(`${name}_se_expand`, excitation(inner, "sigmoid"));
  chain.add(`${name}_se_excite`, { type: "Multiply" }, [active, excite]);
  chain.add(`${name}_project_conv`, convolution(filters, 1, 1, "same"));
  const end = chain.add(`${name}_project_bn`, BATCH_NORM);
  if (strides > 1 || filters !== channels) return end;
  const dropped = chain.add(`${name}_drop`, { type: "Dropout", rate: dropout });
  return chain.add(`${name}_add`, { type: "Add" }, [dropped, input]);
}
