/** Measures where the extractor's time goes: its steps one after the other, each timed separately. */
import { z } from "zod";
import { openDataSource } from "../../src/data/open.ts";
import { preferThreads } from "../../src/engine/threads.ts";
import { shareCores } from "../../src/engine/share_cores.ts";
import { loadEngine } from "../../src/engine/engines/load.ts";
import { extractionSpecSchema } from "../../src/features/job.ts";
import { describeProcessor } from "../../src/features/rows/provenance.ts";
import { pixelsToInput } from "../../src/features/base/preprocess.ts";
import { recipeHash } from "../../src/features/rows/recipe.ts";
import { RowStore } from "../../src/features/rows/row_store.ts";
import { baseNetwork } from "../../src/model/base_network.ts";
import { baseModeSchema, openBase } from "./base_modes.ts";
import { printResult, readRequest } from "./children.ts";
import { COUNT_FROM, COUNT_TO } from "./onednn_log.ts";

const requestSchema = z.object({
  spec: extractionSpecSchema,
  mode: baseModeSchema,
  /** The number of images from the training set. A multiple of the batch size. */
  images: z.int().min(1),
  /** A folder for the written rows. */
  cacheRoot: z.string(),
});

/**
 * `…Ms` are milliseconds per image. The extractor reads the next images during this time, but here reading is timed
 * alone.
 */
export const profileResultSchema = z.object({
  engineSeconds: z.number(),
  baseSeconds: z.number(),
  firstBatchSeconds: z.number(),
  readMs: z.number(),
  /** This time is also part of `featuresMs`. */
  resizeMs: z.number(),
  featuresMs: z.number(),
  writeMs: z.number(),
});

if (import.meta.main) {
  const { spec, mode, images, cacheRoot } = readRequest(requestSchema);
  let lapMs = performance.now();
  const lap = () => {
    const elapsedMs = performance.now() - lapMs;
    lapMs = performance.now();
    return elapsedMs;
  };
  if (mode.mode === "captured") preferThreads(shareCores(navigator.hardwareConcurrency).threadsPerOp);
  const engine = await loadEngine(spec.engine);
  const { tf, capabilities } = engine;
  const engineSeconds = lap() / 1000;
  const dataset = await openDataSource(spec.data, spec.size);
  const first = await dataset.train.read(0, spec.batchSize);
  lap();
  const base = await openBase(engine, spec, mode, first, cacheRoot);
  const baseSeconds = lap() / 1000;
  await base.features(first);
  const firstBatchSeconds = lap() / 1000;
  const store = new RowStore(cacheRoot, recipeHash(spec));
  const how = { size: spec.size, preprocess: spec.preprocess, own: (await baseNetwork(spec.base)).preprocessing };
  const sums = { readMs: 0, resizeMs: 0, featuresMs: 0, writeMs: 0 };
  for (let from = 0; from < images; from += spec.batchSize) {
    lap();
    const batch = await dataset.train.read(from, from + spec.batchSize);
    sums.readMs += lap();
    tf.tidy(() => pixelsToInput(tf, batch, how).slice([0, 0, 0, 0], [1, 1, 1, 1]).dataSync());
    sums.resizeMs += lap();
    console.log(COUNT_FROM);
    lap();
    const features = await base.features(batch);
    sums.featuresMs += lap();
    console.log(COUNT_TO);
    lap();
    store.write(describeProcessor(capabilities), Uint8Array.fromHex(batch.digests.join("")), features);
    sums.writeMs += lap();
  }
  const each = Object.fromEntries(Object.entries(sums).map(([step, ms]) => [step, ms / images]));
  printResult({ engineSeconds, baseSeconds, firstBatchSeconds, ...each });
  Deno.exit(0);
}
