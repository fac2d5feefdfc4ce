/** The options that a run takes over from the run whose weights it starts with (`--from`). */
import { isBaseFile, type RunOptions } from "../config.ts";
import { flagOf } from "../options.ts";
import { shownFact } from "./checkpoints/head_origin.ts";
import { refusal } from "./from/agreement.ts";
import type { StartSource } from "./from/source.ts";
import { pinnedOptions } from "./repeat.ts";

/** The options that must agree if the weights are to fit. Those of the head and of the data follow below. */
const MUST_AGREE = ["base", "cut", "weights", "preprocess", "size", "resize", "pooling", "precision"] as const;

/** With them, a folder of images is split into the same images for training and for validation. */
const DATA = ["data", "validation_split", "max_broken", "seed"] as const;

/**
 * Returns the options of the other run that hold for the new one, because they are not given: what its weights belong
 * to, and its data.
 *
 * @param given the options that are given, on the command line or in a config file, not checked yet
 * @throws UnusableOptionsError if another base is given, with which the other options could not be checked
 */
export function takenOptions(
  { startedFrom: { run }, options, resolved }: Pick<StartSource, "startedFrom" | "options" | "resolved">,
  given: Readonly<Record<string, unknown>>,
): Partial<RunOptions> {
  const theirs = pinnedOptions(options, resolved);
  refuseOtherBase(run, theirs, given);
  const names = [...MUST_AGREE, ...headNames(options, given), ...dataNames(resolved.data["kind"], given)];
  return Object.fromEntries(
    names.filter((name) => theirs[name] !== undefined && !(name in given)).map((name) => [name, theirs[name]]),
  );
}

/**
 * With another base, the other options could not be checked, so all that are given and differ are named. A file may
 * have been moved; its weights are compared later.
 */
function refuseOtherBase(
  run: string,
  theirs: Readonly<Partial<RunOptions>>,
  given: Readonly<Record<string, unknown>>,
): void {
  const [base, other] = [given["base"], theirs.base];
  if (typeof base !== "string" || other === undefined || base === other) return;
  if (isBaseFile(base) && isBaseFile(other)) return;
  const disagreements = GIVEN.flatMap((name) => {
    const [mine, value] = [given[name], theirs[name]];
    // What is given is not checked yet, and may be text.
    if (mine === undefined || value === undefined || String(mine) === String(value)) return [];
    return [{ what: name, theirs: shownFact(value), ours: shownFact(mine), use: `${flagOf(name)} ${value}` }];
  });
  throw refusal(run, disagreements);
}

/** The options whose text alone tells whether they agree. */
const GIVEN = ["base", "preprocess", "size", "resize", "pooling", "precision"] as const;

/** `--head` cannot be combined with the two options of the default head. */
function headNames({ head }: RunOptions, given: Readonly<Record<string, unknown>>) {
  const changesDefault = "hidden" in given || "dropout" in given;
  if ("head" in given || (head !== undefined && changesDefault)) return [];
  return ["head", "hidden", "dropout"] as const;
}

function dataNames(kind: unknown, given: Readonly<Record<string, unknown>>): readonly (typeof DATA)[number][] {
  if ("data" in given) return [];
  return kind === "pictures" ? DATA : ["data"];
}
