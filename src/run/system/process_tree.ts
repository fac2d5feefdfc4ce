/**
 * The processor time and memory of a process and its descendants, from /proc. Without /proc (macOS), nothing is
 * reported.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Linux reports processor time in hundredths of a second, whatever the kernel's tick rate. */
const MS_A_TICK = 10;

/** Returns the process ids of all descendants of a process. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of entriesOf("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statFields(Number(name))?.[1]);
    if (Number.isInteger(parent)) parents.set(Number(name), parent);
  }
  const found: number[] = [];
  const pending = [pid];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    const children = [...parents].filter(([, its]) => its === parent).map(([child]) => child);
    found.push(...children);
    pending.push(...children);
  }
  return found;
}

/** Returns the processor time of a process so far, over all its threads, or null if it has ended. */
export function processorMs(pid: number): number | null {
  const fields = statFields(pid);
  return fields && (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
}

/** Returns the parent, the process group and the session of a process, or null if it has ended. */
export function belongingOf(pid: number): { parent: number; group: number; session: number } | null {
  const fields = statFields(pid);
  return fields && { parent: Number(fields[1]), group: Number(fields[2]), session: Number(fields[3]) };
}

export interface ProcessFacts {
  /** The kernel's name of the process, of at most 15 bytes. */
  readonly comm: string;
  /** The words of its command, or the title that it gave itself as the first one. */
  readonly words: readonly string[];
  readonly parent: number;
  /** When it started, in ticks since the system's start: with the id, this identifies a process. */
  readonly startTime: string;
}

/** Returns what a process is, or null if it has ended or belongs to somebody whose processes are hidden. */
export function processAt(pid: number): ProcessFacts | null {
  const fields = statFields(pid);
  const comm = textOf(`/proc/${pid}/comm`);
  const command = textOf(`/proc/${pid}/cmdline`);
  if (fields === null || comm === null || command === null) return null;
  return {
    comm: comm.replace(/\n$/, ""),
    words: command.split("\0"),
    parent: Number(fields[1]),
    startTime: fields[19] ?? "",
  };
}

/** Returns the resident memory of a process, including memory that it shares, or null if it has ended. */
export function residentBytes(pid: number): number | null {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`) ?? "") ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/**
 * Returns the fields of /proc/<pid>/stat from the state on, or null if the process has ended. The command's name before
 * the state may contain spaces.
 */
function statFields(pid: number): string[] | null {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended in the meantime.
    return null;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
