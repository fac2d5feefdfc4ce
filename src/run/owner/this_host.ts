/**
 * Identifies this machine and its processes, so that a lock file of another machine or of a reused pid is recognized.
 */
import { hostname } from "node:os";
import { statfsSync, statSync } from "node:fs";

export interface Host {
  readonly host: string;
  /** The id of the kernel's current boot, or null if the system has none. */
  readonly boot: string | null;
}

let found: Host | null = null;

/** Returns this machine's name and boot. */
export function thisHost(): Host {
  return found ??= { host: hostname(), boot: bootId() };
}

function bootId(): string | null {
  try {
    return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
  } catch {
    return null;
  }
}

/**
 * Returns when a process started, in clock ticks since the boot. Together with the process id it identifies a process
 * until the next boot. Returns null if no such process runs (a zombie does not), or if the system has no /proc.
 */
export function startMark(pid: number): string | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The second field is the program's name, which may contain spaces and parentheses. See proc(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : fields[19] ?? null;
  } catch {
    return null;
  }
}

/**
 * Returns what identifies a folder on its disk: a copy has another mark, and a folder that is moved on the disk keeps
 * its own. Returns null if the folder does not exist.
 */
export function folderMark(folder: string): string | null {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

/** The types of file systems, of statfs(2), that no other machine mounts, unless this one exports them. */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xca451a4e, // bcachefs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0x3153464a, // JFS
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
]);
/** APFS and HFS+ on macOS. */
const LOCAL_TYPES_DARWIN: ReadonlySet<number> = new Set([0x1a, 0x11]);

/** Returns whether a folder is on a disk of this machine. Returns false if this is not known. */
export function isLocalDisk(folder: string): boolean {
  try {
    const types = Deno.build.os === "darwin" ? LOCAL_TYPES_DARWIN : LOCAL_TYPES;
    return types.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}
