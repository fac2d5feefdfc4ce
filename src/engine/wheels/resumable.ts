/** Downloads wheels so that an interrupted download goes on where it ended, also after this process was killed. */
import { existsSync, statSync } from "node:fs";
import { HeadlightError } from "../../errors.ts";
import { removeIfThere } from "../../files/atomic.ts";
import { download, WrongFileError } from "../../files/download.ts";
import { wheelAddress } from "./address.ts";
import { type DownloadOptions, downloadWheel, otherWheel } from "./download.ts";
import type { PinnedWheel } from "./pinned.ts";

/** The end of the name of an incomplete download, beside the complete one. */
const PART = ".part";

/**
 * Downloads the wheel to `path` and verifies its SHA-256. What was received before an interruption is kept beside it.
 *
 * If pip does not tell the wheel's address, or nothing can be received from there without pip, pip downloads the wheel,
 * which starts over after an interruption.
 *
 * @throws HeadlightError (exit status 1) as `downloadWheel`, or if the connection is lost after a part was received
 */
export async function downloadResumably(wheel: PinnedWheel, path: string, options: DownloadOptions): Promise<void> {
  const { python, label, onProgress, signal } = options;
  const report = (done: number) => {
    signal?.throwIfAborted();
    onProgress({ label, done, total: wheel.bytes, unit: "bytes" });
  };
  report(partSize(path));
  const address = await wheelAddress(wheel, { python, signal });
  if (address !== null) {
    const { url, sha256 } = address;
    if (sha256 !== null && sha256 !== wheel.sha256) throw otherWheel(wheel, sha256);
    if (await received(wheel, url, path, report, signal)) return;
  }
  const downloaded = await downloadWheel(wheel, options);
  removeIfThere(path + PART);
  Deno.renameSync(downloaded, path);
}

/** Returns whether the wheel was downloaded. Returns false if the server sent nothing. */
async function received(
  wheel: PinnedWheel,
  url: string,
  path: string,
  report: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const before = partSize(path);
  const checksum = { algorithm: "sha256", hex: wheel.sha256 } as const;
  try {
    await download(url, path, { checksum, bytes: wheel.bytes, onProgress: report, signal });
    return true;
  } catch (error) {
    if (error instanceof WrongFileError) throw otherWheel(wheel, error.found);
    if (error instanceof HeadlightError && partSize(path) <= before) return false;
    throw error;
  }
}

/** Returns how many bytes of the download to `path` there are. */
export function partSize(path: string): number {
  return existsSync(path + PART) ? statSync(path + PART).size : 0;
}
