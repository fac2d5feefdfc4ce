/** Provides the random base's weights as a file, which is made once per recipe and machine. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { HeadlightError, TRY_AGAIN } from "../errors.ts";
import { waitForLock } from "../files/lock.ts";
import { explainCacheError } from "../files/system_error.ts";
import { RANDOM_BASE_IMAGES, RANDOM_BASE_SEED, RANDOM_BASE_VERSION } from "../model/random_base.ts";
import { type ExtractorOptions, runExtractor } from "./extractor_process.ts";
import type { Job, RandomWeightsSpec } from "./job.ts";
import { measuredImages } from "./base/measured_images.ts";
import { isSealed, makersLock } from "../files/sealed_file.ts";
import { useEntry } from "../files/use.ts";
import { EXTRACTOR_VERSION, keyOfBase } from "./base/spec.ts";

const ATTEMPTS = 4;

export interface RandomWeightsRequest extends RandomWeightsSpec {
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
}

/**
 * Returns the path of the weights file of this recipe. Its name contains a hash over everything that the weights depend
 * on.
 */
export async function randomWeightsPath(request: RandomWeightsRequest): Promise<string> {
  const { base, size, preprocess, engine } = request;
  const recipe = JSON.stringify({
    version: [RANDOM_BASE_VERSION, EXTRACTOR_VERSION],
    seed: RANDOM_BASE_SEED,
    base: keyOfBase(base),
    size,
    preprocess,
    engine: { kind: engine.kind, version: engine.version, device: engine.device },
  });
  const { pixels } = await measuredImages(RANDOM_BASE_IMAGES);
  const hash = createHash("sha256").update(recipe).update("\n").update(pixels).digest("hex").slice(0, 16);
  return join(request.cacheRoot, "weights", `random-${typeof base === "string" ? base : "file"}-${hash}.h5`);
}

/**
 * Returns the path of the random base's weights file. If the cache has no complete one, an extractor process makes it;
 * other processes that request it meanwhile wait. The file is in use until this process exits, so `cache clear` keeps
 * it.
 *
 * @throws the signal's reason when aborted; HeadlightError (1) if the file cannot be made, `TRY_AGAIN` if the disk is
 * full
 */
export async function ensureRandomWeights(
  request: RandomWeightsRequest,
  options: ExtractorOptions = {},
): Promise<string> {
  const { cacheRoot: _, ...spec } = request;
  const path = await randomWeightsPath(request);
  try {
    await ensureSealed({ kind: "make_random_weights", spec, path }, options);
    return path;
  } catch (error) {
    throw explainCacheError(error, `cannot make random weights in ${dirname(path)}`);
  }
}

async function ensureSealed(job: Extract<Job, { kind: "make_random_weights" }>, options: ExtractorOptions) {
  const { path } = job;
  const lock = await waitForLock(makersLock(path), () => {}, options.signal);
  try {
    for (let attempt = 1; !await isSealed(path); attempt++) {
      options.signal?.throwIfAborted();
      if (attempt > ATTEMPTS) throw lostTooOften();
      await make(job, options);
    }
    await useEntry(path);
  } finally {
    lock.release();
  }
}

async function make(job: Job, options: ExtractorOptions): Promise<void> {
  for await (const report of runExtractor(job, options)) {
    if (report.type === "failed") throw new HeadlightError(report.line, report.no_room ? TRY_AGAIN : 1);
  }
}

function lostTooOften(): HeadlightError {
  return new HeadlightError(
    `the process that makes the random weights exited unexpectedly ${ATTEMPTS} times. See the end of the run's ` +
      "trainer.log; the system may have killed it for lack of memory",
    1,
  );
}
