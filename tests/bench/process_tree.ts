/** Reads what a process and its descendants use from /proc. Memory that they share is counted once. */
import { readFileSync } from "node:fs";
import { descendants, processorMs } from "../../src/run/system/process_tree.ts";
import type { Reading } from "./numbers.ts";

/**
 * Returns the proportional set size in bytes, which divides shared pages among their users. Returns 0 for a process
 * that has exited.
 */
export function pssBytes(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

/** Returns the command line of a process, or nothing once it has exited. */
export function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter((word) => word !== "");
  } catch {
    return [];
  }
}

/** Returns the descendant whose command line has these words, or null if there is none (yet). */
export function findDescendant(pid: number, wanted: (words: readonly string[]) => boolean): number | null {
  return descendants(pid).find((child) => wanted(commandOf(child))) ?? null;
}

/**
 * Samples the memory of a process tree until it is stopped. A sample takes the kernel some milliseconds for each
 * process of a gigabyte, so processes must not be sampled while they are timed.
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

/** Returns the memory, in bytes, that only this process has and that is in no file; 0 if it has exited. */
function ownBytes(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

/** Samples the memory of each process of a tree by itself, which costs the kernel little, until it is stopped. */
export class OwnMemoryWatch {
  /** The peak of the processes that run each of the files. */
  readonly peakBytes = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param files the names of the files by which processes are told apart */
  constructor(root: number, files: readonly string[], everyMs = 200) {
    this.#timer = setInterval(() => {
      for (const pid of [root, ...descendants(root)]) {
        const words = commandOf(pid);
        const file = files.find((name) => words.some((word) => word === name || word.endsWith(`/${name}`)));
        if (file !== undefined) this.peakBytes.set(file, Math.max(this.peakBytes.get(file) ?? 0, ownBytes(pid)));
      }
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Samples a descendant's processor time from its start until the sampling is stopped. */
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
