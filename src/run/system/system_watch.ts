/** Measures the processor time, the memory and the GPUs that a run uses, at regular intervals. */
import { totalmem } from "node:os";
import type { Gpu } from "../../event_bodies.ts";
import type { EventOf } from "../../events.ts";
import { runChild } from "../../engine/wheels/child.ts";
import { gpusOrProblem, NVIDIA_SMI, type SmiAnswer } from "./gpus.ts";
import { descendants, processorMs, residentBytes } from "./process_tree.ts";

type SystemBody = Omit<EventOf<"system">, "seq" | "time" | "v">;

/**
 * The interval of measurements, in milliseconds. Each one is a line in the log, so after ten minutes only every fifth
 * is made, which gives 1.5 MB a day.
 */
const LOOK_EVERY_MS = 3000;
const OFTEN = 200;
const THEN_EVERY = 5;
/** How long to wait for the GPU driver, in milliseconds. If it hangs, no further query is started. */
const GPU_PATIENCE_MS = 2000;
/** The time until the next query after one that failed, in milliseconds. The driver may be just being replaced. */
const ASK_GPUS_AGAIN_MS = 60_000;

/** Runs `NVIDIA_SMI`. */
export type AskGpus = () => Promise<Exclude<SmiAnswer, "late">>;

export interface SystemWatchOptions {
  readonly pid?: number;
  readonly everyMs?: number;
  readonly askGpus?: AskGpus;
  readonly nowMs?: () => number;
}

interface Times {
  readonly atMs: number;
  readonly processorMs: ReadonlyMap<number, number>;
}

export class SystemWatch {
  readonly #pid: number;
  readonly #nowMs: () => number;
  readonly #askGpus: AskGpus;
  readonly #timer: ReturnType<typeof setInterval>;
  #before: Times;
  #gpus: Gpu[] = [];
  #problem: string | null = null;
  #noGpus = false;
  #askedMs = -Infinity;
  #asking = false;

  /** @param say called with each measurement; figures that the system does not report are null */
  constructor(private readonly say: (body: SystemBody) => void, options: SystemWatchOptions = {}) {
    const { pid = Deno.pid, everyMs = LOOK_EVERY_MS, askGpus = askNvidiaSmi, nowMs = () => performance.now() } =
      options;
    this.#pid = pid;
    this.#nowMs = nowMs;
    this.#askGpus = askGpus;
    this.#before = this.#times([pid, ...descendants(pid)]);
    this.#lookAtGpus();
    let turn = 0;
    this.#timer = setInterval(() => {
      turn++;
      if (turn <= OFTEN || turn % THEN_EVERY === 0) this.look();
    }, everyMs);
    this.#timer.unref();
  }

  /** Measures now. The GPUs are those of the last query, so that nothing waits for a driver. */
  look(): void {
    const pids = [this.#pid, ...descendants(this.#pid)];
    const times = this.#times(pids);
    const memory = pids.map(residentBytes).filter((bytes) => bytes !== null);
    this.say({
      type: "system",
      processor_percent: percentBetween(this.#before, times),
      cores: navigator.hardwareConcurrency,
      memory_bytes: memory.length === 0 ? null : memory.reduce((sum, bytes) => sum + bytes, 0),
      memory_total_bytes: totalmem(),
      processes: memory.length,
      gpus: this.#gpus,
      gpu_problem: this.#problem,
    });
    this.#before = times;
    this.#lookAtGpus();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #times(pids: readonly number[]): Times {
    const known = pids.flatMap((pid) => {
      const spent = processorMs(pid);
      return spent === null ? [] : [[pid, spent] as const];
    });
    return { atMs: this.#nowMs(), processorMs: new Map(known) };
  }

  async #lookAtGpus(): Promise<void> {
    const tooSoon = this.#problem !== null && this.#nowMs() - this.#askedMs < ASK_GPUS_AGAIN_MS;
    if (this.#noGpus || this.#asking || tooSoon) return;
    this.#asking = true;
    this.#askedMs = this.#nowMs();
    const patience = Promise.withResolvers<"late">();
    const timer = setTimeout(() => patience.resolve("late"), GPU_PATIENCE_MS);
    timer.unref();
    const asked = this.#askGpus().catch(() => null);
    const answer = await Promise.race([asked, patience.promise]);
    clearTimeout(timer);
    this.#noGpus = answer === null;
    ({ gpus: this.#gpus, problem: this.#problem } = gpusOrProblem(answer));
    if (answer === "late") await asked;
    this.#asking = false;
  }
}

/**
 * Returns the processor time between two measurements, where 100 is one core, or null if there is nothing to compare.
 */
function percentBetween(before: Times, after: Times): number | null {
  const elapsedMs = after.atMs - before.atMs;
  if (elapsedMs <= 0 || after.processorMs.size === 0) return null;
  let spentMs = 0;
  for (const [pid, spent] of after.processorMs) spentMs += spent - (before.processorMs.get(pid) ?? 0);
  return Math.round((100 * Math.max(0, spentMs)) / elapsedMs);
}

async function askNvidiaSmi(): ReturnType<AskGpus> {
  const [program, ...args] = NVIDIA_SMI;
  return await runChild(program, args, { signal: AbortSignal.timeout(4 * GPU_PATIENCE_MS) });
}
