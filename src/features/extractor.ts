/** The frozen base at work: pictures in, features out. Runs in the extractor process; needs an engine, no process. */
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import type { BrokenImage, ImageBatch } from "../data/dataset.ts";
import { openDataSource } from "../data/open.ts";
import type { Engine, Tf } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import { bases } from "../model/bases.ts";
import { buildBase } from "../model/build.ts";
import { readKerasWeights } from "../model/keras_h5.ts";
import { matchWeights } from "../model/weights.ts";
import type { FeatureRows } from "./cache.ts";
import type { ExtractionSpec, ShardRequest } from "./job.ts";
import { pixelsToInput } from "./preprocess.ts";
import { shardKey } from "./shard_key.ts";
import { padBatch, shardName } from "./shards.ts";
import { weightsHash } from "./weights_hash.ts";

/**
 * Builds the base with the weights of the specified file. The caller disposes the model.
 *
 * @throws HeadlightError when the file is not the one whose hash is in the features' keys, or does not fit the base.
 */
export async function loadBase(tf: Tf, spec: ExtractionSpec): Promise<LayersModel> {
  const { path, sha256 } = spec.weights;
  if (await weightsHash(path) !== sha256) {
    throw new HeadlightError(`${path} has changed since the run was set up: start a new run`, 1);
  }
  const layers = bases[spec.base].layers(spec.size, spec.pooling);
  return buildBase(tf, layers, matchWeights(await readKerasWeights(path), layers, path));
}

/**
 * The features of a batch of at most `spec.batchSize` pictures, computed as a full batch; deterministic, bit for bit.
 * Leaves no tensor behind.
 */
export function batchFeatures(
  tf: Tf,
  base: LayersModel,
  batch: ImageBatch,
  spec: Pick<ExtractionSpec, "base" | "size" | "preprocess" | "batchSize">,
): FeatureRows {
  const how = { size: spec.size, preprocess: spec.preprocess, own: bases[spec.base].preprocessing };
  const features = tf.tidy(() => {
    const input = pixelsToInput(tf, padBatch(batch, spec.batchSize), how);
    // Unlike `apply`, this disposes each layer's output once nothing needs it any more, and never trains.
    const output = base.predictOnBatch(input);
    if (!isTensor(output)) throw new Error("the base has more than one output");
    return output.slice([0, 0], [batch.count, -1]);
  });
  try {
    return { features: Float32Array.from(features.dataSync()), rows: batch.count, width: features.shape[1] ?? 0 };
  } finally {
    features.dispose();
  }
}

function isTensor(value: Tensor | Tensor[]): value is Tensor {
  return !Array.isArray(value);
}

/**
 * Extracts the shards in order and hands each to `onShard` as soon as it is there: one is at most what is ever lost. The
 * pictures of the next shard are read while the network works on this one. The features of a broken picture are NaN.
 *
 * @param onReady is called when the base is built.
 * @throws HeadlightError when the pictures are no longer those that were asked for, or features are not finite.
 */
export async function extractShards(
  engine: Engine,
  spec: ExtractionSpec,
  shards: readonly ShardRequest[],
  onShard: (shard: ShardRequest, features: FeatureRows, broken: readonly BrokenImage[]) => void,
  onReady: () => void = () => {},
): Promise<void> {
  const dataset = await openDataSource(spec.data, spec.size);
  const base = await loadBase(engine.tf, spec);
  const read = (shard: ShardRequest | undefined) => shard && dataset[shard.part].read(shard.from, shard.to);
  try {
    onReady();
    let ahead = read(shards[0]);
    for (const [place, shard] of shards.entries()) {
      const images = await ahead;
      if (!images) throw new Error(`${shardName(shard)} were not read`);
      ahead = read(shards[place + 1]);
      // Whoever awaits it hears of it.
      ahead?.catch(() => {});
      if (shardKey(spec, images.digest) !== shard.key) {
        throw new HeadlightError(`${shardName(shard)} have changed since the run was set up: start a new run`, 1);
      }
      const features = batchFeatures(engine.tf, base, images, spec);
      checkFinite(features, shard, spec);
      forget(features, images.broken.map(({ index }) => index - shard.from));
      onShard(shard, features, images.broken);
    }
  } finally {
    base.dispose();
    dataset.close();
  }
}

/** Numbers were made of the zeros in a broken picture's place. */
function forget({ features, width }: FeatureRows, rows: readonly number[]): void {
  for (const row of rows) features.fill(NaN, row * width, (row + 1) * width);
}

function checkFinite({ features }: FeatureRows, shard: ShardRequest, spec: ExtractionSpec): void {
  if (features.every(Number.isFinite)) return;
  throw new HeadlightError(
    `${shardName(shard)}: the base makes numbers of them that are not finite; the weights in ${spec.weights.path} ` +
      "are broken: name another file with --weights",
    1,
  );
}
