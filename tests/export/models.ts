/** Models to export that need no trained run: bases with weights by formula, with a head. */
import type { BaseName } from "../../src/bases/bases.ts";
import { bases } from "../../src/bases/bases.ts";
import { lessonCnn } from "../../src/bases/lesson_cnn.ts";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import type { Resize } from "../../src/config.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { type ExportedModel, joinParts, type NetworkPart } from "../../src/export/exported_model.ts";
import { measuredImages } from "../../src/features/base/measured_images.ts";
import { pixelsToInput, preprocessingLayers } from "../../src/features/base/preprocess.ts";
import { buildNetwork } from "../../src/model/build.ts";
import { headLayers } from "../../src/model/head.ts";
import { randomBaseWeights } from "../../src/model/random_base.ts";
import type { LayerWeights } from "../../src/model/weights.ts";
import { formulaWeights, hash } from "../model/formula_weights.ts";

/** Three names, one of which is not plain ASCII. */
export const CLASSES: readonly string[] = ["Apple", "Crème fraîche", "Oat milk"];

export interface BaseModel {
  readonly base: BaseName;
  readonly size: number;
  /** The short form of the head. */
  readonly head: string;
  readonly classes?: readonly string[];
  readonly resize?: Resize;
  readonly preprocess?: "scale" | "imagenet";
  /** The base's layers with weights from a file. Default: random weights that are measured on images. */
  readonly part?: NetworkPart;
}

/** Returns a base with random weights and a head, whose kernels are so small that no probability is 0 or 1. */
export async function baseModel(tf: Tf, options: BaseModel): Promise<ExportedModel> {
  const { base, size, classes = CLASSES, resize = "bilinear", preprocess = "imagenet" } = options;
  const own = bases[base].preprocessing;
  const part = options.part ?? await randomPart(tf, base, size, preprocess);
  const head = headPart(bases[base].featureWidth, options.head, classes.length);
  const joined = joinParts(size, preprocessingLayers({ preprocess, own }), part, head);
  return softened(tf, { name: base, ...joined, classes, size, resize });
}

async function randomPart(
  tf: Tf,
  base: BaseName,
  size: number,
  preprocess: "scale" | "imagenet",
): Promise<NetworkPart> {
  const layers = bases[base].layers(size, "max");
  const input = pixelsToInput(tf, await measuredImages(4), { size, preprocess, own: bases[base].preprocessing });
  try {
    return { layers, weights: randomBaseWeights(tf, layers, input) };
  } finally {
    input.dispose();
  }
}

/** Returns a head for features of this width. */
function headPart(width: number, head: string, classes: number): NetworkPart {
  const input: LayerSpec = { name: "features", type: "InputLayer", inputs: [], trainable: false, shape: [width] };
  const layers = [input, ...headLayers(input.name, { head, classes })];
  return { layers, weights: formulaWeights(layers) };
}

/** The largest logit of a made-up model. Probabilities of 0 and 1 would hide differences. */
const LARGEST_LOGIT = 3;

/** Returns the model with smaller weights in the last layer. */
export function softened(tf: Tf, model: ExportedModel): ExportedModel {
  const { layers, weights, size } = model;
  const logits = layers.map((layer, index) =>
    layer.type === "Dense" && index === layers.length - 1 ? { ...layer, activation: "linear" as const } : layer
  );
  const values = ownProbabilities(tf, { ...model, layers: logits }, madeUpPixels(4, size), 4);
  const factor = LARGEST_LOGIT / values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const smaller = (layer: LayerWeights): LayerWeights => ({
    ...layer,
    weights: layer.weights.map((weight) => ({ ...weight, data: weight.data.map((value) => value * factor) })),
  });
  return { ...model, weights: weights.map((layer, index) => index < weights.length - 1 ? layer : smaller(layer)) };
}

/** Returns the lesson's CNN with weights by formula. */
export function lessonModel(tf: Tf, size: number = lessonCnn.defaultSize, resize: Resize = "bilinear"): ExportedModel {
  const body = lessonCnn.layers(size);
  const last = body.at(-1)?.name ?? "";
  const layers = [...body, ...headLayers(last, { head: lessonCnn.head, classes: CLASSES.length })];
  const joined = joinParts(size, preprocessingLayers({ preprocess: "scale", own: null }), null, {
    layers,
    weights: formulaWeights(layers),
  });
  return softened(tf, { name: "lesson-cnn", ...joined, classes: CLASSES, size, resize });
}

/** Returns images of soft stripes and noise, float32 of 0…255, n × height × width × 3. */
export function madeUpPixels(count: number, height: number, width = height): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count * height * width * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const [row, column] = [Math.floor(pixel / width) % height, pixel % width];
    const image = Math.floor(pixel / width / height);
    const stripe = Math.sin(row / (7 + 3 * image)) * Math.cos(column / (5 + index % 3)) * 90 + 128;
    return Math.max(0, Math.min(255, Math.round(stripe + hash(index, image) % 41 - 20)));
  });
}

/** Returns the probabilities that Headlight itself computes, op by op. */
export function ownProbabilities(tf: Tf, model: ExportedModel, pixels: Float32Array, count: number): Float32Array {
  const network = buildNetwork(tf, model.layers, model.weights);
  const output = tf.tidy(() => network.predict(tf.tensor4d(pixels, [count, model.size, model.size, 3])));
  try {
    return output.dataSync<"float32">();
  } finally {
    output.dispose();
    network.dispose();
  }
}

/** Returns the largest absolute difference. */
export function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) throw new Error(`${one.length} values against ${other.length}`);
  let largest = 0;
  for (let index = 0; index < one.length; index++) {
    const difference = Math.abs((one[index] ?? NaN) - (other[index] ?? NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
