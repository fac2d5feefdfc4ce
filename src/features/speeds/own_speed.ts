/**
 * Measures an engine while it computes the images of a run, so that the next run knows its speed with the run's own
 * base.
 */
import type { EngineFiles } from "../../engine/engine.ts";
import { isSystemError } from "../../files/system_error.ts";
import type { BaseSpec } from "../base/spec.ts";
import { keepSpeed, subjectOf } from "./speed_store.ts";

/** The number of batches from which the fastest one counts as a measurement. The first one of a base is left out. */
const FEWEST_BATCHES = 4;

/** What is measured: the run's base on its engine. */
export interface OwnSpeedRequest extends Pick<BaseSpec, "base" | "size" | "precision" | "batchSize"> {
  readonly engine: Pick<EngineFiles, "kind" | "version" | "device" | "device_name" | "tf32">;
}

/**
 * The speed of a run's own base. As in `measureSpeed`, the fastest batch counts, because other work makes it slower.
 */
export class OwnSpeed {
  #batches = 0;
  #fastestMs = Infinity;

  constructor(
    private readonly request: OwnSpeedRequest,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Computes a batch and returns its result. Only whole batches count: engines compute smaller ones as whole ones. */
  async time<T>(images: number, compute: () => Promise<T>): Promise<T> {
    const sinceMs = this.nowMs();
    const result = await compute();
    if (images === this.request.batchSize && this.#batches++ > 0) {
      this.#fastestMs = Math.min(this.#fastestMs, this.nowMs() - sinceMs);
    }
    return result;
  }

  /** Keeps the speed if there were enough batches and the cache can be written. */
  keep(cacheRoot: string): void {
    if (this.#batches < FEWEST_BATCHES || this.#fastestMs === 0) return;
    const { engine, precision, batchSize } = this.request;
    const imagesPerSecond = batchSize / (this.#fastestMs / 1000);
    try {
      keepSpeed(cacheRoot, { engine, precision, subject: subjectOf(this.request), imagesPerSecond });
    } catch (error) {
      // It only costs the next run the comparison.
      if (!isSystemError(error)) throw error;
    }
  }
}
