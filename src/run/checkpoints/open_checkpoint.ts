/** Opens a checkpoint of a run by its name. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { named } from "../../counted.ts";
import { HeadlightError } from "../../errors.ts";
import { nearest } from "../../near.ts";
import { sentence } from "../../sentence.ts";
import { shellWord } from "../../shell.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { readRunConfig, type Resolved, type RunConfig } from "../folder/run_config.ts";
import { headOriginOf, refuseForeign } from "./head_origin.ts";
import { readNetwork, type StoredNetwork } from "./read_checkpoint.ts";

export interface OpenedCheckpoint {
  readonly config: RunConfig;
  readonly resolved: Resolved;
  readonly network: StoredNetwork;
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
    throw new HeadlightError(
      names.length === 0
        ? `Run ${run.id} has no checkpoint. Use another run, or save one while it trains: ` +
          `deno task checkpoint ${shellWord(run.path)}`
        : `Run ${run.id} has no checkpoint ${checkpoint}${suggestionFor(checkpoint, names) || "."} It has ${
          sentence(named(names))
        }`,
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
function suggestionFor(checkpoint: string, names: readonly string[]): string {
  const near = nearest(checkpoint, names.filter((name) => !/\d/.test(name)));
  return near === null ? "" : `, did you mean --checkpoint ${near}?`;
}

function namesIn({ checkpoints, final }: RunDirectory): string[] {
  const names = existsSync(checkpoints) ? readdirSync(checkpoints).filter((name) => !name.startsWith(".")) : [];
  const [numbered, links] = [names.filter((name) => /\d/.test(name)), names.filter((name) => !/\d/.test(name))];
  return [...links.sort(), ...(existsSync(final) ? ["final"] : []), ...numbered.sort()];
}
