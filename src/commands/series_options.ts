/** The options of the runs that one `train` command starts: one run for each base in `--base`. */
import { existsSync } from "node:fs";
import { at } from "../at.ts";
import { scratchNetwork } from "../bases/networks.ts";
import { hasFrozenBase, isBaseFile, type Preprocess, type RunOptions, shownBase, weightsFile } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import type { TrainCommandFlags } from "./command_flags.ts";
import { checkOptions, type GivenOptions, givenOptions } from "./train_options.ts";

/**
 * The preprocessing of a series if `--preprocess` does not name one: each base's own, so that the comparison is fair. A
 * network from scratch has none of its own, and its pixels are scaled.
 */
const OWN_PREPROCESSING = "imagenet";

/** What one `train` command starts. */
export interface SeriesOptions {
  readonly list: readonly [RunOptions, ...RunOptions[]];
  readonly view: TrainCommandFlags;
}

/**
 * Returns what `train` starts, from what commander collected.
 * @returns `taken`: what was taken over from the run that `--from` names, as `startOptions` returns it
 * @throws HeadlightError (2) as `seriesOptions` and `startOptions`
 */
export async function runsToStart(
  collected: Record<string, unknown>,
): Promise<SeriesOptions & { readonly taken: string | null }> {
  const { view, ...given } = givenOptions(collected);
  if (!namesRun(given) || basesOf(given).length > 1) return { ...seriesOptions(collected), taken: null };
  // Loaded here because it loads the reader of checkpoints, for which the first frame must not wait.
  const { startOptions } = await import("./start_options.ts");
  const { options, taken } = startOptions(given);
  return { list: [options], view, taken };
}

/**
 * Returns the options of each run, from what commander collected. With several bases, all other options are the same
 * for all runs, but each base gets its own preprocessing (see `withOwnPreprocess` for files), and the base is added to
 * `--name`.
 * @throws HeadlightError (2) that names the flag: as `trainOptions`; a base that is missing or named twice; an option
 * that fits one base only
 */
export function seriesOptions(
  collected: Record<string, unknown>,
): SeriesOptions {
  const { view, ...given } = givenOptions(collected);
  const names = basesOf(given);
  const [first, ...others] = names;
  if (first === undefined || others.length === 0) return { list: [checkOptions(given)], view };
  if (view.detach) {
    throw new HeadlightError(
      "--detach cannot be combined with several bases: nobody would start the next run. Start one run for each base.",
    );
  }
  if (namesRun(given)) {
    throw new HeadlightError("--from cannot be combined with several bases: its weights belong to one. Name one base.");
  }
  if (names.includes("")) {
    throw new HeadlightError(`--base ${names.join(",")}: a base is missing beside a comma. Remove the comma.`);
  }
  const places = names.map(placeOf);
  const twice = names.find((_, index) => places.indexOf(at(places, index)) !== index);
  if (twice !== undefined) {
    throw new HeadlightError(`--base ${names.join(",")}: ${twice} is named twice. Name it once.`);
  }
  return { list: [optionsFor(first, given), ...others.map((name) => optionsFor(name, given))], view };
}

/** Refuses a list of bases, for a command that takes one. @throws HeadlightError (2) that names the flag */
export function refuseSeveralBases(collected: Record<string, unknown>): void {
  const { base } = collected;
  if (baseNames(base).length < 2) return;
  throw new HeadlightError(`--base ${base}: only one base can be named here. Run the command once for each base.`);
}

/** Whether a run is named with whose weights to start. */
function namesRun({ flags, file }: GivenOptions): boolean {
  return "from" in flags || "from" in file;
}

/** Returns the bases that `--base` or the config file lists; none if it names the file of one. */
export function basesOf({ flags, file }: GivenOptions): string[] {
  return baseNames(flags["base"] ?? file["base"]);
}

/** Splits a list at its commas. The path of a file may contain commas too. */
function baseNames(base: unknown): string[] {
  if (typeof base !== "string" || existsSync(fromCaller(base))) return [];
  return base.split(",").map((name) => name.trim());
}

/** Returns what two names of the same base have in common. A file can be named by several paths. */
function placeOf(name: string): string {
  const path = fromCaller(name);
  return isBaseFile(name) && existsSync(path) ? Deno.realPathSync(path) : name;
}

function optionsFor(base: string, { flags, file, path, typed = flags }: GivenOptions): RunOptions {
  const options = checkOptions({
    ...{ flags: forBase(flags, base), file: forBase(file, base), path, typed: forBase(typed, base) },
  });
  const { weights, expect_features: expected, preprocess = ownPreprocess(options) } = options;
  if (weightsFile(options) !== null) {
    throw new HeadlightError(`--weights ${weights}: a file fits one base only. Name one base, or remove --weights.`);
  }
  if (expected !== undefined) {
    const line = `--expect-features ${expected}: the features of each base are different. Name one base, or remove it.`;
    throw new HeadlightError(line);
  }
  return { ...options, ...(preprocess === undefined ? {} : { preprocess }) };
}

/** Returns undefined for a base from a file. Only the file tells whether it has a preprocessing of its own. */
function ownPreprocess(options: RunOptions): Preprocess | undefined {
  if (isBaseFile(options.base)) return undefined;
  return hasFrozenBase(options) ? OWN_PREPROCESSING : "scale";
}

/** Returns flags, or the content of a config file, for one of the bases that they may name. */
function forBase(given: Readonly<Record<string, unknown>>, base: string): Record<string, unknown> {
  const { name, weights, ...rest } = given;
  // A network from scratch has random weights anyway.
  const isSaid = weights === "random" && scratchNetwork(base) !== null;
  return {
    ...rest,
    ...("name" in given ? { name } : {}),
    ...("weights" in given && !isSaid ? { weights } : {}),
    ...("base" in given ? { base } : {}),
    ...(typeof name === "string" && name !== "" ? { name: `${name}-${shownBase(base)}` } : {}),
  };
}
