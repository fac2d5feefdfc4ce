/** The layers of a frozen base with their weights, read from its files. */
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { HeadlightError } from "../../errors.ts";
import { baseNetwork } from "../../model/base_network.ts";
import { readKerasWeights } from "../../model/keras_file.ts";
import { needsPublishedLayers } from "../../model/published_weights.ts";
import type { LayerWeights } from "../../model/weights.ts";
import type { BaseSpec } from "./spec.ts";
import { weightsHash } from "./weights_hash.ts";

/** What of a base's specification decides its layers and weights. */
export type LayersSpec = Pick<BaseSpec, "base" | "size" | "pooling" | "weights">;

export interface BaseLayers {
  /** From the input layer to the pooling. */
  readonly layers: readonly LayerSpec[];
  /** The weights of each layer that has any, in the list's order. */
  readonly weights: readonly LayerWeights[];
}

/**
 * Reads the layers of a base and their weights.
 *
 * @throws HeadlightError if the hash of the weights file is not the one in the specification, or if its weights do not
 * fit the base or are not finite
 */
export async function readBaseLayers(spec: LayersSpec): Promise<BaseLayers> {
  const { path } = spec.weights;
  await checkWeights(spec);
  const { layers, model } = await layersOf(spec);
  const weights = await readKerasWeights(path, layers, { matching: isOwn(spec) ? "own" : "base", model });
  checkFiniteWeights(weights, path);
  return { layers, weights };
}

/** Checks the weights file's hash. @throws HeadlightError if it is not the one in the features' keys */
export async function checkWeights({ weights: { path, sha256 } }: Pick<BaseSpec, "weights">): Promise<void> {
  if (await weightsHash(path) === sha256) return;
  throw new HeadlightError(
    `${path} has changed since the run was set up. Put the old file back, or start a new run`,
    1,
  );
}

/** Returns the base's layers, and the whole model if they are from a file. */
async function layersOf({ base, size, pooling, weights }: LayersSpec) {
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
