/** What the DenseNets have in common. Layers, names and order are those of `keras.applications.densenet`. */
import type { Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { allSides, convolution, globalPooling, RELU } from "./convolution.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

/** The number of convolution pairs in each of the four dense blocks. */
export type Pairs = readonly [number, number, number, number];

/** The number of channels that each convolution pair adds. */
const GROWTH = 32;
/** The number of channels after the first convolution. */
const STEM = 64;

const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.99, epsilon: 1.001e-5 };

/** Returns the layers for square images with sides of `size` pixels. */
export function denseNet(blocks: Pairs, size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("zero_padding2d", { type: "ZeroPadding2D", padding: allSides(3) });
  chain.add("conv1_conv", convolution(STEM, 7, 2));
  chain.add("conv1_bn", BATCH_NORM);
  chain.add("conv1_relu", RELU);
  chain.add("zero_padding2d_1", { type: "ZeroPadding2D", padding: allSides(1) });
  let end = chain.add("pool1", { type: "MaxPooling2D", size: 3, strides: 2 });
  let channels = STEM;
  for (const [index, pairs] of blocks.entries()) {
    for (let pair = 1; pair <= pairs; pair++) end = addPair(chain, `conv${index + 2}_block${pair}`, end);
    channels += pairs * GROWTH;
    if (index === blocks.length - 1) break;
    channels /= 2;
    end = addTransition(chain, `pool${index + 2}`, channels);
  }
  chain.add("bn", BATCH_NORM);
  chain.add("relu", RELU);
  chain.add(`${pooling}_pool`, globalPooling(pooling));
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
