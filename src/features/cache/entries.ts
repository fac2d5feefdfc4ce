/** Lists the entries of the machine-wide cache, by kind. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { enginesFolder, setupLock } from "../../engine/wheels/folders.ts";
import { keptWheel } from "../../engine/wheels/kept.ts";
import { LEFT_AFTER_MS } from "../../files/atomic.ts";
import { sizeOf } from "../../files/folder_size.ts";
import { isLocked } from "../../files/lock.ts";
import { makersLock, sealPath } from "../../files/sealed_file.ts";
import { aboutEntry, freeEntry, isUsed, lastUseMs } from "../../files/use.ts";
import { aboutBaseSchema } from "../base/about_base.ts";
import { readSpeed, speedsFolder } from "../speeds/speed_store.ts";
import { isElsewhere } from "../rows/claims.ts";
import { indexedFolder } from "../../data/dataset/file_index_format.ts";
import { ROWS_VERSION, RowStore } from "../rows/row_store.ts";

/** The kinds of entries in the cache, by the names of their folders, and what they contain. */
export const KINDS = {
  features: "features of images, by content",
  graphs: "frozen bases as TensorFlow graphs",
  engines: "TensorFlow and its addons, OpenVINO, CUDA",
  weights: "weights of frozen bases",
  files: "hashes of image files that were read",
  speeds: "measured speeds of engines",
} as const;
export type CacheKind = keyof typeof KINDS;

/** Returns the folder with the entries of a kind that this version can use. */
export function entriesFolder(kind: CacheKind, cacheRoot: string): string {
  switch (kind) {
    case "features":
      return join(cacheRoot, kind, ROWS_VERSION);
    case "engines":
      return enginesFolder(cacheRoot);
    case "speeds":
      return speedsFolder(cacheRoot);
    default:
      return join(cacheRoot, kind);
  }
}

/** What is known of an entry. The fields depend on its kind. */
export type EntryFacts = Readonly<Record<string, string | number>>;

export interface CacheEntry {
  readonly kind: CacheKind;
  readonly path: string;
  readonly bytes: number;
  /** In milliseconds since the epoch. */
  readonly lastUseMs: number;
  /** Whether a running process uses the entry. */
  readonly inUse: boolean;
  readonly facts: EntryFacts;
}

/** Returns all entries that this version can use, those that were used last first. */
export function listEntries(cacheRoot: string): CacheEntry[] {
  return kindNames().flatMap((kind) =>
    PATHS[kind](entriesFolder(kind, cacheRoot)).map((path) => ({
      kind,
      path,
      bytes: sizeOf(path),
      lastUseMs: lastUseMs(path),
      inUse: isUsed(path) || hasWriter(kind, path),
      facts: FACTS[kind](path, cacheRoot),
    }))
  ).sort((one, other) => other.lastUseMs - one.lastUseMs);
}

/** Returns the paths of the entries in the folder of a kind. */
const PATHS: Readonly<Record<CacheKind, (folder: string) => string[]>> = {
  features: (folder) => namesIn(folder, "folders"),
  graphs: (folder) => namesIn(folder, "folders"),
  engines: (folder) => [
    ...namesIn(folder, "folders"),
    ...namesIn(folder, "files").filter((path) => keptWheel(basename(path)) !== null),
  ],
  weights: (folder) => namesIn(folder, "files").filter((path) => !/\.(?:lock|sha256)$/.test(path)),
  files: (folder) => namesIn(folder, "files").filter((path) => path.endsWith(".json")),
  speeds: (folder) => namesIn(folder, "files").filter((path) => path.endsWith(".json")),
};

/** Returns the names of the kinds, in the order in which they are shown. */
export function kindNames(): CacheKind[] {
  return z.array(z.enum(Object.keys(KINDS) as [CacheKind, ...CacheKind[]])).parse(Object.keys(KINDS));
}

/**
 * Deletes an entry, unless a running process uses or makes it. Returns whether it was deleted.
 * @throws the system's error if it cannot be deleted
 */
export function deleteEntry({ kind, path }: Pick<CacheEntry, "kind" | "path">): boolean {
  if (hasWriter(kind, path)) return false;
  if (kind === "engines") return freeEntry(path, { maker: setupLock(dirname(path)) });
  if (kind !== "weights") return freeEntry(path);
  // The seal of published weights stays: it is what tells another file of this name from the first download.
  const parts = isRandom(path) ? [sealPath(path)] : [];
  return freeEntry(path, { maker: weightsLock(path), parts });
}

/** Returns whether a claim is another host's and was written within the time after which it counts as left behind. */
function isRecentElsewhere(claim: string): boolean {
  return isElsewhere(basename(claim)) && Date.now() - lastUseMs(claim) < LEFT_AFTER_MS;
}

/** Returns whether a process writes an entry, of those that record no use of it while they do. */
function hasWriter(kind: CacheKind, path: string): boolean {
  switch (kind) {
    case "features":
      // A process of an older version, or of another host whose locks do not reach this one.
      return namesIn(join(path, "claims"), "files").some((claim) => isLocked(claim) || isRecentElsewhere(claim));
    case "engines":
      return keptWheel(basename(path)) !== null && isLocked(setupLock(dirname(path)));
    case "weights":
      return isLocked(weightsLock(path));
    default:
      return false;
  }
}

/** Returns the lock that is held while weights are downloaded or made, also for an incomplete download of them. */
function weightsLock(path: string): string {
  return makersLock(path.replace(/\.part$/, ""));
}

/** Returns whether a weights file in the cache was made here: it can be made again, to the bit. */
export function isRandom(path: string): boolean {
  return basename(path).startsWith("random-");
}

const FACTS: Readonly<Record<CacheKind, (path: string, cacheRoot: string) => EntryFacts>> = {
  features: (path, cacheRoot) => ({ ...aboutOf(path), images: countImages(path, cacheRoot) }),
  graphs: (path) => aboutOf(path),
  engines: (path) => engineFacts(path),
  weights: (path) => ({ file: basename(path) }),
  files: (path) => indexFacts(path),
  speeds: (path) => speedFacts(path),
};

function indexFacts(path: string): EntryFacts {
  const folder = indexedFolder(path);
  return folder === null ? {} : { folder };
}

function aboutOf(path: string): EntryFacts {
  return parsed(aboutEntry(path), aboutBaseSchema);
}

function countImages(path: string, cacheRoot: string): number {
  try {
    return new RowStore(cacheRoot, basename(path)).countImages();
  } catch {
    // The rows cannot be read.
    return 0;
  }
}

/** The stamps of built TensorFlow engines, and of unpacked wheels. */
const engineSchema = z.union([
  z.object({ tensorflow: z.string(), source: z.object({ kind: z.string() }) })
    .transform(({ tensorflow, source }) => ({ engine: "TensorFlow", version: tensorflow, source: source.kind })),
  z.object({ package: z.string(), version: z.string() })
    .transform((stamp) => ({ engine: stamp.package, version: stamp.version, source: "wheel" })),
]);

function engineFacts(path: string): EntryFacts {
  const kept = keptWheel(basename(path));
  if (kept !== null) return { file: basename(path), download: kept.isWhole ? "complete" : "incomplete" };
  return engineSchema.safeParse(readJson(join(path, "stamp.json"))).data ?? {};
}

function speedFacts(path: string): EntryFacts {
  const speed = readSpeed(path);
  if (speed === null) return {};
  const { engine: { kind, version, device }, precision, base, size, processor, cores, images_per_second } = speed;
  return { engine: `${kind} ${version} ${device}`, precision, base, size, processor, cores, images_per_second };
}

function parsed(value: unknown, schema: z.ZodType<EntryFacts>): EntryFacts {
  return schema.safeParse(value).data ?? {};
}

/** Returns a JSON file's value; null if it cannot be read. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return null;
  }
}

/** Returns the paths of the visible files or folders in a folder, sorted; none if it cannot be read. */
function namesIn(folder: string, what: "files" | "folders"): string[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name, isFile, isDirectory }) => !name.startsWith(".") && (what === "files" ? isFile : isDirectory))
      .map(({ name }) => join(folder, name)).sort();
  } catch {
    return [];
  }
}
