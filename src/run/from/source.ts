/** Reads the weights of another run with which a run starts (`--from`), and keeps them in the new run's folder. */
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { HeadlightError } from "../../errors.ts";
import { linkedName } from "../checkpoints/checkpoint_names.ts";
import { type HeadOrigin, headOriginOf } from "../checkpoints/head_origin.ts";
import { readPart } from "../checkpoints/manifest.ts";
import { checkpointPath, openCheckpoint } from "../checkpoints/open_checkpoint.ts";
import { writeSealedFolder } from "../checkpoints/sealed_folder.ts";
import { type RunDirectory, runDirectory } from "../folder/directory.ts";
import type { Resolved, RunConfig, StartedFrom } from "../folder/run_config.ts";

/** A checkpoint that a run starts from. */
export interface StartSource {
  readonly startedFrom: StartedFrom;
  /** The options of the other run, and what they resolved to. */
  readonly options: RunConfig["options"];
  readonly resolved: Resolved;
  readonly origin: HeadOrigin;
  readonly layers: readonly LayerSpec[];
  /** The files of the network, as they are. */
  readonly files: Readonly<Record<"model.json" | "weights.bin", Uint8Array>>;
}

/**
 * Reads a checkpoint of the run in a folder.
 * @param checkpoint `best`, `last`, `final`, or a name in checkpoints/
 * @throws HeadlightError (2) that names the run, and what is wrong with it or with the checkpoint
 */
export function readStartSource(folder: string, checkpoint: string): StartSource {
  const run = runDirectory(folder);
  try {
    return read(run, checkpoint);
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    // The errors of checkpoints name the flag of the commands that use a trained run.
    const message = error.message.replaceAll("--checkpoint", "--from-checkpoint");
    throw new HeadlightError(`--from ${run.id}: ${message}`, 2, { cause: error });
  }
}

function read(run: RunDirectory, checkpoint: string): StartSource {
  // The link of a run that is being trained may be moved at any time.
  const name = linkedName(checkpointPath(run, checkpoint)) ?? checkpoint;
  const { config: { options }, resolved, network: { manifest, layers } } = openCheckpoint(run, name);
  const path = checkpointPath(run, name);
  return {
    startedFrom: {
      run: run.id,
      path: run.path,
      checkpoint: name,
      epoch: manifest.epoch,
      step: manifest.step,
      weights_sha256: manifest.files["weights.bin"]?.sha256 ?? "",
    },
    options,
    resolved,
    origin: headOriginOf(run.id, options, resolved),
    layers,
    files: {
      "model.json": readPart(path, "model.json", manifest),
      "weights.bin": readPart(path, "weights.bin", manifest),
    },
  };
}

/** Copies the network into the folder of the run that starts from it, so that this run does not need the other one. */
export function keepStart({ from }: Pick<RunDirectory, "from">, { startedFrom, origin, files }: StartSource): void {
  writeSealedFolder(from, startedFrom, origin, files);
}
