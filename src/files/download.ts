/**
 * Downloads files: resumes interrupted downloads, verifies the checksum, and only then gives the file its final name.
 */
import { count } from "../counted.ts";
import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import { HeadlightError } from "../errors.ts";
import { removeIfThere } from "./atomic.ts";
import { type Checksum, fileHash } from "./hash.ts";
import { isWithoutLocks } from "./lock_ability.ts";
import { type Patience, request } from "./request.ts";

export interface DownloadOptions extends Patience {
  /** The checksum of the file, or null if it is not known. */
  readonly checksum: Checksum | null;
  /** The file's size in bytes, if it is known before the download. */
  readonly bytes?: number | undefined;
  /** Called with the number of bytes received so far and the total number (0 if unknown). */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A file was downloaded whole but has another checksum than expected. It was removed. */
export class WrongFileError extends HeadlightError {
  /** @param found the checksum of the downloaded file */
  constructor(message: string, readonly found: string) {
    super(message, 1);
  }
}

/** How one connection ended. */
type Outcome = { readonly kind: "whole" } | { readonly kind: "cut"; readonly error: HeadlightError };

/**
 * Downloads `url` to `path`. The data received so far is kept in `path`.part. If the connection is cut, the download
 * resumes at once; after a failure or a kill, the next call resumes it. The caller must not run two downloads to one
 * path at the same time (see `waitForLock`).
 *
 * @throws the signal's reason when aborted; HeadlightError (1) if the server cannot be reached, stops sending, answers
 * with an HTTP error or cuts the connection; WrongFileError if the checksum is wrong
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  Deno.mkdirSync(dirname(path), { recursive: true });
  // Without locks, two processes could write the same part.
  const part = isWithoutLocks(path) ? `${path}.${hostname()}-${Deno.pid}.part` : `${path}.part`;
  const found = sizeOf(part);
  await fetchAll(url, part, options);
  const { checksum } = options;
  if (checksum !== null) {
    const { algorithm, hex } = checksum;
    let hash = await fileHash(part, algorithm);
    if (hash !== hex && found > 0) {
      // The part from an earlier call may belong to another version of the file, or be damaged.
      removeIfThere(part);
      await fetchAll(url, part, options);
      hash = await fileHash(part, algorithm);
    }
    if (hash !== hex) {
      removeIfThere(part);
      const { host } = new URL(url);
      throw new WrongFileError(
        `${basename(path)} from ${host} is not the expected file: ${algorithm} ${hash} instead of ${hex}; it was ` +
          "removed",
        hash,
      );
    }
  }
  using file = Deno.openSync(part, { read: true, write: true });
  file.syncSync();
  Deno.renameSync(part, path);
}

/** Downloads until `part` is complete. Reconnects as long as each connection delivers some data. */
async function fetchAll(url: string, part: string, options: DownloadOptions): Promise<void> {
  for (;;) {
    const before = sizeOf(part);
    const outcome = await fetchMore(url, part, before, options);
    if (outcome.kind === "whole") return;
    if (sizeOf(part) <= before) throw outcome.error;
  }
}

async function fetchMore(url: string, part: string, have: number, options: DownloadOptions): Promise<Outcome> {
  const name = basename(part, ".part");
  if (options.bytes !== undefined && have >= options.bytes) {
    if (have === options.bytes) return { kind: "whole" };
    removeIfThere(part);
    return fetchMore(url, part, 0, options);
  }
  const answer = await request(url, have > 0 ? { range: `bytes=${have}-` } : {}, options).catch((error: unknown) => {
    throw error instanceof HeadlightError
      ? new HeadlightError(`${name}: ${error.message}`, 1, { cause: error })
      : error;
  });
  const { status } = answer;
  const resumed = status === 206 && answer.headers.get("content-range")?.startsWith(`bytes ${have}-`);
  if (have > 0 && (status === 416 || (status === 206 && !resumed))) {
    // The server does not have this range, or sent another one, so start again from the beginning.
    await answer.discard();
    removeIfThere(part);
    return fetchMore(url, part, 0, options);
  }
  if (!resumed && status !== 200) {
    // An error such as 429 or 503 does not make the data received so far invalid, so the part is kept.
    await answer.discard();
    const kept = have > 0 ? `, after ${have} bytes. Run the command again to resume` : "";
    throw new HeadlightError(`${name}: ${new URL(url).host} answered ${status} for ${url}${kept}`, 1);
  }
  const from = resumed ? have : 0;
  const length = Number(answer.headers.get("content-length") ?? NaN);
  const total = options.bytes ?? (Number.isFinite(length) ? from + length : 0);
  return await append(part, from, total, answer.body, name, options.onProgress);
}

async function append(
  part: string,
  from: number,
  total: number,
  body: AsyncIterable<Uint8Array>,
  name: string,
  onProgress: DownloadOptions["onProgress"],
): Promise<Outcome> {
  using file = Deno.openSync(part, { write: true, create: true });
  file.truncateSync(from);
  file.seekSync(from, Deno.SeekMode.Start);
  let done = from;
  onProgress?.(done, total);
  try {
    for await (const piece of body) {
      for (let written = 0; written < piece.length;) written += file.writeSync(piece.subarray(written));
      done += piece.length;
      onProgress?.(done, total);
      // This is not the expected file. Stop here so that it does not fill the disk; the checksum test will reject it.
      if (total > 0 && done > total) return { kind: "whole" };
    }
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const line = `${name}: ${error.message}, after ${count(done)} bytes. Run the command again to resume`;
    return { kind: "cut", error: new HeadlightError(line, 1, { cause: error }) };
  }
  if (done >= total) return { kind: "whole" };
  const line = `${name}: the connection was closed after ${count(done)} of ${
    count(total)
  } bytes. Run the command again to resume`;
  return { kind: "cut", error: new HeadlightError(line, 1) };
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
