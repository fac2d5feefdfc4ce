/** Small real extraction plans: SqueezeNet with its published weights on the first pictures of grocery10. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DEMO_SEED } from "../../src/data/demo/demo.ts";
import { encodeNpy } from "../../src/data/npy.ts";
import { readNpy } from "../npy.ts";
import { type DataSource, openDataSource } from "../../src/data/open.ts";
import { provisionEngine } from "../../src/engine/provision.ts";
import type { ExtractionPlan } from "../../src/features/extraction.ts";
import type { FeatureShard } from "../../src/features/feature_set.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { weightsHash } from "../../src/features/weights_hash.ts";
import { cacheRoot } from "../../src/paths.ts";
import { shared } from "../support.ts";

/** For specs whose data is not read. */
export const DEMO: DataSource = { kind: "demo", seed: DEMO_SEED };

const WEIGHTS = shared("weights", "squeezenet11", "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5");

/** The first pictures of grocery10's two parts as a data set in `folder`. */
export function writeSmallSet(folder: string, counts: { train: number; test: number }): DataSource {
  for (const [part, count] of Object.entries(counts)) {
    for (const what of ["images", "labels"]) {
      const { dtype, shape, data } = readNpy(shared("data", "grocery10", `${part}_${what}.npy`));
      const [all = 1, ...item] = shape;
      const first = data.slice(0, data.length / all * count);
      Deno.writeFileSync(
        join(folder, `${part}_${what}.npy`),
        encodeNpy({ dtype, shape: [count, ...item], data: first }),
      );
    }
  }
  return { kind: "npy", folder, name: "grocery10" };
}

/** The spec for a data set, with SqueezeNet at 96×96 unless told otherwise. */
export async function specFor(data: DataSource, changed: Partial<ExtractionSpec> = {}): Promise<ExtractionSpec> {
  const { files } = await provisionEngine("tensorflow", { cacheRoot: cacheRoot(), onProgress: () => {} });
  return {
    base: "squeezenet11",
    pooling: "max",
    size: 96,
    preprocess: "imagenet",
    precision: "float32",
    weights: { kind: "file", path: WEIGHTS, sha256: await weightsHash(WEIGHTS) },
    engine: files,
    data,
    batchSize: 32,
    ...changed,
  };
}

/** A plan whose feature cache lies in `folder` and is empty: 200 + 70 pictures, ten shards. */
export async function smallPlan(folder: string, changed: Partial<ExtractionSpec> = {}): Promise<ExtractionPlan> {
  const data = writeSmallSet(folder, { train: 200, test: 70 });
  return {
    spec: await specFor(data, changed),
    dataset: await openDataSource(data, 96),
    cacheRoot: join(folder, "cache"),
  };
}
export const SMALL_PLAN_SHARDS = 10;

/** All shards of an iteration. */
export async function collect(shards: AsyncIterable<FeatureShard>): Promise<FeatureShard[]> {
  const all: FeatureShard[] = [];
  for await (const shard of shards) all.push(shard);
  return all;
}

/** Asserts equal features, bit for bit, whoever had them cached. */
export function assertSameFeatures(found: readonly FeatureShard[], expected: readonly FeatureShard[]): void {
  const bits = ({ part, from, to, width, features }: FeatureShard) => ({
    place: [part, from, to, width],
    bits: new Uint8Array(features.buffer, features.byteOffset, features.byteLength),
  });
  assert.deepEqual(found.map(bits), expected.map(bits));
}
