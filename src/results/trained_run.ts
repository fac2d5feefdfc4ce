/** Opens a trained run for use: its head from a checkpoint, and everything that belongs to it. */
import { existsSync } from "node:fs";
import { type DataSource, dataSourceSchema } from "../data/open.ts";
import { shownBase } from "../config.ts";
import { type Rounding, roundingText } from "../features/base/rounding.ts";
import { stripControl } from "../text.ts";
import { HeadlightError } from "../errors.ts";
import { StoredFileError } from "../files/stored.ts";
import type { Manifest } from "../run/checkpoints/manifest.ts";
import type { TrainedNetwork } from "../run/checkpoints/network_format.ts";
import {
  checkpointPath,
  NoCheckpointError,
  openCheckpoint,
  type OpenedCheckpoint,
} from "../run/checkpoints/open_checkpoint.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { hasTrainer } from "../run/owner/custody.ts";
import { configFile, type Resolved, type RunConfig } from "../run/folder/run_config.ts";

/** A trained run with the layers and weights of a checkpoint. */
export interface TrainedRun extends TrainedNetwork {
  readonly run: RunDirectory;
  readonly options: RunConfig["options"];
  readonly resolved: Resolved;
  /** The data set on which the run was trained. */
  readonly source: DataSource;
  /** The names of the classes, in the order of the outputs. */
  readonly classes: readonly string[];
  /** The class that the majority baseline always predicts; null in runs of older versions. */
  readonly majorityClass: number | null;
  /** The number of training images of each class; null in runs of older versions. */
  readonly trainedOn: readonly number[] | null;
  /** How much of the base was computed in bfloat16 for the training, and what that changes; empty for float32. */
  readonly roundings: readonly Rounding[];
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
  const { config: { options, class_facts: classFacts, features }, resolved, network: { manifest, layers, weights } } =
    opened(run, checkpoint);
  return {
    run,
    options,
    resolved,
    source: sourceIn(resolved, run),
    classes: resolved.classes,
    majorityClass: classFacts && classFacts.majority.class in resolved.classes ? classFacts.majority.class : null,
    trainedOn: (classFacts?.per_class ?? resolved.per_class)?.train ?? null,
    roundings: roundingsOf(features),
    checkpoint,
    manifest,
    layers,
    weights,
  };
}

/** Returns what a run lacks for a command that needs this checkpoint, or null. */
export function checkpointLack(run: RunDirectory, checkpoint: string): string | null {
  return existsSync(checkpointPath(run, checkpoint)) ? null : `no checkpoint ${checkpoint}`;
}

function opened(run: RunDirectory, checkpoint: string): OpenedCheckpoint {
  try {
    return openCheckpoint(run, checkpoint);
  } catch (error) {
    if (!(error instanceof NoCheckpointError) || !hasTrainer(run)) throw error;
    throw new HeadlightError(
      `Run ${run.id} has no checkpoint yet. Use another run, or save one now: deno task checkpoint ${runArgument(run)}`,
      2,
      { cause: error },
    );
  }
}

function roundingsOf(features: RunConfig["features"]): Rounding[] {
  const all = features?.made_on.flatMap(({ bfloat16 }) => bfloat16 ?? []) ?? [];
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** Returns the lines that say how much of a run's base was computed in bfloat16; none if it was not requested. */
export function roundingLines({ options: { base }, roundings }: Pick<TrainedRun, "options" | "roundings">): string[] {
  return roundings.map((rounding) => roundingText(stripControl(shownBase(base)), rounding).text);
}

function sourceIn({ data }: Resolved, { config }: RunDirectory): DataSource {
  const parsed = dataSourceSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new StoredFileError(configFile(config), 'has an unexpected "resolved.data"');
}
