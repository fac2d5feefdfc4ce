/**
 * ResNet50 without its top layers (He et al. 2015). Layers, names and order are those of `keras.applications.resnet`,
 * whose stages have their stride in the first 1×1 convolution.
 */
import type { Base, Pooling } from "./base.ts";
import { LayerChain } from "./chain.ts";
import { allSides, convolution, globalPooling, RELU } from "./convolution.ts";
import { kerasFile } from "./keras_files.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

export const resnet50 = {
  name: "resnet50",
  displayName: "ResNet50",
  published: [{
    ...kerasFile("resnet", "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: 224,
    md5: "4d473c1dd8becc155b73f8504c6f6626",
  }],
  preprocessing: "caffe",
  featureWidth: 2048,
  smallestSize: 32,
  top1: 74.9,
  layers,
} as const satisfies Base;

/**
 * The stages: inner channels, number of blocks and stride of the first block. The output has four times the channels.
 */
const STAGES = [[64, 3, 1], [128, 4, 2], [256, 6, 2], [512, 3, 2]] as const;

const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.99, epsilon: 1.001e-5 };

function biased(filters: number, kernel: number, strides = 1, padding: "valid" | "same" = "valid"): LayerKind {
  return { ...convolution(filters, kernel, strides, padding), bias: true };
}

/** Returns the layers for square images with sides of `size` pixels. */
function layers(size: number, pooling: Pooling): readonly LayerSpec[] {
  const chain = new LayerChain(false);
  chain.add("input_layer", { type: "InputLayer", shape: [size, size, 3] });
  chain.add("conv1_pad", { type: "ZeroPadding2D", padding: allSides(3) });
  chain.add("conv1_conv", biased(64, 7, 2));
  chain.add("conv1_bn", BATCH_NORM);
  chain.add("conv1_relu", RELU);
  chain.add("pool1_pad", { type: "ZeroPadding2D", padding: allSides(1) });
  let end = chain.add("pool1_pool", { type: "MaxPooling2D", size: 3, strides: 2 });
  for (const [index, [filters, blocks, strides]] of STAGES.entries()) {
    for (let block = 1; block <= blocks; block++) {
      end = addBlock(chain, `conv${index + 2}_block${block}`, end, filters, block === 1 ? strides : null);
    }
  }
  chain.add(`${pooling}_pool`, globalPooling(pooling));
  return chain.layers;
}

/**
 * Adds a bottleneck block. Returns the name of its last layer.
 *
 * @param strides of a block with a convolution on its shortcut; null if the input itself is added
 */
function addBlock(chain: LayerChain, name: string, input: string, filters: number, strides: number | null): string {
  chain.add(`${name}_1_conv`, biased(filters, 1, strides ?? 1), [input]);
  chain.add(`${name}_1_bn`, BATCH_NORM);
  chain.add(`${name}_1_relu`, RELU);
  chain.add(`${name}_2_conv`, biased(filters, 3, 1, "same"));
  chain.add(`${name}_2_bn`, BATCH_NORM);
  const inner = chain.add(`${name}_2_relu`, RELU);
  let shortcut = input;
  if (strides !== null) shortcut = chain.add(`${name}_0_conv`, biased(4 * filters, 1, strides), [input]);
  const last = chain.add(`${name}_3_conv`, biased(4 * filters, 1), [inner]);
  if (strides !== null) shortcut = chain.add(`${name}_0_bn`, BATCH_NORM, [shortcut]);
  const end = chain.add(`${name}_3_bn`, BATCH_NORM, [last]);
  chain.add(`${name}_add`, { type: "Add" }, [shortcut, end]);
  return chain.add(`${name}_out`, RELU);
}
