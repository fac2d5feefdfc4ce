/** Measures the processor time, the memory and the GPUs that a run uses, at regular intervals. */
import { totalmem } from "node:os";
import type { Gpu } from "../../event_bodies.ts";
import type { EventOf } from "../../events.ts";
import type { GpuAnswer, GpuSource } from "./gpu_source.ts";
import { gpusHere } from "./gpus_here.ts";
import { descendants, processorMs, residentBytes } from "./process_tree.ts";
import { type GpuOfEngine, usedGpu } from "./used_gpu.ts";

type SystemBody = Omit<EventOf<"system">, "seq" | "time" | "v">;

/**
 * The interval of measurements, in milliseconds. Each one is a line in the log, so after ten minutes only every fifth
 * is made, which gives 1.5 MB a day.
 */
const LOOK_EVERY_MS = 3000;
const OFTEN = 200;
const THEN_EVERY = 5;
/** The time until the next question after one that failed, in milliseconds. The driver may be just being replaced. */
const ASK_GPUS_AGAIN_MS = 60_000;

export interface SystemWatchOptions {
  readonly pid?: number;
  readonly everyMs?: number;
  /** Default: that for this machine. */
  readonly gpus?: GpuSource;
  readonly nowMs?: () => number;
}

interface Times {
  readonly atMs: number;
  readonly processorMs: ReadonlyMap<number, number>;
}

export class SystemWatch {
  readonly #pid: number;
  readonly #nowMs: () => number;
  readonly #source: GpuSource;
  readonly #timer: ReturnType<typeof setInterval>;
  #before: Times;
  #seen: GpuAnswer = { gpus: [], problem: null };
  #engine: GpuOfEngine | null = null;
  #noGpus = false;
  #askedMs = -Infinity;
  #asking = false;

  /** @param say called with each measurement; figures that the system does not report are null */
  constructor(private readonly say: (body: SystemBody) => void, options: SystemWatchOptions = {}) {
    const { pid = Deno.pid, everyMs = LOOK_EVERY_MS, gpus = gpusHere(), nowMs = () => performance.now() } = options;
    this.#pid = pid;
    this.#nowMs = nowMs;
    this.#source = gpus;
    this.#before = this.#times([pid, ...descendants(pid)]);
    this.#lookAtGpus();
    let turn = 0;
    this.#timer = setInterval(() => {
      turn++;
      if (turn <= OFTEN || turn % THEN_EVERY === 0) this.look();
    }, everyMs);
    this.#timer.unref();
  }

  /** Notes the engine of the run. The GPU on which it computes is marked from then on. */
  usesEngine(engine: GpuOfEngine): void {
    this.#engine = engine;
  }

  /** Measures now. The GPUs are those of the last answer, so that nothing waits for a driver. */
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
      gpus: this.#gpusOf(pids),
      gpu_problem: this.#seen.problem,
    });
    this.#before = times;
    this.#lookAtGpus();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source.stop();
  }

  #gpusOf(pids: readonly number[]): Gpu[] {
    const { gpus } = this.#seen;
    const used = this.#engine && usedGpu(gpus, this.#engine, pids);
    return gpus.map(({ pciBusId: _, pids: __, ...gpu }, place) => ({ ...gpu, used: place === used }));
  }

  #times(pids: readonly number[]): Times {
    const known = pids.flatMap((pid) => {
      const spent = processorMs(pid);
      return spent === null ? [] : [[pid, spent] as const];
    });
    return { atMs: this.#nowMs(), processorMs: new Map(known) };
  }

  async #lookAtGpus(): Promise<void> {
    const tooSoon = this.#seen.problem !== null && this.#nowMs() - this.#askedMs < ASK_GPUS_AGAIN_MS;
    if (this.#noGpus || this.#asking || tooSoon) return;
    this.#asking = true;
    this.#askedMs = this.#nowMs();
    const answer = await this.#source.ask().catch(() => null);
    this.#noGpus = answer === null;
    this.#seen = answer ?? { gpus: [], problem: null };
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
