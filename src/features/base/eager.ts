/** Runs the frozen base op by op. Every engine can do this, and tests compare the graph with it. */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../../at.ts";
import type { Tf } from "../../engine/engine.ts";
import { HeadlightError } from "../../errors.ts";
import { baseNetwork } from "../../model/base_network.ts";
import { buildNetwork, type Network } from "../../model/build.ts";
import { needsPublishedLayers } from "../../model/published_weights.ts";
import { readKerasWeights } from "../../model/keras_file.ts";
import type { LayerWeights } from "../../model/weights.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { pixelsToInput } from "./preprocess.ts";
import { weightsHash } from "./weights_hash.ts";
import type { FeatureRows, FrozenBase } from "./frozen_base.ts";
import { padBatch } from "./pieces.ts";
import type { BaseSpec } from "./spec.ts";

/**
 * Builds the base with the weights in the file. The caller disposes the network.
 *
 * @throws HeadlightError if the file's hash is not the one in the features' keys, or its weights do not fit the base
 */
export async function loadBaseModel(tf: Tf, spec: Pick<BaseSpec, BaseFields>): Promise<Network> {
  const { path } = spec.weights;
  await checkWeights(spec);
  const { layers, model } = await layersOf(spec);
  const weights = await readKerasWeights(path, layers, { matching: isOwn(spec) ? "own" : "base", model });
  checkFiniteWeights(weights, path);
  return buildNetwork(tf, layers, weights);
}

/** Returns the base's layers, and the whole model if they are from a file. */
async function layersOf({ base, size, pooling, weights }: Pick<BaseSpec, BaseFields>) {
  const published = await needsPublishedLayers(base, weights.path);
  const { layers, model } = await baseNetwork(base);
  return { layers: layers(size, pooling, published), model };
}

/** Whether the weights are those in the base's own file. */
function isOwn({ base, weights }: Pick<BaseSpec, "base" | "weights">): boolean {
  return typeof base !== "string" && base.sha256 === weights.sha256;
}

/**
 * Checks that all weights are finite. A fused relu turns NaN into 0, so the features would not show that the file is
 * damaged.
 */
function checkFiniteWeights(layers: readonly LayerWeights[], path: string): void {
  for (const layer of layers) {
    const broken = layer.weights.find(({ data }) => !data.every(Number.isFinite));
    if (!broken) continue;
    throw new HeadlightError(
      `${path}: layer ${layer.name} has values in its ${broken.name} that are not finite. The file is damaged. Name ` +
        "another one with --weights",
      1,
    );
  }
}

type BaseFields = "base" | "size" | "pooling" | "weights";

/** Checks the weights file's hash. @throws HeadlightError if it is not the one in the features' keys */
export async function checkWeights({ weights: { path, sha256 } }: Pick<BaseSpec, "weights">): Promise<void> {
  if (await weightsHash(path) === sha256) return;
  throw new HeadlightError(`${path} has changed since the run was set up. Start a new run`, 1);
}

/** Opens the base for computing op by op. @throws HeadlightError as `loadBaseModel` */
export async function openEagerBase(tf: Tf, spec: BaseSpec): Promise<FrozenBase> {
  const base = await loadBaseModel(tf, spec);
  const how = { size: spec.size, preprocess: spec.preprocess, own: (await baseNetwork(spec.base)).preprocessing };
  return {
    rounding: null,
    features(images: ImageBatch): FeatureRows {
      const features = tf.tidy(() => {
        const input = pixelsToInput(tf, padBatch(images, spec.batchSize), how);
        return base.predict(input).slice([0, 0], [images.count, -1]);
      });
      return takeRows(features);
    },
    dispose: () => base.dispose(),
  };
}

/** Returns a copy of the first rows of a feature matrix and disposes it. */
export function takeRows(features: Tensor, rows = at(features.shape, 0)): FeatureRows {
  try {
    const width = at(features.shape, 1);
    return { features: new Float32Array(features.dataSync().slice(0, rows * width)), rows, width };
  } finally {
    features.dispose();
  }
}
