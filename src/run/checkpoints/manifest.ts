/**
 * manifest.json: the list of a checkpoint's files with their digests, and the head's origin. A seal protects the
 * manifest itself.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { parseStoredJson, readStored, type StoredFile, StoredFileError } from "../../files/stored.ts";
import { type HeadOrigin, headOriginSchema } from "./head_origin.ts";

const bodySchema = headOriginSchema.extend({
  epoch: z.int(),
  step: z.int(),
  files: z.record(z.string(), z.object({ bytes: z.int().min(0), sha256: z.string() })),
});

export const manifestSchema = z.discriminatedUnion("version", [
  /** Version 1 was written before manifests were sealed. */
  bodySchema.extend({ version: z.literal(1) }),
  bodySchema.extend({ version: z.literal(2), resize: z.string(), precision: z.string(), seal: z.string() }),
]);
export type Manifest = z.infer<typeof manifestSchema>;

/** Returns the text of the manifest for these files. */
export function manifestText(
  origin: HeadOrigin,
  { epoch, step }: Pick<Manifest, "epoch" | "step">,
  files: Readonly<Record<string, Uint8Array>>,
): string {
  return sealedJson({
    version: 2,
    ...origin,
    epoch,
    step,
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, { bytes: content.length, sha256: sha256(content) }]),
    ),
  });
}

/** Reads a checkpoint's manifest. @throws StoredFileError if it is missing or was changed after it was written */
export function readManifest(folder: string): Manifest {
  const file = partOf(folder, "manifest.json");
  const content = readStored(file);
  const manifest = parseStoredJson(content, file, manifestSchema);
  const seal = sealOf(new TextDecoder().decode(content));
  if (seal === "wrong" || (seal === "missing" && manifest.version > 1)) {
    throw new StoredFileError(file, "was damaged or edited: its seal does not match");
  }
  return manifest;
}

/** Reads a file of a checkpoint. @throws StoredFileError if it is missing or does not match the manifest */
export function readPart(folder: string, name: string, manifest: Manifest): Uint8Array<ArrayBuffer> {
  const file = partOf(folder, name);
  const listed = manifest.files[name];
  if (!listed) throw new StoredFileError(file, "is not listed in its manifest.json");
  const content = readStored({ ...file, maxBytes: listed.bytes });
  if (content.length !== listed.bytes || sha256(content) !== listed.sha256) {
    throw new StoredFileError(file, "was damaged or edited: it does not match manifest.json");
  }
  return content;
}

/** Returns a file of a checkpoint, with the remedy for errors. */
export function partOf(folder: string, name: string): StoredFile {
  return { path: join(folder, name), remedy: "Use another checkpoint with --checkpoint", exitStatus: 1 };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
