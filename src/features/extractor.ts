/** From shards of pictures to shards of features. Runs in the extractor process; needs an engine, no process. */
import type { BrokenImage } from "../data/dataset.ts";
import { openDataSource } from "../data/open.ts";
import type { Engine } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import type { FrozenBase } from "./base/frozen_base.ts";
import { openFrozenBase } from "./base/open_base.ts";
import type { FeatureCache, FeatureRows } from "./cache.ts";
import type { ExtractionSpec, ShardRequest } from "./job.ts";
import { shardKey } from "./shard_key.ts";
import { shardName } from "./shards.ts";

/**
 * Extracts the shards in order into the cache and says of each when it is there: one is at most what is ever lost. The
 * pictures of the next shard are read while the network works on this one. What another process is extracting is waited
 * for. The features of a broken picture are NaN.
 *
 * @param place `cache`: its folder also keeps the base's graph; `cores`: what the base may use.
 * @param onReady is called when the base is there.
 * @throws HeadlightError when the pictures are no longer those that were asked for, or features are not finite.
 */
export async function extractShards(
  engine: Engine,
  spec: ExtractionSpec,
  shards: readonly ShardRequest[],
  { cache, cores }: { readonly cache: FeatureCache; readonly cores: number },
  onShard: (shard: ShardRequest, broken: readonly BrokenImage[]) => void,
  onReady: () => void = () => {},
): Promise<void> {
  const dataset = await openDataSource(spec.data, spec.size);
  let base: FrozenBase | undefined;
  const read = (shard: ShardRequest | undefined) => shard && dataset[shard.part].read(shard.from, shard.to);
  try {
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
      await cache.computeOnce(shard.key, images.count, async () => {
        if (!base) {
          base = await openFrozenBase(engine, spec, images, { cacheRoot: cache.root, cores });
          onReady();
        }
        const features = base.features(images);
        checkFinite(features, shard, spec);
        forget(features, images.broken.map(({ index }) => index - shard.from));
        return features;
      });
      onShard(shard, images.broken);
    }
  } finally {
    base?.dispose();
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
