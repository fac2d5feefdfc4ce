/** Reads the GPUs from nvidia-smi, where libnvidia-ml cannot be opened. */
import { runChild } from "../../engine/wheels/child.ts";
import type { GpuAnswer, GpuSource } from "./gpu_source.ts";
import { gpusOrProblem, NVIDIA_SMI, type SmiAnswer } from "./gpus.ts";

/** How long to wait for an answer, in milliseconds. */
const PATIENCE_MS = 2000;

/** Runs `NVIDIA_SMI`. */
export type RunSmi = () => Promise<Exclude<SmiAnswer, "late">>;

export class SmiGpus implements GpuSource {
  /** The query that has not ended yet. While the driver hangs, no other is started. */
  #asked: ReturnType<RunSmi> | null = null;

  constructor(private readonly run: RunSmi = runNvidiaSmi) {}

  async ask(): Promise<GpuAnswer | null> {
    this.#asked ??= this.run().catch(() => null).finally(() => this.#asked = null);
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), PATIENCE_MS);
    timer.unref();
    const answer = await Promise.race([this.#asked, late.promise]);
    clearTimeout(timer);
    return answer === null ? null : gpusOrProblem(answer);
  }

  /** Does nothing: a query ends by itself. */
  stop(): void {}
}

async function runNvidiaSmi(): ReturnType<RunSmi> {
  const [program, ...args] = NVIDIA_SMI;
  return await runChild(program, args, { signal: AbortSignal.timeout(4 * PATIENCE_MS) });
}
