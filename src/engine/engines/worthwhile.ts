/** Which engines save so much time on a data set that setting them up is worth it. Pure. */
import { type EngineKind, engineKindSchema, type Precision } from "../../config.ts";
import type { EngineEntry } from "../engine.ts";
import { engines } from "./list.ts";

/**
 * The time that an engine must save on a data set, in seconds. Downloading 59 MB at 6 MB a second, unpacking and
 * testing them takes as long, and so does measuring two engines.
 */
const WORTH_SECONDS = 15;

/** What a base computes for a data set, and on what. */
export interface Workload {
  readonly images: number;
  /** The base's multiply-adds for one image. */
  readonly macs: number;
  readonly precision: Precision;
  /** The processor's features, as `processorFeatures` returns them. */
  readonly features: readonly string[];
  readonly cores: number;
}

/** Returns the engines that save enough time compared with the usual engine, as far as that was measured anywhere. */
export function worthwhileEngines(workload: Workload): EngineKind[] {
  return engineKindSchema.options.filter((kind) => savedSeconds(engines[kind], workload) >= WORTH_SECONDS);
}

/** Returns the seconds that an engine saves on the data. */
export function savedSeconds(
  { savedTime }: Pick<EngineEntry, "savedTime">,
  { images, macs, precision, features, cores }: Workload,
): number {
  const perImageMs = (savedTime?.(precision, features) ?? 0) * macs / 1e9 / cores;
  return images * perImageMs / 1000;
}
