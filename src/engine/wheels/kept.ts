/**
 * Downloaded wheels. A wheel is kept beside the engines until its engine is set up, so that a setup that fails after
 * the download does not lead to another download.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { removeIfThere } from "../../files/atomic.ts";
import type { OnSetupProgress } from "../engine.ts";
import { type DownloadOptions, wheelHash } from "./download.ts";
import { requireSpace } from "./limits.ts";
import type { Wheel } from "./pinned.ts";
import { downloadResumably, partSize } from "./resumable.ts";

/** Where the wheels of one package are kept. */
export interface KeptWheels {
  /** The folder of the engines. The caller must hold its lock. */
  readonly engines: string;
  /** The beginning of the wheels' file names. No other package may have the same. */
  readonly prefix: string;
}

/** How to get a wheel. */
export interface ObtainOptions extends KeptWheels {
  /** The engine's name in messages. */
  readonly engine: string;
  /** What the progress says is downloaded. Default: the engine and the wheel's version. */
  readonly what?: string | undefined;
  readonly python: string;
  readonly onProgress: OnSetupProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the path of the verified wheel, which is a kept one or is downloaded now. A kept wheel is verified again each
 * time, and an interrupted download goes on where it ended.
 *
 * @param folder the folder that the wheel will be unpacked to, which is also used for the download
 * @throws HeadlightError (exit status 1) if the disk is too small, or if the wheel is not available or not the pinned
 * one
 */
export async function obtainWheel(wheel: Wheel, folder: string, options: ObtainOptions): Promise<string> {
  const { engines, engine, python, onProgress, signal } = options;
  const kept = keptPath(wheel, options);
  if (existsSync(kept)) {
    requireSpace(engines, wheel.unpackedBytes, engine);
    if (await wheelHash(kept, onProgress, signal) === wheel.sha256) return kept;
  }
  removeWheels(options, wheel);
  requireSpace(engines, wheel.bytes - partSize(kept) + wheel.unpackedBytes, engine);
  const temporary = join(folder, "download");
  Deno.mkdirSync(temporary);
  const label = `downloading ${options.what ?? `${engine} ${wheel.version}`}`;
  const download: DownloadOptions = { folder: temporary, python, label, onProgress, signal };
  await downloadResumably(wheel, kept, download);
  removeIfThere(temporary);
  return kept;
}

/**
 * Removes the package's kept wheels and incomplete downloads, of any version.
 * @param except the wheel whose incomplete download stays
 */
export function removeWheels({ engines, prefix }: KeptWheels, except?: Wheel): void {
  for (const name of readdirSync(engines)) {
    const kept = keptWheel(name);
    if (kept?.prefix !== prefix || (kept.sha256 === except?.sha256 && !kept.isWhole)) continue;
    removeIfThere(join(engines, name));
  }
}

/** What the name of a kept wheel or an incomplete download says. */
export interface KeptWheel {
  /** As in `KeptWheels`. */
  readonly prefix: string;
  readonly sha256: string;
  /** Whether the download is complete. */
  readonly isWhole: boolean;
}

/** Returns what the name of a file beside the engines says; null if it is not that of a kept wheel. */
export function keptWheel(name: string): KeptWheel | null {
  const [, prefix, sha256, part] = /^((?:.*-)?)([0-9a-f]{64})\.whl(\.part)?$/.exec(name) ?? [];
  return prefix === undefined || sha256 === undefined ? null : { prefix, sha256, isWhole: part === undefined };
}

/**
 * Returns how many bytes of wheels were downloaded by earlier setups that were interrupted.
 * Another process may remove some meanwhile.
 * @param engines the folder of the engines, which need not exist
 */
export function receivedBytes(wheels: readonly Wheel[], engines: string): number {
  if (!existsSync(engines)) return 0;
  const hashes = new Set(wheels.map(({ sha256 }) => sha256));
  return readdirSync(engines).filter((name) => {
    const kept = keptWheel(name);
    return kept !== null && hashes.has(kept.sha256);
  }).reduce((sum, name) => sum + (statSync(join(engines, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Which downloads to look for. */
export interface DownloadsWanted {
  /** Incomplete downloads count if they have grown since this time, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** Whether complete downloads count too. */
  readonly isWhole: boolean;
}

/**
 * Returns whether downloads are kept that the next setup goes on with.
 * @param engines the folder of the engines, which need not exist
 */
export function hasDownloads(engines: string, { sinceMs, isWhole }: DownloadsWanted): boolean {
  if (!existsSync(engines)) return false;
  return readdirSync(engines).some((name) => {
    const kept = keptWheel(name);
    if (kept === null) return false;
    if (kept.isWhole) return isWhole;
    const { size = 0, mtimeMs = 0 } = statSync(join(engines, name), { throwIfNoEntry: false }) ?? {};
    return size > 0 && mtimeMs >= sinceMs;
  });
}

function keptPath({ sha256 }: Wheel, { engines, prefix }: KeptWheels): string {
  return join(engines, `${prefix}${sha256}.whl`);
}
