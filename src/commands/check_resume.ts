/** All checks before a run goes on, for `train --resume` and for the key of the dashboard. */
import { dirname } from "node:path";
import { z } from "zod";
import type { RunOptions } from "../config.ts";
import { counted } from "../counted.ts";
import { type FoundSource, openDataSource } from "../data/open.ts";
import { HeadlightError } from "../errors.ts";
import { folderSize } from "../files/folder_size.ts";
import { datasetDifferences } from "../run/data_differences.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readRunConfig, type Resolved, type RunConfig } from "../run/folder/run_config.ts";
import { checkRunWritable } from "../run/folder/writable_run.ts";
import { lastSeq } from "../run/log/event_log.ts";
import type { Overview } from "../run/overview/overview.ts";
import { readReason } from "../run/log/read_said.ts";
import { refuseOwned } from "../run/owner/claim.ts";
import { preflight } from "../run/preflight.ts";
import { smallerLearningRate } from "../run/repeat.ts";
import { type AllowedChange, namedDifferences, optionDifferences, refuseDifferences } from "../run/resume/changes.ts";
import { followsFrom } from "../run/resume/following.ts";
import { nothingLeft } from "../run/resume/nothing_left.ts";
import type { ResumeRequest } from "../run/resume/request.ts";
import { placeOf, placeText, usableCheckpoint } from "../run/resume/usable.ts";
import type { Difference } from "../run/resume/words.ts";
import { sameChoices } from "../run/same_choices.ts";
import { earlyStoppingOptions } from "../run/training_options.ts";
import type { Reached } from "../run_state/way_on.ts";
import { refuseMoved } from "./moved_files.ts";
import { resumedOptions } from "./resumed_options.ts";
import type { GivenOptions } from "./train_options.ts";

/** What `train --resume` was asked for. */
export interface Wanted {
  readonly run: RunDirectory;
  /** The options that are given now. All others stay as they are. */
  readonly given: GivenOptions;
  /** See `--allow-change`. */
  readonly allowed: readonly AllowedChange[];
}

export type ResumeCheck =
  /** Nothing is left to train. */
  | { readonly kind: "finished"; readonly text: string }
  | {
    readonly kind: "goes_on";
    readonly found: FoundSource | null;
    readonly resume: ResumeRequest;
    /** The number of the last event before the run goes on. */
    readonly after: number;
    /** A sentence that says where the run goes on. */
    readonly place: string;
  };

/**
 * Checks that a run can go on with the options that are given. Writes nothing to it, except in place of the claim of a
 * trainer on another machine that has turned out to be dead.
 *
 * @param say takes a line that says what is waited for, or which option does not apply
 * @throws HeadlightError (2) if it cannot, or if an option may not change; (1) if none of its checkpoints can be used
 */
export async function checkResume(
  { run, given, allowed }: Wanted,
  say: (line: string) => void,
): Promise<ResumeCheck> {
  await refuseOwned(run, { say });
  const before = await readSoundConfig(run);
  // The folder may have been moved since.
  const checked = { ...resumedOptions(before, given, say), runs: dirname(run.path) };
  const options = checked.from === before.options.from
    ? checked
    : (await import("./from.ts")).withSameFrom(checked, before.options);
  refuseOtherName(run, before.options, options);
  const named = before.resolved === null ? [] : namedDifferences(before.resolved, options);
  const differences = [...optionDifferences(before.options, options), ...named];
  refuseDifferences(run, differences, allowed);
  const reason = readReason(run);
  if (reason === "nan") throw new HeadlightError(nanText(run, before));
  const { sound } = usableCheckpoint(run);
  refuseFewerEpochs(run, options, placeOf(sound));
  if (sound && isFinished({ reason })) {
    const { epoch, earlyStopping } = sound.snapshot;
    const left = nothingLeft(sound.snapshot, { epochs: options.epochs, earlyStopping: earlyStoppingOptions(options) });
    if (left !== null) {
      const reached: Reached = {
        reason: earlyStopping.stop ? "early_stopping" : "completed",
        ...{ epochs: epoch, planned: options.epochs, patience: options.patience, wait: earlyStopping.wait },
      };
      // Loaded here, because a run that goes on does not need the words for it.
      const { finishedText } = await import("./finished_text.ts");
      const text = finishedText({ run, left, reached, was: before.options, now: options, differences, allowed });
      return { kind: "finished", text };
    }
  }
  const namedNow = new Set([...Object.keys(given.file), ...Object.keys(given.flags)]);
  refuseMoved(`Run ${run.id}`, Object.fromEntries(Object.entries(options).filter(([name]) => !namedNow.has(name))));
  const found = await preflight(
    sameChoices({ config: { ...before, options }, before }),
    undefined,
    folderSize(run.path),
  );
  if (found && found.source.kind !== "demo" && before.resolved) {
    const causes = differences.map(({ name }) => name);
    refuseDifferences(
      run,
      (await dataDifferences(run, { was: before.resolved, found, options }))
        .filter(({ name }) => !followsFrom(name, causes)),
      allowed,
    );
  }
  checkRunWritable(run);
  const { epoch, step } = placeOf(sound);
  return {
    kind: "goes_on",
    found,
    resume: { options: withoutKept(options, before.options), allowed: [...allowed] },
    after: lastSeq(run.events),
    place: placeText(sound?.name ?? null, epoch, step),
  };
}

interface FoundData {
  readonly was: Resolved;
  readonly found: FoundSource;
  readonly options: RunOptions;
}

/** The trainer compares the images themselves, which takes longer. */
async function dataDifferences(run: RunDirectory, { was, found, options }: FoundData): Promise<Difference[]> {
  const dataset = await openDataSource(found.source, options.size, found.listing);
  try {
    return datasetDifferences(run, was, dataset);
  } finally {
    dataset.close();
  }
}

function refuseOtherName({ id }: RunDirectory, { name: was }: RunOptions, { name }: RunOptions): void {
  if (name === was || name === undefined) return;
  const called = was === undefined ? "has no name" : `is called ${was}`;
  throw new HeadlightError(`--name ${name}: run ${id} ${called}, and resuming does not rename it. Leave out --name.`);
}

function refuseFewerEpochs(
  { id }: RunDirectory,
  { epochs }: RunOptions,
  { epoch, step }: ReturnType<typeof placeOf>,
): void {
  const begun = epoch + (step > 0 ? 1 : 0);
  if (epochs >= begun) return;
  const trained = step > 0
    ? `has trained ${counted(epoch, "epoch", "epochs")} and a part of the next one already`
    : `has trained ${counted(epoch, "epoch", "epochs")} already`;
  throw new HeadlightError(
    `--epochs ${epochs}: run ${id} ${trained}. Use --epochs ${begun} or more, or start a new run.`,
  );
}

/** Returns whether a run has ended by itself, so that it goes on only if it is extended. */
export function isFinished({ reason }: Pick<Overview, "reason">): boolean {
  return reason === "completed" || reason === "early_stopping" || reason === "nan";
}

/** Reads config.json. @throws HeadlightError (2) if it cannot be used; it says whether the run is broken */
async function readSoundConfig(run: RunDirectory): Promise<RunConfig> {
  try {
    const config = readRunConfig(run.config);
    // Without a time the run counts as broken everywhere.
    z.iso.datetime().parse(config.created);
    return config;
  } catch (error) {
    const { refuseBroken } = await import("../run/overview/read_overview.ts");
    refuseBroken(run);
    throw error;
  }
}

function nanText({ id }: RunDirectory, { options: { learning_rate: rate } }: RunConfig): string {
  return `Run ${id} ended because its loss was not a number, so it cannot go on. Start a new run with ` +
    `--learning-rate ${smallerLearningRate(rate)}; this one used ${rate}.`;
}

/**
 * Returns the options without what may be a secret and is in config.json: every user can read a process's arguments.
 */
function withoutKept(options: RunOptions, before: RunOptions): RunOptions {
  const { notify, ...others } = options;
  return notify === undefined || notify === before.notify ? others : options;
}
