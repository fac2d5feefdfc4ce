/**
 * The stamp of an engine's folder: a sealed file that lists everything the engine was made from and all of its files.
 * It contains the folder's name. A folder without a sound stamp is not used.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { removeIfThere } from "../../files/atomic.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isRegularFile } from "../../files/stored.ts";
import { isAside, STAMP_NAME } from "./folders.ts";

/**
 * The state of a file when the engine was published. A small file is identified by its hash. Large libraries are
 * identified by their modification time, because reading 0.8 GB would take longer than loading them.
 */
export const fileSchema = z.object({ path: z.string(), bytes: z.int() }).and(
  z.union([z.object({ sha256: z.string() }), z.object({ modified: z.number() })]),
);
export type FileFacts = z.infer<typeof fileSchema>;

/** Returns the state of a file: a path relative to the folder, or an absolute one. */
export function factsOf(directory: string, path: string, by: "hash" | "time"): FileFacts {
  const file = resolve(directory, path);
  const { size: bytes, mtimeMs: modified } = statSync(file);
  return by === "hash" ? { path, bytes, sha256: sha256(file) } : { path, bytes, modified };
}

/** Returns whether an engine's files all exist and match its stamp. */
export function isWhole(directory: string, stamp: { readonly files: readonly FileFacts[] }): boolean {
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

/**
 * Returns a folder's stamp. Returns null if it has no trustworthy one, and "foreign" if it belongs to another kind of
 * engine or another version of Headlight and must not be touched.
 *
 * @param format the number `v` of the stamps that the schema describes
 */
export function readStamp<Stamp extends { readonly name: string }>(
  directory: string,
  format: number,
  schema: z.ZodType<Stamp>,
): Stamp | "foreign" | null {
  if (isAside(directory) || !isRegularFile(join(directory, STAMP_NAME))) return null;
  try {
    const text = readFileSync(join(directory, STAMP_NAME), "utf8");
    const value: unknown = JSON.parse(text);
    const head = z.object({ v: z.int() }).safeParse(value);
    if (head.success && head.data.v !== format) return "foreign";
    const stamp = sealOf(text) === "right" ? schema.safeParse(value).data : undefined;
    return stamp?.name === basename(directory) ? stamp : null;
  } catch {
    return null;
  }
}

/** What is published. */
export interface Publication<Stamp> {
  /** The folder of the engines. */
  readonly engines: string;
  /** The completed temporary folder. */
  readonly aside: string;
  /** The name of the engine's folder. */
  readonly name: string;
  /** The engine's files: paths relative to its folder, or absolute ones. */
  readonly paths: readonly string[];
  /** Returns the stamp. It is called when the files have their final modification times. */
  readonly stampOf: () => Stamp;
}

/** Syncs a completed temporary folder, writes its stamp, and renames it into place. */
export async function publishFolder<Stamp extends Readonly<Record<string, unknown>>>(
  { engines, aside, name, paths, stampOf }: Publication<Stamp>,
): Promise<{ directory: string; stamp: Stamp }> {
  // Without this, a power failure could leave files with the right size but no content. A library outside the folder is
  // not Headlight's to sync.
  for (const path of paths) if (!isAbsolute(path)) await syncFile(join(aside, path));
  // This must follow the sync: some network file systems set the modification time when the content arrives.
  const stamp = stampOf();
  Deno.writeTextFileSync(join(aside, STAMP_NAME), sealedJson(stamp));
  await syncFile(join(aside, STAMP_NAME));
  Deno.chmodSync(aside, 0o755);
  const directory = join(engines, name);
  removeIfThere(directory);
  Deno.renameSync(aside, directory);
  return { directory, stamp };
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}
