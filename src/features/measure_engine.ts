/** Measures engines, each in a process of its own, because a process can load only one. */
import type { Precision } from "../config.ts";
import { type EngineFiles, trainerOf } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import { cacheError } from "../files/system_error.ts";
import { weightsHash } from "./base/weights_hash.ts";
import { runExtractor } from "./extractor_process.ts";
import type { Job } from "./job.ts";
import { ensureRandomWeights } from "./random_weights.ts";
import { MEASURED } from "./speeds/measured_base.ts";
import { keepSpeed, type Speed, speedsFolder } from "./speeds/speed_store.ts";

/** What to measure, and where to keep the result. */
export interface MeasureRequest {
  readonly engine: EngineFiles;
  readonly precision: Precision;
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** Ends the measurement. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures how many images per second an engine computes with the base `MEASURED`, and keeps the result in the cache.
 *
 * @throws the signal's reason when aborted; HeadlightError (1) if the engine cannot compute the base in this precision,
 * or if the cache cannot be written
 */
export async function measureEngine({ engine, precision, cacheRoot, signal }: MeasureRequest): Promise<Speed> {
  const { base, size, pooling, preprocess, batchSize } = MEASURED;
  const by = { base, size, preprocess, engine: trainerOf(engine), cacheRoot };
  const path = await ensureRandomWeights(by, { log: "null", signal });
  const weights = { kind: "file", path, sha256: await weightsHash(path) } as const;
  const spec = { base, pooling, size, preprocess, precision, weights, engine, batchSize };
  const imagesPerSecond = await askExtractor({ kind: "measure_speed", spec, cacheRoot }, signal);
  try {
    return keepSpeed(cacheRoot, { engine, precision, imagesPerSecond });
  } catch (error) {
    throw cacheError(error, `cannot write to ${speedsFolder(cacheRoot)}`);
  }
}

async function askExtractor(job: Job, signal?: AbortSignal): Promise<number> {
  for await (const report of runExtractor(job, { log: "null", signal })) {
    if (report.type === "speed") return report.images_per_second;
    if (report.type === "failed") throw new HeadlightError(report.line, 1);
  }
  signal?.throwIfAborted();
  throw new HeadlightError(
    "the process that measures the engine exited unexpectedly. The system may have killed it for lack of memory",
    1,
  );
}
