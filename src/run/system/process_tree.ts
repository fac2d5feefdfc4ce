/** What a process and its descendants take, from /proc. Elsewhere than on Linux there is none, and nothing is said. */
import { readdirSync, readFileSync } from "node:fs";

/** Linux reports processor time in hundredths of a second, whatever the kernel counts in. */
const MS_A_TICK = 10;

/** The process ids of the descendants of a process. */
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

/** The processor time of a process so far, all its threads; null once it has ended. */
export function processorMs(pid: number): number | null {
  const fields = statFields(pid);
  return fields && (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
}

/** Where a process belongs: its parent, its group (a shell's job), its session (a terminal's). null once it has ended. */
export function belongingOf(pid: number): { parent: number; group: number; session: number } | null {
  const fields = statFields(pid);
  return fields && { parent: Number(fields[1]), group: Number(fields[2]), session: Number(fields[3]) };
}

/** What a process has in memory; what it shares with others counts for each of them. null once it has ended. */
export function residentBytes(pid: number): number | null {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`) ?? "") ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Of /proc/<pid>/stat, from the state on: the command's name before it may hold spaces. null once it has ended. */
function statFields(pid: number): string[] | null {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended while we looked.
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
