/** The words for a resume of a run that has nothing left to train. Pure. */
import type { RunOptions } from "../config.ts";
import { extensionFlags } from "../dashboard/run_text/next_steps.ts";
import { flagOf } from "../options.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { type AllowedChange, isExtension } from "../run/resume/changes.ts";
import type { Difference } from "../run/resume/words.ts";
import { type Reached, usualExtension } from "../run_state/way_on.ts";
import { shellWord } from "../shell.ts";

export interface Finished {
  readonly run: Pick<RunDirectory, "id" | "path">;
  /** A sentence that says why nothing is left, see `nothingLeft`. */
  readonly left: string;
  readonly reached: Reached;
  readonly was: RunOptions;
  /** The options with those that were given now. */
  readonly now: RunOptions;
  /** How they differ, without those that are always free. */
  readonly differences: readonly Difference[];
  readonly allowed: readonly AllowedChange[];
}

/**
 * Returns one line: why nothing is left to train, which of the options that were given change nothing for that reason,
 * and the command that trains for more epochs with them.
 */
export function finishedText({ run, left, reached, was, now, differences, allowed }: Finished): string {
  const extension = usualExtension(reached);
  const changed = [
    ...differences,
    ...(now.keep === was.keep ? [] : [{ name: "keep", from: was.keep, to: now.keep }]),
  ];
  // More epochs that were given but do not suffice alone have to be given again.
  const further = { ...(now.epochs === was.epochs ? {} : { epochs: now.epochs }), ...extension };
  const others = changed.filter(({ name }) => !(name in further));
  const named = changed.filter((one) => !isExtension(one) && one.name !== "keep").map(({ name }) => name);
  const allows = allowed.filter((name) => named.includes(name)).map((name) => name.replaceAll("_", "-"));
  const command = [
    `deno task train --resume ${runArgument(run)}`,
    ...extensionFlags(further),
    ...others.filter(isFlag).map(given),
    ...(allows.length === 0 ? [] : [`--allow-change ${allows.join(",")}`]),
  ].join(" ");
  return `Run ${run.id} has finished: ${left} ${inVain(changed.map(given), Object.keys(extension))}` +
    `To train for more epochs: ${command}`;
}

/** Returns a sentence that says which options change nothing, with a space at its end; empty if there are none. */
function inVain(options: readonly string[], without: readonly string[]): string {
  if (options.length === 0) return "";
  const [changes, more] = [options.length === 1 ? "changes" : "change", without.join(" and ")];
  return `${options.join(" and ")} ${changes} nothing without more ${more}. `;
}

/** Whether an option can be given in a command. Only a file of options can say that one is false or missing. */
function isFlag({ to }: Difference): boolean {
  return to !== false && to !== null;
}

/** Returns an option as it is given in a command, or in a file if that is the only way. */
function given({ name, to }: Difference): string {
  if (to === false || to === null) return `${name}: ${to}`;
  return to === true ? flagOf(name) : `${flagOf(name)} ${shellWord(String(to))}`;
}
