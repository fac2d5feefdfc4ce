/** All checks before a run goes on, for `train --resume` and for the key of the dashboard. */
import type { RunOptions } from "../config.ts";
import { extensionFlags } from "../dashboard/run_text/next_steps.ts";
import type { FoundSource } from "../data/open.ts";
import { HeadlightError } from "../errors.ts";
import { folderSize } from "../files/folder_size.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readRunConfig, type RunConfig } from "../run/folder/run_config.ts";
import { lastSeq } from "../run/log/event_log.ts";
import type { Overview } from "../run/overview/overview.ts";
import { readOverview, refuseBroken } from "../run/overview/read_overview.ts";
import { refuseOwned } from "../run/owner/claim.ts";
import { preflight } from "../run/preflight.ts";
import { smallerLearningRate } from "../run/repeat.ts";
import { type AllowedChange, namedDifferences, optionDifferences, refuseDifferences } from "../run/resume/changes.ts";
import { nothingLeft } from "../run/resume/nothing_left.ts";
import type { ResumeRequest } from "../run/resume/request.ts";
import { placeOf, usableCheckpoint } from "../run/resume/restore.ts";
import { placeText } from "../run/resume_events.ts";
import { sameChoices } from "../run/same_choices.ts";
import { earlyStoppingOptions } from "../run/training_options.ts";
import { usualExtension } from "../run_state/way_on.ts";
import { shellWord } from "../shell.ts";
import { withSameFrom } from "./from.ts";
import { checkOptions, type GivenOptions } from "./train_options.ts";

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
 * @param say takes a line that says what is waited for
 * @throws HeadlightError (2) if it cannot, or if an option may not change; (1) if none of its checkpoints can be used
 */
export async function checkResume(
  { run, given, allowed }: Wanted,
  say: (line: string) => void,
): Promise<ResumeCheck> {
  refuseBroken(run);
  await refuseOwned(run, { say });
  const before = readRunConfig(run.config);
  const flags = { ...before.options, ...given.file, ...given.flags };
  const options = withSameFrom(checkOptions({ ...given, flags, file: {} }), before.options);
  const named = before.resolved === null ? [] : namedDifferences(before.resolved, options);
  refuseDifferences(run.id, [...optionDifferences(before.options, options), ...named], allowed);
  const overview = readOverview(run);
  if (overview.reason === "nan") throw new HeadlightError(nanText(run, before));
  const { sound } = usableCheckpoint(run);
  if (sound && isFinished(overview)) {
    const { epoch, earlyStopping } = sound.snapshot;
    const left = nothingLeft(sound.snapshot, { epochs: options.epochs, earlyStopping: earlyStoppingOptions(options) });
    if (left !== null) {
      const extension = usualExtension({
        reason: earlyStopping.stop ? "early_stopping" : "completed",
        ...{ epochs: epoch, planned: options.epochs, patience: options.patience, wait: earlyStopping.wait },
      });
      const command = extendCommand(run, { ...keptEpochs(before.options, options), ...extension });
      return { kind: "finished", text: `Run ${run.id} has finished: ${left} To train on: ${command}` };
    }
  }
  const found = await preflight(
    sameChoices({ config: { ...before, options }, before }),
    undefined,
    folderSize(run.path),
  );
  const { epoch, step } = placeOf(sound);
  return {
    kind: "goes_on",
    found,
    resume: { options, allowed: [...allowed] },
    after: lastSeq(run.events),
    place: placeText(sound?.name ?? null, epoch, step),
  };
}

/** Returns whether a run has ended by itself, so that it goes on only if it is extended. */
export function isFinished({ reason }: Pick<Overview, "reason">): boolean {
  return reason === "completed" || reason === "early_stopping" || reason === "nan";
}

/** More epochs that were given but do not suffice alone have to be given again. */
function keptEpochs(was: RunOptions, { epochs }: RunOptions): { epochs?: number } {
  return epochs === was.epochs ? {} : { epochs };
}

function extendCommand({ path }: RunDirectory, extension: Parameters<typeof extensionFlags>[0]): string {
  return [`deno task train --resume ${shellWord(path)}`, ...extensionFlags(extension)].join(" ");
}

function nanText({ id }: RunDirectory, { options: { learning_rate: rate } }: RunConfig): string {
  return `Run ${id} ended because its loss was not a number, so it cannot go on. Start a new run with ` +
    `--learning-rate ${smallerLearningRate(rate)}; this one used ${rate}.`;
}
