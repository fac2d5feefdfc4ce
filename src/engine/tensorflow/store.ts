/** Built engines on disk: engines/<version>-<hash>/, each with a stamp of all it was built from. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { removeIfThere } from "../../files/atomic.ts";
import { ADDON_NAME } from "./addon.ts";

const STAMP_NAME = "stamp.json";
const ASIDE_SUFFIX = ".aside";

const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("wheel"), package: z.string(), version: z.string(), sha256: z.string() }),
  /** python: found in the machine's Python. folder: named by the person. */
  z.object({ kind: z.enum(["python", "folder"]), path: z.string() }),
]);
export type EngineSource = z.infer<typeof sourceSchema>;

const addonSchema = z.object({ recipe: z.int(), tfjs_node: z.string(), node_api_headers: z.string() });

/**
 * What a file was when the engine was published. The addon is known by its hash; the libraries by their time of change,
 * since reading their 0.8 GB would take longer than loading them.
 */
const fileSchema = z.object({ path: z.string(), bytes: z.int() }).and(
  z.union([z.object({ sha256: z.string() }), z.object({ modified: z.number() })]),
);
type FileFacts = z.infer<typeof fileSchema>;

const stampSchema = z.object({
  v: z.literal(1),
  /** The version that the loaded library gave. */
  tensorflow: z.string(),
  platform: z.string(),
  source: sourceSchema,
  addon: addonSchema,
  compiler: z.string(),
  /** Every file that must be there: below the engine's folder, or absolute for a TensorFlow that lies elsewhere. */
  files: z.array(fileSchema).min(1),
  made: z.iso.datetime(),
});
export type Stamp = z.infer<typeof stampSchema>;

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

/** Folder name of an engine: the same inputs give the same name. */
export function engineName(stamp: Pick<Stamp, "tensorflow" | "platform" | "source" | "addon">): string {
  const { tensorflow, platform, source, addon } = stamp;
  const hash = createHash("sha256").update(JSON.stringify([1, platform, source, addon])).digest("hex");
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
  stamp: Omit<Stamp, "files">,
  paths: readonly string[],
): Promise<StoredEngine> {
  // Without this a power cut may leave files of the right size and no content. A TensorFlow elsewhere is not ours.
  for (const path of paths) if (!isAbsolute(path)) await syncFile(join(aside, path));
  // Only now: some network file systems set the time of change when the content arrives.
  const whole: Stamp = { ...stamp, files: paths.map((path) => factsOf(aside, path)) };
  Deno.writeTextFileSync(join(aside, STAMP_NAME), JSON.stringify(whole, null, 2) + "\n");
  await syncFile(join(aside, STAMP_NAME));
  Deno.chmodSync(aside, 0o755);
  const directory = join(engines, engineName(stamp));
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

function folders(engines: string): string[] {
  try {
    return readdirSync(engines, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      .map((entry) => join(engines, entry.name));
  } catch {
    return [];
  }
}

/** null where there is no usable stamp; "foreign" where it is another version of Headlight's, to be left alone. */
function readStamp(directory: string): Stamp | "foreign" | null {
  if (directory.endsWith(ASIDE_SUFFIX)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, STAMP_NAME), "utf8"));
    const head = z.object({ v: z.int() }).safeParse(value);
    if (head.success && head.data.v !== 1) return "foreign";
    return stampSchema.safeParse(value).data ?? null;
  } catch {
    return null;
  }
}

function isWhole(directory: string, stamp: Stamp): boolean {
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
