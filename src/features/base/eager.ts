/** Runs the frozen base op by op. Every engine can do this, and tests compare the graph with it. */
import type { LayerSpec } from "../../bases/layer_spec.ts";
import type { Tf } from "../../engine/engine.ts";
import { IN_MEMORY, type OpByOp } from "../../engine/op_by_op.ts";
import { HeadlightError } from "../../errors.ts";
import { baseNetwork, nameOfBase } from "../../model/base_network.ts";
import { buildNetwork, type Network } from "../../model/build.ts";
import { needsPublishedLayers } from "../../model/published_weights.ts";
import { readKerasWeights } from "../../model/keras_file.ts";
import type { LayerWeights } from "../../model/weights.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { pixelsToInput } from "./preprocess.ts";
import { weightsHash } from "./weights_hash.ts";
import type { FeatureRows, FrozenBase } from "./frozen_base.ts";
import { imagesPerCall, tensorSizes } from "./images_per_call.ts";
import { joinRows, padBatch, pieces } from "./pieces.ts";
import type { BaseSpec } from "./spec.ts";

/**
 * Builds the base with the weights in the file. The caller disposes the network.
 *
 * @throws HeadlightError if the file's hash is not the one in the features' keys, or its weights do not fit the base
 */
export async function loadBaseModel(tf: Tf, spec: Pick<BaseSpec, BaseFields>): Promise<Network> {
  return (await loadNetwork(tf, spec)).network;
}

interface LoadedNetwork {
  readonly layers: readonly LayerSpec[];
  readonly network: Network;
}

async function loadNetwork(tf: Tf, spec: Pick<BaseSpec, BaseFields>): Promise<LoadedNetwork> {
  const { path } = spec.weights;
  await checkWeights(spec);
  const { layers, model } = await layersOf(spec);
  const weights = await readKerasWeights(path, layers, { matching: isOwn(spec) ? "own" : "base", model });
  checkFiniteWeights(weights, path);
  return { layers, network: buildNetwork(tf, layers, weights) };
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

/**
 * Opens the base for computing op by op. Every call is padded to the same number of images: `spec.batchSize`, or as many
 * as the device takes.
 *
 * @param opByOp how the engine computes ops
 * @throws HeadlightError as `loadBaseModel`
 */
export async function openEagerBase(tf: Tf, spec: BaseSpec, opByOp: OpByOp = IN_MEMORY): Promise<FrozenBase> {
  const { layers, network } = await loadNetwork(tf, spec);
  const how = { size: spec.size, preprocess: spec.preprocess, own: (await baseNetwork(spec.base)).preprocessing };
  const sizes = tensorSizes(layers);
  return {
    rounding: null,
    async features(images: ImageBatch): Promise<FeatureRows> {
      const { height, width } = images;
      const wanted = { images: spec.batchSize, height, width, name: nameOfBase(spec.base), size: spec.size };
      const most = imagesPerCall(wanted, sizes, opByOp.largestTensorBytes);
      const parts: FeatureRows[] = [];
      for (const call of pieces(images, most)) {
        const values = await opByOp.compute(() =>
          tf.tidy(() => {
            const input = pixelsToInput(tf, padBatch(call, most), how);
            return network.predict(input).slice([0, 0], [call.count, -1]);
          })
        );
        parts.push({ features: values, rows: call.count, width: values.length / call.count });
      }
      return joinRows(parts);
    },
    dispose: () => network.dispose(),
  };
}
