/** Reads the GPUs from libnvidia-ml, in a long-lived process of its own. */
import { fileURLToPath } from "node:url";
import type { NvmlGpu } from "../../engine/cuda/libnvml.ts";
import { LIBNVML } from "../../engine/cuda/driver.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";
import { stripControl } from "../../text.ts";
import type { GpuAnswer, GpuSource, SeenGpu } from "./gpu_source.ts";
import { type EndedReporter, GpuReporter, type Reported } from "./gpu_reporter.ts";

/**
 * The time limits in milliseconds. Starting the driver takes a second for each GPU if no other process has it open and
 * persistence mode is off.
 */
const START_MS = 30_000;
const ANSWER_MS = 5000;
/** How long after a limit the process ends by itself, if nobody has killed it, in seconds. */
const ALARM_AFTER_S = 2;
/** How many times the process is started again after it was lost or the driver failed. */
const RESTARTS = 3;

/**
 * V8's settings: 2 MB for new objects. After 40,000 answers for eight GPUs the process has 74 MB resident, and 105 MB
 * with the trainer's 16 MB. The processor time is the same.
 */
const V8_FLAGS = "--max-semi-space-size=1";

export interface NvmlOptions {
  readonly library?: string;
  readonly startMs?: number;
  readonly answerMs?: number;
  readonly restarts?: number;
  /** Environment variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process's id. */
  readonly onStart?: (pid: number) => void;
}

/** The signals by which a crash ends a process. */
const CRASHES: ReadonlySet<string | null> = new Set(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGTRAP"]);

export class NvmlGpus implements GpuSource {
  readonly #startMs: number;
  readonly #answerMs: number;
  #startsLeft: number;
  #reporter: GpuReporter | null = null;
  /** Whether the process has answered. */
  #running = false;
  #stopped = false;
  #failed: GpuAnswer = { gpus: [], problem: null };
  /** Whether libnvidia-ml cannot be opened, so that the fallback is asked instead. */
  #closed = false;

  /** @param fallback is asked if libnvidia-ml cannot be opened */
  constructor(private readonly fallback: GpuSource, private readonly options: NvmlOptions = {}) {
    this.#startMs = options.startMs ?? START_MS;
    this.#answerMs = options.answerMs ?? ANSWER_MS;
    this.#startsLeft = 1 + (options.restarts ?? RESTARTS);
  }

  /** Starts the process if there is none. After too many failures the last one remains the answer. */
  async ask(): Promise<GpuAnswer | null> {
    if (this.#closed) return await this.fallback.ask();
    const reporter = this.#reporter ?? this.#start();
    if (reporter === null) return this.#failed;
    const reported = await reporter.ask(this.#running ? this.#answerMs : this.#startMs);
    if (reported.kind === "gpus") {
      this.#running = true;
      return { gpus: reported.gpus.map(seenGpu), problem: null };
    }
    this.#reporter = null;
    if (reported.kind === "closed") {
      this.#closed = true;
      return await this.fallback.ask();
    }
    const again = this.#startsLeft > 0 ? "" : " (not asked again in this run)";
    this.#failed = { gpus: [], problem: problemOf(reported) + again };
    return this.#failed;
  }

  stop(): void {
    this.#stopped = true;
    this.#reporter?.kill();
    this.fallback.stop();
  }

  #start(): GpuReporter | null {
    if (this.#startsLeft === 0 || this.#stopped) return null;
    this.#startsLeft--;
    this.#running = false;
    this.#reporter = new GpuReporter(this.#command());
    this.options.onStart?.(this.#reporter.pid);
    return this.#reporter;
  }

  #command(): Deno.Command {
    const { library = LIBNVML, env = {} } = this.options;
    const seconds = [this.#startMs, this.#answerMs].map((ms) => String(Math.ceil(ms / 1000) + ALARM_AFTER_S));
    const program = fileURLToPath(new URL("report_gpus.ts", import.meta.url));
    return new Deno.Command(Deno.execPath(), {
      args: programArgs(program, library, ...seconds).toSpliced(1, 0, `--v8-flags=${V8_FLAGS}`),
      cwd: PROJECT_ROOT,
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
  }
}

function seenGpu(gpu: NvmlGpu): SeenGpu {
  return {
    name: gpu.name === null ? "no answer" : stripControl(gpu.name),
    utilization_percent: gpu.utilizationPercent,
    memory_used_bytes: gpu.memoryUsedBytes,
    memory_total_bytes: gpu.memoryTotalBytes,
    temperature_celsius: gpu.temperatureCelsius,
    power_watts: gpu.powerWatts,
    pciBusId: gpu.pciBusId,
    pids: gpu.pids,
  };
}

function problemOf(reported: Exclude<Reported, { kind: "gpus" | "closed" }>): string {
  switch (reported.kind) {
    case "late":
      return "NVIDIA's driver does not answer";
    case "ended":
      return endOf(reported);
    case "failed": {
      const { call, code, words } = reported;
      const returned = code === null ? `${call} failed` : `${call} returned ${code}`;
      return words === null ? `NVIDIA's driver: ${returned}` : `NVIDIA's driver: ${stripControl(words)} (${returned})`;
    }
  }
}

function endOf({ code, signal }: EndedReporter): string {
  if (CRASHES.has(signal)) return `NVIDIA's driver crashed with ${signal}`;
  if (signal === "SIGALRM") return problemOf({ kind: "late" });
  const how = signal === null ? `exited with status ${code}` : `was ended by ${signal}`;
  return `the process that asks NVIDIA's driver ${how}`;
}
