/** Writes a network and what belongs to it as a folder whose manifest seals it. */
import { join } from "node:path";
import { placeFolderSync, writeSynced } from "../../files/atomic.ts";
import type { HeadOrigin } from "./head_origin.ts";
import { type Manifest, manifestText } from "./manifest.ts";

/** Writes files and their sealed manifest as a folder, atomically. Returns the size in bytes. */
export function writeSealedFolder(
  path: string,
  place: Pick<Manifest, "epoch" | "step">,
  origin: HeadOrigin,
  files: Readonly<Record<string, Uint8Array>>,
): number {
  const manifest = manifestOf(place, origin, files);
  placeFolderSync(path, (aside) => {
    for (const [name, content] of Object.entries(files)) writeSynced(join(aside, name), content);
    writeSynced(join(aside, "manifest.json"), manifest);
  });
  return sizeOf(files, manifest);
}

/** Returns the size in bytes of the folder that `writeSealedFolder` writes. */
export function sealedBytes(
  place: Pick<Manifest, "epoch" | "step">,
  origin: HeadOrigin,
  files: Readonly<Record<string, Uint8Array>>,
): number {
  return sizeOf(files, manifestOf(place, origin, files));
}

function manifestOf(
  place: Pick<Manifest, "epoch" | "step">,
  origin: HeadOrigin,
  files: Readonly<Record<string, Uint8Array>>,
): Uint8Array {
  return new TextEncoder().encode(manifestText(origin, place, files));
}

function sizeOf(files: Readonly<Record<string, Uint8Array>>, manifest: Uint8Array): number {
  return Object.values(files).reduce((sum, { length }) => sum + length, manifest.length);
}
