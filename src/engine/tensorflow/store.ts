/**
 * Built engines on disk: engines/<version>-<hash>/, each with a stamp of all it was built from. The stamp is sealed, the
 * folder's name included.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { removeIfThere } from "../../files/atomic.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isRegularFile } from "../../files/stored.ts";
import { ADDON_NAME } from "./addon.ts";
import { gpuBuildSchema } from "./gpu_build.ts";

/** Increment this whenever what a stamp says changes. Version 1 was not sealed and knew no GPU builds. */
const FORMAT = 2;
export const STAMP_NAME = "stamp.json";
const ASIDE_SUFFIX = ".aside";

export const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("wheel"), package: z.string(), version: z.string(), sha256: z.string() }),
  /** python: found in the machine's Python. folder: named by the person. */
  z.object({ kind: z.enum(["python", "folder"]), path: z.string() }),
]);
export type EngineSource = z.infer<typeof sourceSchema>;

export const addonSchema = z.object({ recipe: z.int(), tfjs_node: z.string(), node_api_headers: z.string() });

/**
 * What a file was when the engine was published. The addon is known by its hash; the libraries by their time of change,
 * since reading their 0.8 GB would take longer than loading them.
 */
export const fileSchema = z.object({ path: z.string(), bytes: z.int() }).and(
  z.union([z.object({ sha256: z.string() }), z.object({ modified: z.number() })]),
);
type FileFacts = z.infer<typeof fileSchema>;

const stampSchema = z.object({
  v: z.literal(FORMAT),
  /** The folder's: an engine that was moved to another one's folder is not taken. */
  name: z.string(),
  /** The version that the loaded library gave. */
  tensorflow: z.string(),
  platform: z.string(),
  gpu: gpuBuildSchema,
  source: sourceSchema,
  addon: addonSchema,
  compiler: z.string(),
  /** Every file that must be there: below the engine's folder, or absolute for a TensorFlow that lies elsewhere. */
  files: z.array(fileSchema).min(1),
  made: z.iso.datetime(),
});
export type Stamp = z.infer<typeof stampSchema>;

/** What `publish` is told: the rest of the stamp it finds out. */
export type StampFacts = Omit<Stamp, "v" | "name" | "files" | "made">;

export interface StoredEngine {
  readonly directory: string;
  /** Absolute. */
  readonly addon: string;
  readonly stamp: Stamp;
}

/** Where built engines lie in a cache. */
export function enginesFolder(cacheRoot: string): string {
  return join(cacheRoot, "engines");
}

/** What an engine is made of, and its version. */
export type EngineInputs = Pick<Stamp, "tensorflow" | "platform" | "source" | "addon">;

/** Returns an engine's folder name: the same inputs give the same name, in each format another. */
export function engineName({ tensorflow, platform, source, addon }: EngineInputs, format: number = FORMAT): string {
  // The order of keys is the schemas', whoever made the objects.
  const text = JSON.stringify([format, platform, sourceSchema.parse(source), addonSchema.parse(addon)]);
  const hash = createHash("sha256").update(text).digest("hex");
  return `${tensorflow}-${hash.slice(0, 12)}`;
}

/** The engines whose stamp can be read and whose files are all there, unchanged. Spawns nothing: a few ms. */
export function listEngines(engines: string): StoredEngine[] {
  return folders(engines).flatMap((directory) => {
    const stamp = readStamp(directory);
    if (stamp === null || stamp === "foreign" || !isWhole(directory, stamp)) return [];
    return [{ directory, addon: join(directory, ADDON_NAME), stamp }];
  });
}

/** Removes what an interrupted set-up left behind and engines with missing or other files. Only for the lock's holder. */
export function removeBroken(engines: string): void {
  for (const directory of folders(engines)) {
    const stamp = directory.endsWith(ASIDE_SUFFIX) ? null : readStamp(directory);
    if (stamp === "foreign" || (stamp !== null && isWhole(directory, stamp))) continue;
    try {
      removeIfThere(directory);
    } catch {
      // A compiler or pip that outlived its killed Headlight may still write there; the next set-up will remove it.
    }
  }
}

/** A fresh folder beside the engines, to be filled, then renamed by `publish`. */
export function makeAside(engines: string): string {
  return Deno.makeTempDirSync({ dir: engines, prefix: ".", suffix: ASIDE_SUFFIX });
}

/**
 * Syncs a filled aside, writes its stamp, and renames it into place.
 * @param paths the engine's files, as `Stamp.files` names them.
 */
export async function publish(
  engines: string,
  aside: string,
  stamp: StampFacts,
  paths: readonly string[],
): Promise<StoredEngine> {
  // Without this a power cut may leave files of the right size and no content. A TensorFlow elsewhere is not ours.
  for (const path of paths) if (!isAbsolute(path)) await syncFile(join(aside, path));
  // Only now: some network file systems set the time of change when the content arrives.
  const files = paths.map((path) => factsOf(aside, path));
  const name = engineName(stamp);
  const whole: Stamp = { v: FORMAT, name, ...stamp, files, made: new Date().toISOString() };
  Deno.writeTextFileSync(join(aside, STAMP_NAME), sealedJson(whole));
  await syncFile(join(aside, STAMP_NAME));
  Deno.chmodSync(aside, 0o755);
  const directory = join(engines, name);
  removeIfThere(directory);
  Deno.renameSync(aside, directory);
  return { directory, addon: join(directory, ADDON_NAME), stamp: whole };
}

function factsOf(directory: string, path: string): FileFacts {
  const file = resolve(directory, path);
  const { size: bytes, mtimeMs: modified } = statSync(file);
  return basename(path) === ADDON_NAME ? { path, bytes, sha256: sha256(file) } : { path, bytes, modified };
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

export function folders(engines: string): string[] {
  try {
    return readdirSync(engines, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      .map((entry) => join(engines, entry.name));
  } catch {
    return [];
  }
}

/**
 * Returns a folder's stamp. Null where there is none that can be trusted; "foreign" where it is of another version of
 * Headlight, to be left alone.
 */
function readStamp(directory: string): Stamp | "foreign" | null {
  if (directory.endsWith(ASIDE_SUFFIX) || !isRegularFile(join(directory, STAMP_NAME))) return null;
  try {
    const text = readFileSync(join(directory, STAMP_NAME), "utf8");
    const value: unknown = JSON.parse(text);
    const head = z.object({ v: z.int() }).safeParse(value);
    if (head.success && head.data.v !== FORMAT) return "foreign";
    const stamp = sealOf(text) === "right" ? stampSchema.safeParse(value).data : undefined;
    return stamp?.name === basename(directory) ? stamp : null;
  } catch {
    return null;
  }
}

/** Returns whether an engine's files are all there and are what its stamp says. */
export function isWhole(directory: string, stamp: Pick<Stamp, "files">): boolean {
  return stamp.files.every((file) => {
    try {
      const path = resolve(directory, file.path);
      const { size, mtimeMs } = statSync(path);
      if (size !== file.bytes) return false;
      return "sha256" in file ? sha256(path) === file.sha256 : mtimeMs === file.modified;
    } catch {
      // What cannot be looked at cannot be loaded either.
      return false;
    }
  });
}
