/**
 * Measures features per second once. Opens the base in one mode, computes a batch to warm up, and then times all
 * images. The time includes resizing and preprocessing but not reading the images.
 */
import { dirname } from "node:path";
import { z } from "zod";
import { encodeNpy } from "../npy.ts";
import { openDataSource } from "../../src/data/open.ts";
import { preferThreads } from "../../src/engine/threads.ts";
import { shareCores } from "../../src/engine/share_cores.ts";
import { loadEngine } from "../../src/engine/engines/load.ts";
import { extractionSpecSchema } from "../../src/features/job.ts";
import { baseModeSchema, openBase } from "./base_modes.ts";
import { printResult, readRequest } from "./children.ts";

const requestSchema = z.object({
  spec: extractionSpecSchema,
  mode: baseModeSchema,
  /** The number of images, from the start of the training set. A multiple of the batch size. */
  images: z.int().min(1),
  /** The .npy file to which the features are written. */
  out: z.string(),
});
export type FeaturesRequest = z.infer<typeof requestSchema>;

/** keras/features.py prints the same. */
export const featuresResultSchema = z.object({ imagesPerSecond: z.number() });

if (import.meta.main) {
  const { spec, mode, images, out } = readRequest(requestSchema);
  if (mode.mode === "captured") preferThreads(shareCores(navigator.hardwareConcurrency).threadsPerOp);
  const engine = await loadEngine(spec.engine);
  const dataset = await openDataSource(spec.data, spec.size);
  const batches = [];
  for (let from = 0; from < images; from += spec.batchSize) {
    batches.push(await dataset.train.read(from, Math.min(images, from + spec.batchSize)));
  }
  const [first] = batches;
  if (!first) throw new RangeError("no images");
  const base = await openBase(engine, spec, mode, first, dirname(out));
  const { width } = await base.features(first);
  const startedMs = performance.now();
  const features = new Float32Array(images * width);
  for (const [place, batch] of batches.entries()) {
    features.set((await base.features(batch)).features, place * spec.batchSize * width);
  }
  const elapsedMs = performance.now() - startedMs;
  Deno.writeFileSync(out, encodeNpy({ dtype: "float32", shape: [images, width], data: features }));
  printResult({ imagesPerSecond: images / (elapsedMs / 1000) });
  Deno.exit(0);
}
