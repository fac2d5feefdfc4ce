/** Reads checkpoints, and checks each file against the manifest. */
import { baseNameSchema } from "../../config.ts";
import { StoredFileError } from "../../files/stored.ts";
import { bases } from "../../bases/bases.ts";
import { type HeadShape, WEIGHT_NAMES, type Weights } from "../../training/head_weights.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { snapshotOf } from "./checkpoint_format.ts";
import { headOf } from "./head_format.ts";
import { type Manifest, partOf, readManifest, readPart } from "./manifest.ts";

/**
 * Reads a checkpoint with everything that a continuation needs.
 * @throws StoredFileError (1) if a file is missing or was changed after it was written
 */
export function readCheckpoint(path: string): { manifest: Manifest; snapshot: TrainingSnapshot } {
  const manifest = readManifest(path);
  // This only checks the file: state.json contains the head's shape too.
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
 * Reads the head from a checkpoint or from final/.
 * @throws StoredFileError (1) if a file is missing or was changed after it was written, or if the head cannot be used:
 * its classes differ from the manifest's, its width from the base's, or its weights are not finite
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
    throw new StoredFileError(file, `has ${shape.classes} outputs, but manifest.json has ${classes.length} classes`);
  }
  const base = baseNameSchema.safeParse(manifest.base).data;
  if (base === undefined || shape.width === bases[base].featureWidth) return;
  throw new StoredFileError(
    file,
    `has a head for ${shape.width} features, but ${base} has ${bases[base].featureWidth}`,
  );
}

function refuseNotFinite({ weights }: StoredHead, path: string): void {
  const name = WEIGHT_NAMES.find((name) => !weights[name].every(Number.isFinite));
  if (name === undefined) return;
  throw new StoredFileError(partOf(path, "weights.bin"), `has NaN or infinite values in ${name}`);
}
