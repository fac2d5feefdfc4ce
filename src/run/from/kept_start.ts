/** The weights in a run's own folder with which it starts. */
import type { Weights } from "../../model/network_weights.ts";
import { HeadlightError } from "../../errors.ts";
import { StoredFileError } from "../../files/stored.ts";
import { readNetwork, type StoredNetwork } from "../checkpoints/read_checkpoint.ts";
import type { RunDirectory } from "../folder/directory.ts";
import type { RunConfig } from "../folder/run_config.ts";
import { type Fit, refuseOtherStart } from "./agreement.ts";

/**
 * Returns the weights with which a run starts, or null if they are drawn from the seed.
 * @param ours what the run has been prepared with
 * @throws HeadlightError (1) if the copy in the run's folder was changed; UnusableOptionsError if it does not fit the
 * data or the base, which were downloaded or made after the first check
 */
export function keptStart(
  { from }: Pick<RunDirectory, "from">,
  { started_from: startedFrom }: Pick<RunConfig, "started_from">,
  ours: Fit,
): Weights<Float32Array> | null {
  if (startedFrom === undefined) return null;
  const { manifest, layers, weights } = read(from);
  if (manifest.files["weights.bin"]?.sha256 !== startedFrom.weights_sha256) {
    throw new HeadlightError(`The weights in ${from} are not those that config.json names. ${REMEDY}`, 1);
  }
  refuseOtherStart(startedFrom.run, { origin: manifest, layers, head: null }, ours);
  return weights;
}

const REMEDY = "Start the run again.";

function read(folder: string): StoredNetwork {
  try {
    return readNetwork(folder);
  } catch (error) {
    if (!(error instanceof StoredFileError)) throw error;
    // The remedy of a checkpoint is another checkpoint. Here there is only one.
    throw new HeadlightError(`${error.fault}. ${REMEDY}`, 1, { cause: error });
  }
}
