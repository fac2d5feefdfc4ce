/** A file from the network: resumed where it was cut, checked as a whole, there under its name only when it is right. */
import { basename, dirname } from "node:path";
import { HeadlightError } from "../errors.ts";
import { removeIfThere } from "./atomic.ts";
import { type Checksum, fileHash } from "./hash.ts";
import { type Patience, request } from "./request.ts";

export interface DownloadOptions extends Patience {
  /** What the whole file must have; null if nothing is known of it. */
  readonly checksum: Checksum | null;
  /** The file's size, where it is known beforehand. */
  readonly bytes?: number | undefined;
  /** Bytes that are there, of how many (0 where not known). */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What one connection brought. */
type Outcome = { readonly kind: "whole" } | { readonly kind: "cut"; readonly error: HeadlightError };

/**
 * Downloads `url` to `path`. What has come lies in `path`.part and is gone on from: at once when the connection is cut,
 * else by the next call, also one after a kill. Two calls for one path at a time are the caller's to prevent (see
 * `waitForLock`).
 *
 * @throws HeadlightError (1): no connection, silence, an HTTP error, a cut, or another file than the expected one; the
 * latter leaves nothing behind.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const found = sizeOf(part);
  await fetchAll(url, part, options);
  const { checksum } = options;
  if (checksum !== null) {
    const { algorithm, hex } = checksum;
    let hash = await fileHash(part, algorithm);
    if (hash !== hex && found > 0) {
      // The old part may be of another version of the file, or damaged.
      removeIfThere(part);
      await fetchAll(url, part, options);
      hash = await fileHash(part, algorithm);
    }
    if (hash !== hex) {
      removeIfThere(part);
      throw new HeadlightError(
        `${basename(path)} from ${
          new URL(url).host
        } is not the expected file: ${algorithm} ${hash} instead of ${hex}; ` +
          "it was removed",
        1,
      );
    }
  }
  using file = Deno.openSync(part, { read: true, write: true });
  file.syncSync();
  Deno.renameSync(part, path);
}

/** Fills `part` to the end, over as many connections as it takes while each of them brings something. */
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
    // The server has no such range, or sent another one: from the start, then.
    await answer.discard();
    removeIfThere(part);
    return fetchMore(url, part, 0, options);
  }
  if (!resumed && status !== 200) {
    // A busy server (429, 503) says nothing about what has come so far: it stays.
    await answer.discard();
    const kept = have > 0 ? `, after ${have} bytes; run it again to go on from there` : "";
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
      // The hash will tell that it is another file; it must not fill the disk first.
      if (total > 0 && done > total) return { kind: "whole" };
    }
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const line = `${name}: ${error.message}, after ${done} bytes; run it again to go on from there`;
    return { kind: "cut", error: new HeadlightError(line, 1, { cause: error }) };
  }
  if (done >= total) return { kind: "whole" };
  const line = `${name}: the connection ended after ${done} of ${total} bytes; run it again to go on from there`;
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
