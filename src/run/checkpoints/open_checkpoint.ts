/** Opens a checkpoint of a run by its name. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { count } from "../../counted.ts";
import { HeadlightError } from "../../errors.ts";
import { nearest } from "../../near.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { readRunConfig, type Resolved, type RunConfig } from "../folder/run_config.ts";
import { checkpointNames, newestFirst } from "./checkpoint_names.ts";
import { headOriginOf, refuseForeign } from "./head_origin.ts";
import { readNetwork, type StoredNetwork } from "./read_checkpoint.ts";

export interface OpenedCheckpoint {
  readonly config: RunConfig;
  readonly resolved: Resolved;
  readonly network: StoredNetwork;
}

/** The run has no checkpoint at all. If it is training, one can still be saved. */
export class NoCheckpointError extends HeadlightError {
  constructor({ id }: RunDirectory) {
    super(`Run ${id} has no checkpoint. Use another run.`);
  }
}

/**
 * Opens a checkpoint: `best`, `last`, `final`, or a name in checkpoints/.
 * @throws HeadlightError (2) if config.json cannot be used, if the run ended during preparation or does not have the
 * checkpoint, or if the checkpoint belongs to another run; (1) if the checkpoint is damaged
 */
export function openCheckpoint(run: RunDirectory, checkpoint: string): OpenedCheckpoint {
  const config = readRunConfig(run.config);
  const { options, resolved } = config;
  if (!resolved) {
    throw new HeadlightError(`Run ${run.id} has not been prepared, so it has no checkpoint. Use another run.`);
  }
  const path = checkpointPath(run, checkpoint);
  if (!/^[\w.-]+$/.test(checkpoint) || !existsSync(path)) {
    const names = namesIn(run);
    if (names.links.length + names.numbered.length === 0) throw new NoCheckpointError(run);
    throw new HeadlightError(
      `Run ${run.id} has no checkpoint ${checkpoint}${suggestionFor(checkpoint, names.links) || "."} It has ${
        listOf(names)
      }.`,
    );
  }
  const network = readNetwork(path);
  refuseForeign(
    { origin: headOriginOf(run.id, options, resolved), path: run.config },
    { origin: network.manifest, path: join(path, "manifest.json") },
  );
  return { config, resolved, network };
}

/** Returns the folder, or the link to the folder, that a checkpoint's name stands for. */
export function checkpointPath({ checkpoints, final }: RunDirectory, checkpoint: string): string {
  return checkpoint === "final" ? final : join(checkpoints, checkpoint);
}

/** Suggests links such as `best`, but no numbered checkpoint: a mistyped number does not show which one was meant. */
function suggestionFor(checkpoint: string, links: readonly string[]): string {
  const near = nearest(checkpoint, links);
  return near === null ? "" : `, did you mean --checkpoint ${near}?`;
}

/** The names of a run's checkpoints. */
interface Names {
  /** `best`, `last` and `final`. */
  readonly links: readonly string[];
  /** The newest first. */
  readonly numbered: readonly string[];
}

/** The maximum number of numbered checkpoints that a message names. */
const NAMED = 3;

/** Returns the names in one sentence. Of many numbered checkpoints, it counts them and names the newest ones. */
function listOf({ links, numbered }: Names): string {
  if (numbered.length <= NAMED) return [...links, ...numbered].join(", ");
  const others = `${count(numbered.length)} of single epochs, the newest of which are`;
  return [...links, `and ${others} ${numbered.slice(0, NAMED).join(", ")}`].join(", ");
}

function namesIn({ checkpoints, final }: RunDirectory): Names {
  const names = existsSync(checkpoints) ? readdirSync(checkpoints).filter((name) => !name.startsWith(".")) : [];
  const links = names.filter((name) => !/\d/.test(name)).sort();
  return {
    links: [...links, ...(existsSync(final) ? ["final"] : [])],
    numbered: newestFirst(checkpointNames(checkpoints)),
  };
}
