/** Reads checkpoints, and checks each file against the manifest. */
import { baseNameSchema } from "../../config.ts";
import { StoredFileError } from "../../files/stored.ts";
import { bases } from "../../bases/bases.ts";
import { scratchNetwork } from "../../bases/networks.ts";
import { describe } from "../../model/layers.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { snapshotOf } from "./checkpoint_format.ts";
import { type Manifest, partOf, readManifest, readPart } from "./manifest.ts";
import { networkOf, type TrainedNetwork } from "./network_format.ts";

/**
 * Reads a checkpoint with everything that a continuation needs.
 * @throws StoredFileError (1) if a file is missing or was changed after it was written
 */
export function readCheckpoint(path: string): { manifest: Manifest; snapshot: TrainingSnapshot } {
  const manifest = readManifest(path);
  return { manifest, snapshot: snapshotOf((name) => readPart(path, name, manifest), path) };
}

export interface StoredNetwork extends TrainedNetwork {
  readonly manifest: Manifest;
}

/**
 * Reads the trained network from a checkpoint or from final/.
 * @throws StoredFileError (1) if a file is missing or was changed after it was written, or if the network cannot be
 * used: its classes differ from the manifest's, its width from the base's, or its weights are not finite
 */
export function readNetwork(path: string): StoredNetwork {
  const manifest = readManifest(path);
  const files = {
    "model.json": readPart(path, "model.json", manifest),
    "weights.bin": readPart(path, "weights.bin", manifest),
  };
  const network = { manifest, ...networkOf(files, path) };
  refuseMisfit(network, path);
  refuseNotFinite(network, path);
  return network;
}

function refuseMisfit({ manifest, layers }: StoredNetwork, path: string): void {
  const file = partOf(path, "model.json");
  const { classes } = manifest;
  const [input, outputs] = [layers[0], describe(layers).at(-1)?.outputShape[1]];
  if (outputs !== classes.length) {
    throw new StoredFileError(file, `has ${outputs} outputs, but manifest.json has ${classes.length} classes`);
  }
  const shape = input?.type === "InputLayer" ? input.shape : [];
  if (scratchNetwork(manifest.base)) {
    const { size } = manifest;
    if (shape.join() === [size, size, 3].join()) return;
    throw new StoredFileError(
      file,
      `has a network for images of ${shape.join("×")}, but manifest.json has ${size}×${size}×3`,
    );
  }
  const base = baseNameSchema.safeParse(manifest.base).data;
  const [width] = shape;
  if (base === undefined || width === bases[base].featureWidth) return;
  throw new StoredFileError(file, `has a head for ${width} features, but ${base} has ${bases[base].featureWidth}`);
}

function refuseNotFinite({ weights }: StoredNetwork, path: string): void {
  const broken = Object.entries(weights).find(([, values]) => !values.every(Number.isFinite));
  if (!broken) return;
  throw new StoredFileError(partOf(path, "weights.bin"), `has NaN or infinite values in ${broken[0]}`);
}
