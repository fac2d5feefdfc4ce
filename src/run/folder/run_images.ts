/**
 * pictures.json: which images a run was validated on, and what it was trained on. A folder lives on after the run, and
 * where no folder says which images are for validation, a lot that is drawn anew takes images of the training part.
 */
import { dirname } from "node:path";
import { z } from "zod";
import type { ImageSet } from "../../data/dataset/dataset.ts";
import { replaceFileSync } from "../../files/atomic.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isRegularFile, readStoredText, type StoredFile, StoredFileError } from "../../files/stored.ts";
import { at } from "../../at.ts";

const runImagesSchema = z.object({
  version: z.literal(1),
  /** The validation images in the run's order, broken ones too. */
  validation: z.array(z.object({
    /** From the data set's folder on. */
    path: z.string(),
    /** Number of its class. */
    class: z.int().min(0),
    /** SHA-256 of the file's content, in hex. */
    sha256: z.string(),
  })),
  /** `contentMark` of each training image. */
  trained_on: z.array(z.string()),
});
export type RunImages = z.infer<typeof runImagesSchema>;

/** A million images are 200 MB. */
const MAX_BYTES = 512 * 1024 * 1024;
/** 64 bits tell ten million contents apart. */
const MARK_DIGITS = 16;

/** What is kept of a training image's SHA-256: it is enough to know the image again. */
export function contentMark(sha256: string): string {
  return sha256.slice(0, MARK_DIGITS);
}

interface Parts {
  readonly train: Pick<ImageSet, "count" | "contentOf">;
  readonly validation: Pick<ImageSet, "count" | "contentOf" | "fileOf" | "labels">;
}

/**
 * Writes pictures.json, whole or not at all, once every image has its digest. Arrays have none: their parts are files.
 * @throws Deno.errors.NotFound if the run's folder is not there
 */
export function writeRunImages(path: string, { train, validation }: Parts): void {
  const validated: RunImages["validation"] = [];
  for (let index = 0; index < validation.count; index++) {
    const [file, sha256] = [validation.fileOf(index), validation.contentOf(index)];
    if (file === null || sha256 === null) return;
    validated.push({ path: file, class: at(validation.labels, index), sha256 });
  }
  const marks = Array.from({ length: train.count }, (_, index) => contentMark(train.contentOf(index) ?? ""));
  const content: RunImages = { version: 1, validation: validated, trained_on: marks.sort() };
  replaceFileSync(path, sealedJson(content));
}

/**
 * Reads pictures.json; null where there is none: runs of arrays and of older versions.
 * @throws HeadlightError (2) if it is damaged or was edited
 */
export function readRunImages(path: string): RunImages | null {
  if (!isRegularFile(path)) return null;
  const file: StoredFile = {
    path,
    remedy: `restore it from a copy of ${dirname(path)}, or name the images to judge with --data`,
    exitStatus: 2,
    maxBytes: MAX_BYTES,
  };
  const text = readStoredText(file);
  if (sealOf(text) !== "right") throw new StoredFileError(file, "is not as it was written: it was damaged or edited");
  return runImagesSchema.parse(JSON.parse(text));
}
