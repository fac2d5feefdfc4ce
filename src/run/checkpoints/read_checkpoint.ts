/** Checkpoints read back, each file checked against the manifest. */
import { baseNameSchema } from "../../config.ts";
import { StoredFileError } from "../../files/stored.ts";
import { bases } from "../../bases/bases.ts";
import { type HeadShape, WEIGHT_NAMES, type Weights } from "../../training/head_weights.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { snapshotOf } from "./checkpoint_format.ts";
import { headOf } from "./head_format.ts";
import { type Manifest, partOf, readManifest, readPart } from "./manifest.ts";

/**
 * Reads a checkpoint, all that a continuation needs.
 * @throws StoredFileError (1) if a file is missing or is not what was written
 */
export function readCheckpoint(path: string): { manifest: Manifest; snapshot: TrainingSnapshot } {
  const manifest = readManifest(path);
  // Read for the check alone: state.json has the head's shape too.
  readPart(path, "model.json", manifest);
  const snapshot = snapshotOf({
    "weights.bin": readPart(path, "weights.bin", manifest),
    "state.json": readPart(path, "state.json", manifest),
    "optimizer.bin": readPart(path, "optimizer.bin", manifest),
  }, path);
  return { manifest, snapshot };
}

export interface StoredHead {
  readonly manifest: Manifest;
  readonly shape: HeadShape;
  readonly weights: Weights<Float32Array>;
}

/**
 * Reads the head alone, from a checkpoint or from final/.
 * @throws StoredFileError (1) if a file is missing or is not what was written, or if nothing can be predicted with the
 * head: it is of other classes than the manifest names, of another width than the base gives, or not finite
 */
export function readHead(path: string): StoredHead {
  const manifest = readManifest(path);
  const files = {
    "model.json": readPart(path, "model.json", manifest),
    "weights.bin": readPart(path, "weights.bin", manifest),
  };
  const head = { manifest, ...headOf(files, path) };
  refuseMisfit(head, path);
  refuseNotFinite(head, path);
  return head;
}

function refuseMisfit({ manifest, shape }: StoredHead, path: string): void {
  const file = partOf(path, "model.json");
  const { classes } = manifest;
  if (shape.classes !== classes.length) {
    throw new StoredFileError(file, `has ${shape.classes} outputs, but manifest.json names ${classes.length} classes`);
  }
  const base = baseNameSchema.safeParse(manifest.base).data;
  if (base === undefined || shape.width === bases[base].featureWidth) return;
  throw new StoredFileError(
    file,
    `has a head for ${shape.width} features, but ${base} gives ${bases[base].featureWidth}`,
  );
}

function refuseNotFinite({ weights }: StoredHead, path: string): void {
  const name = WEIGHT_NAMES.find((name) => !weights[name].every(Number.isFinite));
  if (name === undefined) return;
  throw new StoredFileError(partOf(path, "weights.bin"), `has values in ${name} that are NaN or infinite`);
}
