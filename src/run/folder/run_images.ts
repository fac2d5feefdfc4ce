/**
 * pictures.json: the images on which a run was validated, and marks of those on which it was trained. The folder of
 * images may change after the run, and a new random split could select images that the run was trained on.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";
import type { ImageSet } from "../../data/dataset/dataset.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isRegularFile, readStoredText, type StoredFile, StoredFileError } from "../../files/stored.ts";
import { at } from "../../at.ts";

const runImagesSchema = z.object({
  version: z.literal(1),
  /** The validation images in the run's order, including broken ones. */
  validation: z.array(z.object({
    /** The path relative to the data set's folder. */
    path: z.string(),
    /** The number of the image's class. */
    class: z.int().min(0),
    /** SHA-256 of the file's content, in hex. */
    sha256: z.string(),
  })),
  /** `contentMark` of each training image. */
  trained_on: z.array(z.string()),
});
export type RunImages = z.infer<typeof runImagesSchema>;

/** The maximum size of the file. A million images take 200 MB. */
const MAX_BYTES = 512 * 1024 * 1024;
/** 16 hexadecimal digits are 64 bits, enough to distinguish ten million contents. */
const MARK_DIGITS = 16;

/** Returns the part of a training image's SHA-256 that is stored: enough to recognize the image. */
export function contentMark(sha256: string): string {
  return sha256.slice(0, MARK_DIGITS);
}

interface Parts {
  readonly train: Pick<ImageSet, "count" | "contentOf">;
  readonly validation: Pick<ImageSet, "count" | "contentOf" | "fileOf" | "labels">;
}

/**
 * Returns the list of a run's images, once every image has its digest. Null for arrays, which have no digests and are
 * split into files already.
 */
export function runImagesOf({ train, validation }: Parts): RunImages | null {
  const validated: RunImages["validation"] = [];
  for (let index = 0; index < validation.count; index++) {
    const [file, sha256] = [validation.fileOf(index), validation.contentOf(index)];
    if (file === null || sha256 === null) return null;
    validated.push({ path: file, class: at(validation.labels, index), sha256 });
  }
  const marks = Array.from({ length: train.count }, (_, index) => contentMark(train.contentOf(index) ?? ""));
  return { version: 1, validation: validated, trained_on: marks.sort() };
}

/** Returns the text of pictures.json. */
export function runImagesText(images: RunImages): string {
  return sealedJson(images);
}

/** Returns a digest that differs for other images, and for the same ones in another order. */
export function imagesDigest({ validation, trained_on }: RunImages): string {
  return createHash("sha256").update(JSON.stringify([validation, trained_on])).digest("hex").slice(0, MARK_DIGITS);
}

/**
 * Reads pictures.json. Returns null if it does not exist, as in runs on arrays and runs of older versions.
 * @throws HeadlightError (2) if it was damaged or edited
 */
export function readRunImages(path: string): RunImages | null {
  if (!isRegularFile(path)) return null;
  const file: StoredFile = {
    path,
    remedy: `Restore it from a copy of ${dirname(path)}, or name a folder of images with --data`,
    exitStatus: 2,
    maxBytes: MAX_BYTES,
  };
  const text = readStoredText(file);
  if (sealOf(text) !== "right") throw new StoredFileError(file, "was damaged or edited: its seal does not match");
  return runImagesSchema.parse(JSON.parse(text));
}
