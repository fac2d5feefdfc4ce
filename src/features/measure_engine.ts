/** Measures engines, each in a process of its own, because a process can load only one. */
import type { Precision } from "../config.ts";
import { type EngineFiles, trainerOf } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import { cacheError } from "../files/system_error.ts";
import type { BaseSpec } from "./base/spec.ts";
import { weightsHash } from "./base/weights_hash.ts";
import { runExtractor } from "./extractor_process.ts";
import type { Job } from "./job.ts";
import { ensureRandomWeights } from "./random_weights.ts";
import { MEASURED } from "./speeds/measured_base.ts";
import { keepSpeed, type Speed, speedsFolder, subjectOf } from "./speeds/speed_store.ts";

/** What to measure, and where to keep the result. */
export interface MeasureRequest {
  readonly engine: EngineFiles;
  readonly precision: Precision;
  /** The base of a run. Default: `MEASURED`, with random weights. */
  readonly own?: OwnBase | undefined;
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** Ends the measurement. */
  readonly signal?: AbortSignal | undefined;
}

/** A run's base with its weights. */
export type OwnBase = Pick<BaseSpec, "base" | "size" | "pooling" | "preprocess"> & {
  readonly weights: { readonly path: string; readonly sha256: string };
};

/**
 * Measures how many images per second an engine computes with a base, and keeps the result in the cache. A run's base
 * for which bfloat16 is refused is measured in float32, in which the run computes it.
 *
 * @throws the signal's reason when aborted; HeadlightError (1) if the engine cannot compute the base in this precision,
 * or if the cache cannot be written
 */
export async function measureEngine({ engine, precision, own, cacheRoot, signal }: MeasureRequest): Promise<Speed> {
  const { base, size, pooling, preprocess, weights: { path, sha256 } } = own ?? await withRandomWeights();
  const weights = { kind: "file", path, sha256 } as const;
  const spec = { base, pooling, size, preprocess, precision, weights, engine, batchSize: MEASURED.batchSize };
  const job = { kind: "measure_speed", spec, cacheRoot, refused_too: own !== undefined } as const;
  const imagesPerSecond = await askExtractor(job, signal);
  try {
    return keepSpeed(cacheRoot, { engine, precision, subject: subjectOf({ base, size }), imagesPerSecond });
  } catch (error) {
    throw cacheError(error, `cannot write to ${speedsFolder(cacheRoot)}`);
  }

  async function withRandomWeights(): Promise<OwnBase> {
    const { base, size, preprocess } = MEASURED;
    const by = { base, size, preprocess, engine: trainerOf(engine), cacheRoot };
    const path = await ensureRandomWeights(by, { log: "null", signal });
    return { ...MEASURED, weights: { path, sha256: await weightsHash(path) } };
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
