/** Lists the entries of the machine-wide cache, by kind. */
import { basename, join } from "node:path";
import { z } from "zod";
import { enginesFolder, setupLock } from "../../engine/wheels/folders.ts";
import { sizeOf } from "../../files/folder_size.ts";
import { isLocked } from "../../files/lock.ts";
import { makersLock, sealPath } from "../../files/sealed_file.ts";
import { aboutEntry, freeEntry, isUsed, lastUseMs } from "../../files/use.ts";
import { aboutBaseSchema } from "../base/about_base.ts";
import { readSpeed, speedsFolder } from "../speeds/speed_store.ts";
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
  const paths: Readonly<Record<CacheKind, string[]>> = {
    features: namesIn(join(cacheRoot, "features", ROWS_VERSION), "folders"),
    graphs: namesIn(join(cacheRoot, "graphs"), "folders"),
    engines: namesIn(enginesFolder(cacheRoot), "folders"),
    weights: namesIn(join(cacheRoot, "weights"), "files").filter((path) => !/\.(?:lock|sha256)$/.test(path)),
    files: namesIn(join(cacheRoot, "files"), "files").filter((path) => path.endsWith(".json")),
    speeds: namesIn(speedsFolder(cacheRoot), "files").filter((path) => path.endsWith(".json")),
  };
  return kindNames().flatMap((kind) =>
    paths[kind].map((path) => ({
      kind,
      path,
      bytes: sizeOf(path),
      lastUseMs: lastUseMs(path),
      inUse: isUsed(path) || hasWriter(kind, path),
      facts: FACTS[kind](path, cacheRoot),
    }))
  ).sort((one, other) => other.lastUseMs - one.lastUseMs);
}

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
  if (kind === "engines") return freeEntry(path, { maker: setupLock(join(path, "..")) });
  if (kind !== "weights") return freeEntry(path);
  // The seal of published weights stays: it is what tells another file of this name from the first download.
  const parts = isRandom(path) ? [sealPath(path)] : [];
  return freeEntry(path, { maker: makersLock(path), parts });
}

/** Returns whether a process of an older version, which records no use, writes features there. */
function hasWriter(kind: CacheKind, path: string): boolean {
  if (kind !== "features") return false;
  return namesIn(join(path, "claims"), "files").some((claim) => isLocked(claim));
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
  files: (path) => parsed(readJson(path, -64), z.object({ folder: z.string() })),
  speeds: (path) => speedFacts(path),
};

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

/** Returns a JSON file's value without the last characters of the file; null if it cannot be read. */
function readJson(path: string, end?: number): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(path).slice(0, end));
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
