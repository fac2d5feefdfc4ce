/** Finds the checkpoint that a run goes on from. */
import { join } from "node:path";
import { errorLine } from "../../errors.ts";
import { folderSize } from "../../files/folder_size.ts";
import { StoredFileError } from "../../files/stored.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { checkpointNames, newestFirst, placeIn } from "./checkpoint_names.ts";
import type { StoredCheckpoint } from "./checkpoint_store.ts";
import type { Manifest } from "./manifest.ts";
import { readCheckpoint } from "./read_checkpoint.ts";

/** A checkpoint that can be continued. */
export interface SoundCheckpoint {
  readonly name: string;
  readonly stored: StoredCheckpoint;
  readonly manifest: Manifest;
  readonly snapshot: TrainingSnapshot;
}

/** A checkpoint that cannot be used. */
export interface DamagedCheckpoint {
  readonly name: string;
  /** One line that says what is wrong. */
  readonly problem: string;
}

export interface FoundCheckpoint {
  /** Null if there is no checkpoint, or none that is sound. */
  readonly sound: SoundCheckpoint | null;
  /** The newer ones that were passed over, the newest first. */
  readonly damaged: readonly DamagedCheckpoint[];
}

/**
 * Returns the newest sound checkpoint in a folder. The newest is the one with the most steps, as its name and its
 * manifest say (`newestFirst`).
 */
export function newestCheckpoint(folder: string): FoundCheckpoint {
  const damaged: DamagedCheckpoint[] = [];
  for (const name of newestFirst(checkpointNames(folder))) {
    try {
      return { sound: read(folder, name), damaged };
    } catch (error) {
      damaged.push({ name, problem: error instanceof StoredFileError ? error.fault : errorLine(error) });
    }
  }
  return { sound: null, damaged };
}

function read(folder: string, name: string): SoundCheckpoint {
  const path = join(folder, name);
  const { manifest, snapshot } = readCheckpoint(path);
  const { epoch, step } = snapshot;
  if (manifest.epoch !== epoch || manifest.step !== step) {
    throw new Error(`${path}: its state.json is of another place than its manifest.json`);
  }
  const [namedEpoch, namedStep] = placeIn(name);
  if (namedEpoch !== epoch || namedStep !== step) {
    throw new Error(`${path}: its name is of another place than its manifest.json`);
  }
  return { name, stored: { path, epoch, step, bytes: folderSize(path) }, manifest, snapshot };
}
