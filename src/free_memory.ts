/**
 * How much memory a process may still take: what the system has free, and what its cgroups allow (containers, Slurm).
 */
import { join } from "node:path";

/** Returns the text of a file, or null if it cannot be read. */
type ReadText = (path: string) => string | null;

/**
 * The files of a version of cgroups: the limit, the usage, and in `memory.stat` the parts that are cached file content.
 */
interface Version {
  readonly root: string;
  readonly limit: string;
  readonly used: string;
  readonly cached: readonly string[];
}
const VERSION_1: Version = {
  root: "/sys/fs/cgroup/memory",
  limit: "memory.limit_in_bytes",
  used: "memory.usage_in_bytes",
  cached: ["total_inactive_file", "total_active_file"],
};
const VERSION_2: Version = {
  root: "/sys/fs/cgroup",
  limit: "memory.max",
  used: "memory.current",
  cached: ["inactive_file", "active_file"],
};

/** Returns the number of bytes that this process may still take without swapping or exceeding a limit. */
export function freeMemory(): number {
  const { available } = Deno.systemMemoryInfo();
  return Math.min(available, freeInCgroups(readText));
}

/**
 * Returns the number of bytes that the process's cgroups still allow, of both versions and at all levels. Infinity
 * without a limit, and on systems without cgroups.
 */
export function freeInCgroups(read: ReadText): number {
  // Lines such as `0::/user.slice` and, of version 1, `5:memory:/docker/3f1`.
  const lines = (read("/proc/self/cgroup") ?? "").split("\n").map((line) => line.split(":"));
  const free = lines.flatMap(([, controllers, ...path]) => {
    const version = controllers === "" ? VERSION_2 : controllers?.split(",").includes("memory") ? VERSION_1 : null;
    return version === null
      ? []
      : levels(path.join(":")).map((level) => freeIn(join(version.root, level), version, read));
  });
  return Math.min(Infinity, ...free);
}

/** Returns a cgroup's path and those of all above it. In a container the root is its own cgroup, whatever the path. */
function levels(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return Array.from({ length: names.length + 1 }, (_, length) => names.slice(0, length).join("/"));
}

function freeIn(folder: string, { limit, used, cached }: Version, read: ReadText): number {
  const [most, taken] = [limit, used].map((name) => numberIn(read(join(folder, name))));
  if (most === undefined || most === null || taken === undefined || taken === null) return Infinity;
  const stat = read(join(folder, "memory.stat")) ?? "";
  // The kernel gives up cached files before a limit is exceeded, also those that were read more than once.
  const reclaimable = cached.map((name) => numberIn(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? null) ?? 0);
  return Math.max(0, most - taken + reclaimable.reduce((sum, bytes) => sum + bytes, 0));
}

/** Returns null for `max`, which stands for no limit, and for a file that is not there. */
function numberIn(text: string | null): number | null {
  return text !== null && /^\d+\s*$/.test(text) ? Number(text) : null;
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
