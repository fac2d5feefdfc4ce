/** A trained run, opened for use: its head from a checkpoint, and everything that belongs to it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type DataSource, dataSourceSchema } from "../data/open.ts";
import { HeadlightError } from "../errors.ts";
import { named } from "../counted.ts";
import { sentence } from "../sentence.ts";
import { shellWord } from "../shell.ts";
import { nearest } from "../near.ts";
import { StoredFileError } from "../files/stored.ts";
import type { Manifest } from "../run/checkpoints/manifest.ts";
import { headOriginOf, refuseForeign } from "../run/checkpoints/head_origin.ts";
import type { TrainedNetwork } from "../run/checkpoints/network_format.ts";
import { readNetwork } from "../run/checkpoints/read_checkpoint.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { configFile, readRunConfig, type Resolved, type RunConfig } from "../run/folder/run_config.ts";

export interface TrainedRun extends TrainedNetwork {
  readonly run: RunDirectory;
  readonly options: RunConfig["options"];
  readonly resolved: Resolved;
  /** The data set on which the run was trained. */
  readonly source: DataSource;
  readonly classes: readonly string[];
  /** The class that the majority baseline always predicts; null in runs of older versions. */
  readonly majorityClass: number | null;
  /** The number of training images of each class; null in runs of older versions. */
  readonly trainedOn: readonly number[] | null;
  /** The checkpoint that was requested, e.g. `best`. */
  readonly checkpoint: string;
  readonly manifest: Manifest;
}

/**
 * Opens a run with the head of a checkpoint: `best`, `last`, `final`, or a name in checkpoints/.
 * @throws HeadlightError (2) if config.json cannot be used, if the run ended during preparation or does not have the
 * checkpoint, or if the checkpoint belongs to another run; (1) if the checkpoint is damaged
 */
export function openTrainedRun(run: RunDirectory, checkpoint: string): TrainedRun {
  const { options, resolved, class_facts: classFacts } = readRunConfig(run.config);
  if (!resolved) {
    throw new HeadlightError(`Run ${run.id} has not been prepared, so it has no checkpoint. Use another run.`);
  }
  const path = checkpoint === "final" ? run.final : join(run.checkpoints, checkpoint);
  if (!/^[\w.-]+$/.test(checkpoint) || !existsSync(path)) {
    const names = checkpointNames(run);
    throw new HeadlightError(
      names.length === 0
        ? `Run ${run.id} has no checkpoint. Use another run, or save one while it trains: ` +
          `deno task checkpoint ${shellWord(run.path)}`
        : `Run ${run.id} has no checkpoint ${checkpoint}${suggestionFor(checkpoint, names) || "."} It has ${
          sentence(named(names))
        }`,
    );
  }
  const { manifest, layers, weights } = readNetwork(path);
  refuseForeign(
    { origin: headOriginOf(run.id, options, resolved), path: run.config },
    { origin: manifest, path: join(path, "manifest.json") },
  );
  return {
    run,
    options,
    resolved,
    source: sourceIn(resolved, run),
    classes: resolved.classes,
    majorityClass: classFacts && classFacts.majority.class in resolved.classes ? classFacts.majority.class : null,
    trainedOn: (classFacts?.per_class ?? resolved.per_class)?.train ?? null,
    checkpoint,
    manifest,
    layers,
    weights,
  };
}

function sourceIn({ data }: Resolved, { config }: RunDirectory): DataSource {
  const parsed = dataSourceSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new StoredFileError(configFile(config), 'has an unexpected "resolved.data"');
}

/** Suggests links such as `best`, but no numbered checkpoint: a mistyped number does not show which one was meant. */
function suggestionFor(checkpoint: string, names: readonly string[]): string {
  const near = nearest(checkpoint, names.filter((name) => !/\d/.test(name)));
  return near === null ? "" : `, did you mean --checkpoint ${near}?`;
}

function checkpointNames({ checkpoints, final }: RunDirectory): string[] {
  const names = existsSync(checkpoints) ? readdirSync(checkpoints).filter((name) => !name.startsWith(".")) : [];
  const [numbered, links] = [names.filter((name) => /\d/.test(name)), names.filter((name) => !/\d/.test(name))];
  return [...links.sort(), ...(existsSync(final) ? ["final"] : []), ...numbered.sort()];
}
