/** Gets TensorFlow's libraries and headers from the pinned wheel. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { type KeptWheels, type ObtainOptions, obtainWheel } from "../wheels/kept.ts";
import type { Wheel } from "../wheels/pinned.ts";
import { unpack } from "../wheels/unpack.ts";
import { libraryNames, placeOf } from "./wheel.ts";

/** Which wheel to get, for which platform, and with what. */
export interface FetchOptions extends Pick<ObtainOptions, "engines" | "python" | "onProgress" | "signal"> {
  readonly wheel: Wheel | null;
  readonly platform: string;
  /** Given for a wheel that is kept apart from the others. */
  readonly large?: { readonly what: string } | undefined;
}

/**
 * Returns where TensorFlow's wheels are kept: under their hash alone, as all versions of Headlight have kept them. A
 * large wheel is not removed together with the others.
 */
export function keptWheels(engines: string, isLarge: boolean): KeptWheels {
  return { engines, prefix: isLarge ? "large-" : "" };
}

/**
 * Gets the wheel, either a kept one or by download, verifies it, and unpacks the needed parts into `folder`.
 *
 * @throws HeadlightError (exit status 1) if the wheel is not available, is not the pinned one, or lacks a library
 */
export async function fetchLibraries(folder: string, options: FetchOptions): Promise<void> {
  const { wheel, platform, engines, onProgress, signal, large } = options;
  if (wheel === null) throw new Error("fetchLibraries is called for a wheel only");
  const kept = { ...keptWheels(engines, large !== undefined), engine: "TensorFlow", what: large?.what };
  const path = await obtainWheel(wheel, folder, { ...options, ...kept });
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
