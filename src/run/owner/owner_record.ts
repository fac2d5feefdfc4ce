/** The content of a run's `lock` file, which its owner writes. */
import { z } from "zod";
import { parseStoredJson, readStored } from "../../files/stored.ts";
import { thisHost } from "./this_host.ts";

/** Fields that older versions do not write are null. */
export const ownerSchema = z.object({
  pid: z.int(),
  host: z.string(),
  socket: z.string(),
  /** See `Host.boot` and `startMark`. */
  boot: z.string().nullable().default(null),
  start: z.string().nullable().default(null),
  /** When the owner took the run, in ISO 8601. */
  since: z.string().nullable().default(null),
  /** Random, and new with each takeover. An owner whose token is no longer in the file has lost the run. */
  token: z.string().nullable().default(null),
  /** See `folderMark`. It tells the run from a copy of it, which has the same `lock`. */
  folder: z.string().nullable().default(null),
  /** Whether the owner has given the run back. */
  released: z.boolean().default(false),
});
export type Owner = z.infer<typeof ownerSchema>;

/** The size of the file. It never changes, so the file is replaced by a single write. */
const BYTES = 1024;

/** Returns the owner in a `lock` file, or null if there is none: the file is missing, damaged or not written yet. */
export function readOwner(lock: string): Owner | null {
  try {
    const file = { path: lock, remedy: "", exitStatus: 1 } as const;
    return parseStoredJson(readStored(file), file, ownerSchema);
  } catch {
    return null;
  }
}

/** Writes the owner to the open `lock` file, in place, because the lock is on this file. */
export function writeOwner(file: Deno.FsFile, owner: Owner): void {
  const bytes = new TextEncoder().encode(JSON.stringify(owner).padEnd(BYTES - 1) + "\n");
  file.seekSync(0, Deno.SeekMode.Start);
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  // Whatever longer content the file had before.
  if (file.statSync().size > bytes.length) file.truncateSync(bytes.length);
  try {
    // On network file systems, this is what shows the content to other hosts.
    file.syncSync();
  } catch {
    // Not all file systems can sync.
  }
}

/** Returns whether the owner runs on another machine, so that its socket and its process cannot be reached. */
export function isElsewhere({ host, boot }: Owner): boolean {
  const here = thisHost();
  return host !== here.host || (boot !== null && here.boot !== null && boot !== here.boot);
}
