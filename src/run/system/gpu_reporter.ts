/** A process of `report_gpus.ts`: sends requests, and reads its reports. */
import { LineReader } from "../../line_reader.ts";
import { linesAs } from "../../engine/wheels/ask_child.ts";
import { type GpuReport, gpuReportSchema } from "./gpu_report.ts";

/** How the process ended. */
export interface EndedReporter {
  readonly kind: "ended";
  readonly code: number;
  readonly signal: string | null;
}

/** A report, or why there is none: the process did not answer in time and was killed, or it has ended. */
export type Reported = GpuReport | { readonly kind: "late" } | EndedReporter;

/** More than the reports of sixteen GPUs with hundreds of processes. */
const MAX_REPORT_BYTES = 1024 * 1024;

/**
 * How long an answer may still be on its way after the limit, in milliseconds. After a computation that blocked this
 * process, timers run before what has arrived is read.
 */
const GRACE_MS = 500;

export class GpuReporter {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #waiting: ((reported: Reported) => void) | null = null;
  /** What the process reported before it ended, or its end. Nothing follows it. */
  #last: Reported | null = null;

  /** @param command with pipes for standard input and output. It does not keep this process alive. */
  constructor(command: Deno.Command) {
    this.#child = command.spawn();
    this.#child.unref();
    this.#input = this.#child.stdin.getWriter();
    void this.#read();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a request and returns the report. There must be no other request. Kills the process after the limit. */
  async ask(limitMs: number): Promise<Reported> {
    if (this.#last !== null) return this.#last;
    const { promise, resolve } = Promise.withResolvers<Reported>();
    this.#waiting = resolve;
    const late = () => {
      this.kill();
      resolve({ kind: "late" });
    };
    const arm = (run: () => void, ms: number) => {
      const timer = setTimeout(run, ms);
      timer.unref();
      return timer;
    };
    let timer = arm(() => timer = arm(late, GRACE_MS), limitMs);
    // If the process has ended, its status says so.
    this.#input.write(new Uint8Array([10])).catch(() => {});
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }

  /** Ends the process, which has nothing to clean up. Does not wait for it, because a driver may hold it. */
  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has already ended.
    }
  }

  async #read(): Promise<void> {
    const reader = new LineReader({
      maxBytes: MAX_REPORT_BYTES,
      onLine: (line) => linesAs(gpuReportSchema, line).forEach((report) => this.#take(report)),
      onTooLong: () => {},
    });
    try {
      for await (const chunk of this.#child.stdout) reader.push(chunk);
    } catch {
      // Its status says why.
    }
    const { code, signal } = await this.#child.status;
    this.#last ??= { kind: "ended", code, signal };
    this.#waiting?.(this.#last);
    await this.#input.close().catch(() => {});
  }

  #take(report: GpuReport): void {
    if (report.kind !== "gpus") this.#last = report;
    this.#waiting?.(report);
  }
}
