/** Built TensorFlow engines on disk: engines/<version>-<hash>/. Each has a stamp that lists what it was built from. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { z } from "zod";
import { folders, removeFolders } from "../wheels/folders.ts";
import { factsOf, fileSchema, isWhole, publishFolder, readStamp } from "../wheels/stamp.ts";
import { ADDON_NAME } from "./addon.ts";
import { gpuBuildSchema } from "./gpu_build.ts";

/** Increment this whenever the content of a stamp changes. Version 1 was not sealed and did not record GPU builds. */
const FORMAT = 2;

/** Where an engine's libraries come from. */
export const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("wheel"), package: z.string(), version: z.string(), sha256: z.string() }),
  /** `python` was found in the machine's Python; `folder` was named by the person. */
  z.object({ kind: z.enum(["python", "folder"]), path: z.string() }),
]);
export type EngineSource = z.infer<typeof sourceSchema>;

/** The versions of what the addon was built from (`AddonParts`). */
export const addonSchema = z.object({ recipe: z.int(), tfjs_node: z.string(), node_api_headers: z.string() });

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
    const stamp = stampOf(directory);
    if (stamp === null || stamp === "foreign" || !isWhole(directory, stamp)) return [];
    return [{ directory, addon: join(directory, ADDON_NAME), stamp }];
  });
}

/**
 * Removes the remains of interrupted setups, and engines with missing or changed files. The caller must hold the lock.
 */
export function removeBroken(engines: string): void {
  removeFolders(engines, (directory) => {
    const stamp = stampOf(directory);
    return stamp === "foreign" || (stamp !== null && isWhole(directory, stamp));
  });
}

function stampOf(directory: string): Stamp | "foreign" | null {
  return readStamp(directory, FORMAT, stampSchema);
}

/**
 * Syncs a completed temporary folder, writes its stamp, and renames it into place.
 *
 * @param paths the engine's files, in the form of `Stamp.files`
 */
export async function publish(
  engines: string,
  aside: string,
  facts: StampFacts,
  paths: readonly string[],
): Promise<StoredEngine> {
  const name = engineName(facts);
  const stampOf = (): Stamp => {
    const files = paths.map((path) => factsOf(aside, path, basename(path) === ADDON_NAME ? "hash" : "time"));
    return { v: FORMAT, name, ...facts, files, made: new Date().toISOString() };
  };
  const { directory, stamp } = await publishFolder({ engines, aside, name, paths, stampOf });
  return { directory, addon: join(directory, ADDON_NAME), stamp };
}
