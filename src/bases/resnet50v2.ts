/**
 * ResNet50V2 without its top layers (He et al. 2016, "Identity mappings"). Layers, names and order are those of
 * `keras.applications.resnet_v2`, whose stages have their stride in the last block.
 */
import type { Base, Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { allSides, convolution, globalPooling, RELU } from "./convolution.ts";
import { kerasFile } from "./keras_files.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

export const resnet50v2 = {
  name: "resnet50v2",
  displayName: "ResNet50V2",
  published: [{
    ...kerasFile("resnet", "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: 224,
    md5: "fac2f116257151a9d068a22e544a4917",
  }],
  preprocessing: "tf",
  featureWidth: 2048,
  smallestSize: 32,
  top1: 76.0,
  layers,
} as const satisfies Base;

/**
 * The stages: inner channels, number of blocks and stride of the last block. The output has four times the channels.
 */
const STAGES = [[64, 3, 2], [128, 4, 2], [256, 6, 2], [512, 3, 1]] as const;

const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.99, epsilon: 1.001e-5 };

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("conv1_pad", { type: "ZeroPadding2D", padding: allSides(3) });
  chain.add("conv1_conv", { ...convolution(64, 7, 2), bias: true });
  chain.add("pool1_pad", { type: "ZeroPadding2D", padding: allSides(1) });
  let end = chain.add("pool1_pool", { type: "MaxPooling2D", size: 3, strides: 2 });
  let pools = 0;
  for (const [index, [filters, blocks, lastStride]] of STAGES.entries()) {
    for (let block = 1; block <= blocks; block++) {
      const strides = block === blocks ? lastStride : 1;
      const pool = pools === 0 ? "max_pooling2d" : `max_pooling2d_${pools}`;
      if (strides > 1) pools++;
      end = addBlock(chain, `conv${index + 2}_block${block}`, end, { filters, strides, first: block === 1, pool });
    }
  }
  chain.add("post_bn", BATCH_NORM);
  chain.add("post_relu", RELU);
  chain.add(`${pooling}_pool`, globalPooling(pooling));
  return chain.layers;
}

interface Block {
  /** The inner channels. */
  readonly filters: number;
  readonly strides: number;
  /** Whether the block is the first of its stage, which has a convolution on its shortcut. */
  readonly first: boolean;
  /** The name of the pooling layer that brings the shortcut of a block with a stride to size. */
  readonly pool: string;
}

/** Adds a pre-activation bottleneck block. Returns the name of its last layer. */
function addBlock(
  chain: LayerChain,
  name: string,
  input: string,
  { filters, strides, first, pool }: Block,
): string {
  chain.add(`${name}_preact_bn`, BATCH_NORM, [input]);
  const active = chain.add(`${name}_preact_relu`, RELU);
  chain.add(`${name}_1_conv`, convolution(filters, 1));
  chain.add(`${name}_1_bn`, BATCH_NORM);
  chain.add(`${name}_1_relu`, RELU);
  chain.add(`${name}_2_pad`, { type: "ZeroPadding2D", padding: allSides(1) });
  chain.add(`${name}_2_conv`, convolution(filters, 3, strides));
  chain.add(`${name}_2_bn`, BATCH_NORM);
  const inner = chain.add(`${name}_2_relu`, RELU);
  const widened = { ...convolution(4 * filters, 1), bias: true };
  let shortcut = input;
  if (first) shortcut = chain.add(`${name}_0_conv`, widened, [active]);
  else if (strides > 1) shortcut = chain.add(pool, { type: "MaxPooling2D", size: 1, strides }, [input]);
  const last = chain.add(`${name}_3_conv`, widened, [inner]);
  return chain.add(`${name}_out`, { type: "Add" }, [shortcut, last]);
}
