/** Finds out on what kind of file system a folder is. */
import { realpathSync } from "node:fs";
import { nearestExisting } from "./writable.ts";

/** The types of file systems in /proc/self/mountinfo that several hosts can mount at the same time. */
const NETWORK_TYPES: ReadonlySet<string> = new Set([
  ...["nfs", "nfs4", "lustre", "gpfs", "beegfs", "ceph", "cifs", "smb3", "smbfs", "afs", "orangefs", "pvfs2", "wekafs"],
  ...["glusterfs", "9p", "gfs2", "ocfs2", "panfs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse"],
  ...["fuse.juicefs", "fuse.beegfs", "fuse.lustre", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone"],
]);

/** The types that no other host can change: on a disk of this machine, or in its memory. */
const LOCAL_TYPES: ReadonlySet<string> = new Set([
  ...["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "reiserfs", "overlay", "tmpfs"],
]);

/** Returns whether a path is certainly on a file system that only this host changes. False without /proc. */
export function isOnLocalFileSystem(path: string): boolean {
  try {
    return isLocalIn(Deno.readTextFileSync("/proc/self/mountinfo"), realpathSync(nearestExisting(path)));
  } catch {
    return false;
  }
}

/** Says the same for an absolute path without symbolic links, from the text of /proc/self/mountinfo. Pure. */
export function isLocalIn(mountinfo: string, path: string): boolean {
  return LOCAL_TYPES.has(typeIn(mountinfo, path));
}

/**
 * Returns the type of the network file system on which a path is, such as `nfs4`; null if it is on another one, or if
 * this is not known (there is no /proc). If the path does not exist yet, that of the nearest existing folder above it.
 */
export function networkFileSystem(path: string): string | null {
  try {
    return networkTypeIn(Deno.readTextFileSync("/proc/self/mountinfo"), realpathSync(nearestExisting(path)));
  } catch {
    return null;
  }
}

/**
 * Finds the type in the text of /proc/self/mountinfo (proc(5)). Pure.
 * @param path an absolute path without symbolic links
 */
export function networkTypeIn(mountinfo: string, path: string): string | null {
  const type = typeIn(mountinfo, path);
  return NETWORK_TYPES.has(type) ? type : null;
}

/** Returns the type of the file system of a path, or an empty text. */
function typeIn(mountinfo: string, path: string): string {
  let found = { point: "", type: "" };
  for (const line of mountinfo.split("\n")) {
    const [mount = "", system = ""] = line.split(" - ");
    const point = unescaped(mount.split(" ")[4] ?? "");
    const isAbove = point !== "" && (point === "/" || path === point || path.startsWith(`${point}/`));
    // Of two at the same place, the later one hides the other.
    if (isAbove && point.length >= found.point.length) found = { point, type: system.split(" ")[0] ?? "" };
  }
  return found.type;
}

/** The kernel writes spaces, tabs, line breaks and backslashes as three octal digits. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
