/** Measures how fast an engine computes a frozen base. Runs in the extractor process. */
import type { BaseEngine } from "../../engine/engine.ts";
import { HeadlightError } from "../../errors.ts";
import { nameOfBase } from "../../model/base_network.ts";
import { measuredImages } from "./measured_images.ts";
import { type BasePlace, openFrozenBase } from "./open_base.ts";
import { roundingText } from "./rounding.ts";
import type { BaseSpec } from "./spec.ts";

const ENOUGH_MS = 2000;
const FEWEST_BATCHES = 3;

/**
 * Returns how many images per second an engine computes, in batches of `spec.batchSize`. Takes about two seconds more
 * than opening the base. The fastest batch counts, because other work on the machine only ever makes batches slower.
 *
 * @param refusedToo whether to measure the base in float32 if bfloat16 would change its features too much
 * @throws HeadlightError (1) if bfloat16 would change the features too much, unless `refusedToo`
 */
export async function measureSpeed(
  engine: BaseEngine,
  spec: BaseSpec,
  place: BasePlace,
  refusedToo: boolean,
): Promise<number> {
  const images = await measuredImages(spec.batchSize);
  const base = await openFrozenBase(engine, spec, images, place);
  try {
    if (base.rounding?.share === 0 && !refusedToo) {
      throw new HeadlightError(roundingText(nameOfBase(spec.base), base.rounding).text, 1);
    }
    // The first batch may have been computed when the base was opened, and engines still prepare themselves in it.
    await base.features(images);
    let fastestMs = Infinity;
    const start = performance.now();
    for (let batches = 0; batches < FEWEST_BATCHES || performance.now() - start < ENOUGH_MS; batches++) {
      const before = performance.now();
      await base.features(images);
      fastestMs = Math.min(fastestMs, performance.now() - before);
    }
    return images.count / (fastestMs / 1000);
  } finally {
    base.dispose();
  }
}
