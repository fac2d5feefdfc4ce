/** The frozen base op by op: what every engine can, and the reference for the graph. */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../../at.ts";
import type { Tf } from "../../engine/engine.ts";
import { HeadlightError } from "../../errors.ts";
import { bases } from "../../bases/bases.ts";
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
 * Builds the base with the weights of the specified file. The caller disposes the network.
 *
 * @throws HeadlightError when the file is not the one whose hash is in the features' keys, or does not fit the base.
 */
export async function loadBaseModel(tf: Tf, spec: Pick<BaseSpec, BaseFields>): Promise<Network> {
  const { path } = spec.weights;
  await checkWeights(spec);
  const layers = bases[spec.base].layers(spec.size, spec.pooling, await needsPublishedLayers(spec.base, path));
  const weights = await readKerasWeights(path, layers);
  checkFiniteWeights(weights, path);
  return buildNetwork(tf, layers, weights);
}

/** A fused relu makes a 0 of NaN: what is broken in the file would not show in the features. */
function checkFiniteWeights(layers: readonly LayerWeights[], path: string): void {
  for (const layer of layers) {
    const broken = layer.weights.find(({ data }) => !data.every(Number.isFinite));
    if (!broken) continue;
    throw new HeadlightError(
      `${path}: layer ${layer.name} has numbers in its ${broken.name} that are not finite; the file is broken: name ` +
        "another with --weights",
      1,
    );
  }
}

type BaseFields = "base" | "size" | "pooling" | "weights";

/** @throws HeadlightError when the weights file is not the one that the features' keys speak of. */
export async function checkWeights({ weights: { path, sha256 } }: Pick<BaseSpec, "weights">): Promise<void> {
  if (await weightsHash(path) === sha256) return;
  throw new HeadlightError(`${path} has changed since the run was set up: start a new run`, 1);
}

/** @throws HeadlightError as `loadBaseModel` does. */
export async function openEagerBase(tf: Tf, spec: BaseSpec): Promise<FrozenBase> {
  const base = await loadBaseModel(tf, spec);
  const how = { size: spec.size, preprocess: spec.preprocess, own: bases[spec.base].preprocessing };
  return {
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

/** Copies a matrix of features and disposes it. */
export function takeRows(features: Tensor, rows = at(features.shape, 0)): FeatureRows {
  try {
    const width = at(features.shape, 1);
    return { features: new Float32Array(features.dataSync().slice(0, rows * width)), rows, width };
  } finally {
    features.dispose();
  }
}
