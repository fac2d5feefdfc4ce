/**
 * Built engines on disk: engines/<version>-<hash>/. Each has a stamp that lists everything it was built from. The stamp
 * contains the folder's name, and is sealed.
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

/** Increment this whenever the content of a stamp changes. Version 1 was not sealed and did not record GPU builds. */
const FORMAT = 2;
/** The file name of a stamp. */
export const STAMP_NAME = "stamp.json";
const ASIDE_SUFFIX = ".aside";

/** Where an engine's libraries come from. */
export const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("wheel"), package: z.string(), version: z.string(), sha256: z.string() }),
  /** `python` was found in the machine's Python; `folder` was named by the person. */
  z.object({ kind: z.enum(["python", "folder"]), path: z.string() }),
]);
export type EngineSource = z.infer<typeof sourceSchema>;

/** The versions of what the addon was built from (`AddonParts`). */
export const addonSchema = z.object({ recipe: z.int(), tfjs_node: z.string(), node_api_headers: z.string() });

/**
 * The state of a file when the engine was published. The addon is identified by its hash. The libraries are identified
 * by their modification time, because reading their 0.8 GB would take longer than loading them.
 */
export const fileSchema = z.object({ path: z.string(), bytes: z.int() }).and(
  z.union([z.object({ sha256: z.string() }), z.object({ modified: z.number() })]),
);
type FileFacts = z.infer<typeof fileSchema>;

const stampSchema = z.object({
  v: z.literal(FORMAT),
  /** The name of the engine's folder. An engine that was moved to another folder is not used. */
  name: z.string(),
  /** The version that the loaded library reported. */
  tensorflow: z.string(),
  platform: z.string(),
  gpu: gpuBuildSchema,
  source: sourceSchema,
  addon: addonSchema,
  compiler: z.string(),
  /** The files that must exist: paths relative to the engine's folder, or absolute ones for a TensorFlow outside it. */
  files: z.array(fileSchema).min(1),
  made: z.iso.datetime(),
});
export type Stamp = z.infer<typeof stampSchema>;

/** The part of the stamp that the caller of `publish` provides. `publish` adds the rest. */
export type StampFacts = Omit<Stamp, "v" | "name" | "files" | "made">;

/** A built engine on disk. */
export interface StoredEngine {
  readonly directory: string;
  /** The absolute path of the addon. */
  readonly addon: string;
  readonly stamp: Stamp;
}

/** Returns the lock that is held while an engine is set up. */
export function setupLock(engines: string): string {
  return join(engines, ".lock");
}

/** Returns the folder of the built engines in a cache. */
export function enginesFolder(cacheRoot: string): string {
  return join(cacheRoot, "engines");
}

/** The inputs of an engine and its version, which determine its folder name. */
export type EngineInputs = Pick<Stamp, "tensorflow" | "platform" | "source" | "addon">;

/** Returns an engine's folder name. The same inputs give the same name, and each format gives a different one. */
export function engineName({ tensorflow, platform, source, addon }: EngineInputs, format: number = FORMAT): string {
  // The schemas fix the order of the keys, whatever the order in the given objects.
  const text = JSON.stringify([format, platform, sourceSchema.parse(source), addonSchema.parse(addon)]);
  const hash = createHash("sha256").update(text).digest("hex");
  return `${tensorflow}-${hash.slice(0, 12)}`;
}

/**
 * Returns the engines with a readable stamp whose files all exist and are unchanged. Starts no processes and takes a
 * few milliseconds.
 */
export function listEngines(engines: string): StoredEngine[] {
  return folders(engines).flatMap((directory) => {
    const stamp = readStamp(directory);
    if (stamp === null || stamp === "foreign" || !isWhole(directory, stamp)) return [];
    return [{ directory, addon: join(directory, ADDON_NAME), stamp }];
  });
}

/**
 * Removes the remains of interrupted setups, and engines with missing or changed files. The caller must hold the lock.
 */
export function removeBroken(engines: string): void {
  for (const directory of folders(engines)) {
    const stamp = directory.endsWith(ASIDE_SUFFIX) ? null : readStamp(directory);
    if (stamp === "foreign" || (stamp !== null && isWhole(directory, stamp))) continue;
    try {
      removeIfThere(directory);
    } catch {
      // A compiler or pip that outlived a killed Headlight may still be writing there. The next setup removes the
      // folder.
    }
  }
}

/** Creates a temporary folder beside the engines. `publish` renames it into place once it is complete. */
export function makeAside(engines: string): string {
  return Deno.makeTempDirSync({ dir: engines, prefix: ".", suffix: ASIDE_SUFFIX });
}

/**
 * Syncs a completed temporary folder, writes its stamp, and renames it into place.
 *
 * @param paths the engine's files, in the form of `Stamp.files`
 */
export async function publish(
  engines: string,
  aside: string,
  stamp: StampFacts,
  paths: readonly string[],
): Promise<StoredEngine> {
  // Without this, a power failure could leave files with the right size but no content. A TensorFlow outside the folder
  // is not Headlight's to sync.
  for (const path of paths) if (!isAbsolute(path)) await syncFile(join(aside, path));
  // This must follow the sync: some network file systems set the modification time when the content arrives.
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

/** Returns the paths of the subfolders, or none if the folder cannot be read. */
export function folders(engines: string): string[] {
  try {
    return readdirSync(engines, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      .map((entry) => join(engines, entry.name));
  } catch {
    return [];
  }
}

/**
 * Returns a folder's stamp. Returns null if it has no trustworthy one, and "foreign" if it belongs to another version
 * of Headlight and must not be touched.
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

/** Returns whether an engine's files all exist and match its stamp. */
export function isWhole(directory: string, stamp: Pick<Stamp, "files">): boolean {
  return stamp.files.every((file) => {
    try {
      const path = resolve(directory, file.path);
      const { size, mtimeMs } = statSync(path);
      if (size !== file.bytes) return false;
      return "sha256" in file ? sha256(path) === file.sha256 : mtimeMs === file.modified;
    } catch {
      // A file whose status cannot be read cannot be loaded either.
      return false;
    }
  });
}
