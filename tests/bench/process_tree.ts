/** What a process and its descendants take, from /proc: memory shared between them is counted once. */
import { readFileSync } from "node:fs";
import { descendants, processorMs } from "../../src/run/system/process_tree.ts";
import type { Reading } from "./numbers.ts";

/** Proportional set size in bytes: shared pages are counted once over all who share them. 0 for a process that ended. */
export function pssBytes(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

/** The words a process was started with; none once it has ended. */
export function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter((word) => word !== "");
  } catch {
    return [];
  }
}

/** The descendant that was started with such words; null where there is none (yet). */
export function findDescendant(pid: number, wanted: (words: readonly string[]) => boolean): number | null {
  return descendants(pid).find((child) => wanted(commandOf(child))) ?? null;
}

/**
 * Looks at the memory of a process tree every so often until it is stopped. Looking takes the kernel some milliseconds
 * for each process of a gigabyte: what is timed is not watched so.
 */
export class MemoryWatch {
  peakBytes = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(root: number, everyMs = 200) {
    const look = () => {
      const bytes = [root, ...descendants(root)].reduce((sum, pid) => sum + pssBytes(pid), 0);
      this.peakBytes = Math.max(this.peakBytes, bytes);
    };
    look();
    this.#timer = setInterval(look, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Reads a descendant's processor time every so often, from when it is there, until it is stopped. */
export class ProcessorWatch {
  readonly readings: Reading[] = [];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(root: number, wanted: (words: readonly string[]) => boolean, everyMs = 500) {
    let pid: number | null = null;
    this.#timer = setInterval(() => {
      pid ??= findDescendant(root, wanted);
      const value = pid === null ? null : processorMs(pid);
      if (value !== null) this.readings.push({ atMs: Date.now(), value });
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
