/**
 * Gets TensorFlow's libraries and headers from the pinned wheel. The wheel is kept beside the engines until one has
 * been built from it, so that a failed compilation does not lead to another download of 274 MB.
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

/** Which wheel to get, for which platform, and with what. */
export interface FetchOptions {
  readonly wheel: Wheel | null;
  readonly platform: string;
  readonly python: string;
  /** The folder where the wheel is kept. The caller must hold its lock. */
  readonly engines: string;
  readonly onProgress: OnSetupProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gets the wheel, either a kept one or by download, verifies it, and unpacks the needed parts into `folder`.
 *
 * @throws HeadlightError (exit status 1) if the wheel is not available, is not the pinned one, or lacks a library
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
    if (existsSync(join(folder, name))) continue;
    const remedy = "Name the folder of another TensorFlow with --tensorflow.";
    throw new HeadlightError(`the wheel ${wheel.package} ${wheel.version} does not contain ${name}. ${remedy}`, 1);
  }
}

/** Removes all kept wheels, of any version. */
export function removeWheels(engines: string): void {
  for (const name of readdirSync(engines)) if (/^[0-9a-f]{64}\.whl$/.test(name)) removeIfThere(join(engines, name));
}

/** Returns the path of the verified wheel. A kept wheel is verified again each time. */
async function obtainWheel(wheel: Wheel, folder: string, options: FetchOptions): Promise<string> {
  const { engines, python, onProgress, signal } = options;
  const kept = join(engines, `${wheel.sha256}.whl`);
  if (existsSync(kept)) {
    requireSpace(folder, wheel.unpackedBytes);
    if (await wheelHash(kept, onProgress, signal) === wheel.sha256) return kept;
  }
  removeWheels(engines);
  // Either two copies of the wheel, because pip downloads it and then copies it, or later the wheel and its unpacked
  // parts.
  requireSpace(folder, wheel.bytes + Math.max(wheel.bytes, wheel.unpackedBytes));
  const download = join(folder, "download");
  Deno.mkdirSync(download);
  Deno.renameSync(await downloadWheel(wheel, { folder: download, python, onProgress, signal }), kept);
  removeIfThere(download);
  return kept;
}
