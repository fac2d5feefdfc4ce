/** What may change when a run goes on, and what changed. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isBaseFile, type RunOptions } from "../../config.ts";
import { trainerOf } from "../../engine/engine.ts";
import { hasOption } from "../../engine/engines/gpu_options.ts";
import { HeadlightError } from "../../errors.ts";
import type { Provenance } from "../../features/rows/provenance.ts";
import { flagOf } from "../../options.ts";
import { DEFAULT_TOGETHER } from "../../shuffling.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { runArgument } from "../folder/run_argument.ts";
import {
  type ChangedValue,
  changedValueSchema,
  type Resolved,
  type RunChange,
  type RunConfig,
  type TrainedFeatures,
} from "../folder/run_config.ts";
import { classesWords, countsWords, validationWords } from "./data_words.ts";
import { type Difference, differenceText, givenText, shown, undoText } from "./words.ts";

/** Options that may always have another value from here on. */
export const EXTENSIONS = ["epochs", "patience", "learning_rate"] as const satisfies readonly (keyof RunOptions)[];

/**
 * What may change if `--allow-change` names it: options by their names, and facts about the data and the machine. The
 * layers and the classes are missing, because the weights belong to them.
 */
export const ALLOWED_CHANGES = [
  "data",
  "validation_split",
  "max_broken",
  "weights",
  "preprocess",
  "resize",
  "batch",
  "shuffle_together",
  "class_weight",
  "monitor",
  "mode",
  "min_delta",
  "baseline",
  "start_from_epoch",
  "restore_best",
  "seed",
  "engine",
  "openvino",
  "cuda",
  "webgpu",
  "tensorflow",
  "tf32",
  "precision",
  "features",
  "processor",
  "threads",
] as const;
export const allowedChangeSchema = z.enum(ALLOWED_CHANGES);
export type AllowedChange = z.infer<typeof allowedChangeSchema>;

/** Options that decide nothing about the result. */
const MEANINGLESS: readonly string[] = [
  "runs",
  "name",
  "keep",
  "tensorboard",
  "notify",
  "expect_features",
] satisfies (keyof RunOptions)[];

/**
 * Options whose values say little: a folder may have been moved, and what `auto` means depends on the machine. What
 * they lead to is compared instead (`preparedDifferences`).
 */
const COMPARED_BY_EFFECT: readonly string[] = [
  "data",
  "weights",
  "preprocess",
  "engine",
  "gpu",
  "tensorflow",
] satisfies (keyof RunOptions)[];

/** Returns the options that differ and have to be the same, or that extend the run. */
export function optionDifferences(was: RunOptions, now: RunOptions): Difference[] {
  const ignored = [...MEANINGLESS, ...COMPARED_BY_EFFECT];
  // An engine that was named instead of another one may not have it.
  if (now.engine !== "auto" && !hasOption(now.engine, "tf32")) ignored.push("tf32");
  // A base in a file may have been moved too.
  if (isBaseFile(was.base) && isBaseFile(now.base)) ignored.push("base");
  const [before, after]: readonly [Record<string, unknown>, Record<string, unknown>] = [was, now];
  // A run that goes on without a number shuffles all images.
  const [wasTogether, together] = [was, now].map((options) => options.shuffle_together ?? DEFAULT_TOGETHER);
  if (wasTogether === together) ignored.push("shuffle_together");
  return changedOptions(was, now).filter((name) => !ignored.includes(name))
    .map((name) => ({ name, from: valueOf(before[name]), to: valueOf(after[name]) }));
}

/** Returns the names of all options that have another value. */
export function changedOptions(was: RunOptions, now: RunOptions): string[] {
  const [before, after]: readonly [Record<string, unknown>, Record<string, unknown>] = [was, now];
  return [...new Set([...Object.keys(was), ...Object.keys(now)])].filter((name) => before[name] !== after[name]);
}

/** Returns the options that name something else than what the run has used, whether it was named then or not. */
export function namedDifferences(was: Resolved, { preprocess, engine }: RunOptions): Difference[] {
  const others = [
    { name: "preprocess", from: was.preprocess, to: preprocess ?? was.preprocess },
    { name: "engine", from: was.engine.kind, to: engine === "auto" ? was.engine.kind : engine },
  ];
  return others.filter(({ from, to }) => from !== to);
}

/** What is known of a data set before its images are read. */
export type ListedData = Pick<Resolved, "classes" | "train" | "validation">;

/**
 * Returns how a run's classes and its numbers of images differ from before.
 * @param paths those of the validation images then and now, if they are known
 */
export function listedDifferences(
  was: ListedData,
  now: ListedData,
  paths: { readonly was: readonly string[]; readonly now: readonly string[] } | null = null,
): Difference[] {
  const differences: Difference[] = [];
  const [classesWere, classes] = [was.classes.join(", "), now.classes.join(", ")];
  if (classesWere !== classes) {
    const words = classesWords(was.classes, now.classes);
    differences.push({ name: "classes", from: classesWere, to: classes, words });
  }
  const numbers = ({ train, validation }: ListedData) => `${train} + ${validation} images`;
  if (numbers(was) !== numbers(now)) {
    const words = countsWords(was, now, paths && validationWords(paths.was, paths.now));
    differences.push({ name: "data", from: numbers(was), to: numbers(now), words });
  }
  return differences;
}

/** Returns how a run's base and engine differ from those that it was prepared with before. */
export function preparedDifferences(was: Resolved, now: Resolved): Difference[] {
  const facts = (resolved: Resolved): Record<string, ChangedValue> => ({
    base_file: resolved.base_file?.sha256.slice(0, DIGITS) ?? null,
    weights: resolved.weights.sha256.slice(0, DIGITS),
    preprocess: resolved.preprocess,
    engine: resolved.engine.kind,
    // The version of an engine that computes the base beside another one that trains, by the engine's name.
    ...(resolved.engine.trainer ? { [resolved.engine.kind]: resolved.engine.version } : {}),
    tensorflow: trainerOf(resolved.engine).version,
  });
  const [before, after] = [facts(was), facts(now)];
  // What only one of the two engines has differs because the engine does.
  const differ = (name: string) => name in before && name in after && before[name] !== after[name];
  // Random weights are made for the preprocessing, by the engine.
  const random = was.weights.kind === "random" && now.weights.kind === "random";
  const made = random && ["preprocess", "engine", "tensorflow"].some(differ);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => differ(name) && !(name === "weights" && made))
    .map((name) => ({ name, from: before[name] ?? null, to: after[name] ?? null }));
}

/** Returns whether the pixels differ that a network from scratch is trained on. */
export function pixelDifferences(was: TrainedPixels, now: TrainedPixels): Difference[] {
  const [from, to] = [was, now].map((pixels) =>
    `pixels ${createHash("sha256").update(pixels.train + pixels.validation).digest("hex").slice(0, DIGITS)}`
  );
  if (from === to || from === undefined || to === undefined) return [];
  const parts = [
    ...(was.train === now.train ? [] : ["training"]),
    ...(was.validation === now.validation ? [] : ["validation"]),
  ];
  return [{ name: "data", from, to, words: `other ${parts.join(" and ")} images or labels` }];
}

/**
 * Returns whether the features differ that a head is trained on.
 * @param unlisted whether the data are arrays, of which no list of images is kept. Their features are what shows that
 * they are others.
 */
export function featureDifferences(was: TrainedFeatures, now: TrainedFeatures, unlisted: boolean): Difference[] {
  if (was.sha256 === now.sha256) return [];
  const sameMachine = isDeepStrictEqual(was.made_on, now.made_on);
  const words = "the images or labels of its arrays are others";
  const [from, to] = [was, now].map(({ sha256 }) => `features ${sha256.slice(0, DIGITS)}`);
  if (from === undefined || to === undefined) return [];
  return [unlisted && sameMachine ? { name: "data", from, to, words } : { name: "features", from, to }];
}

type TrainedPixels = NonNullable<RunConfig["pixels"]>;

/** The number of hexadecimal digits of a digest in a text. */
const DIGITS = 16;

/** Returns how the processor and the threads that train differ. Both decide the last bits of float32 sums. */
export function processorDifferences(was: Provenance, now: Provenance): Difference[] {
  const names = ["processor", "threads"] as const;
  return names.filter((name) => was[name] !== now[name]).map((name) => ({ name, from: was[name], to: now[name] }));
}

/** Whether a difference is an extension, which needs no permission. */
export function isExtension({ name }: Pick<Difference, "name">): boolean {
  return EXTENSIONS.some((extension) => extension === name);
}

/** A run cannot go on, because something differs that must be the same. */
export class DifferenceError extends HeadlightError {}

/**
 * Refuses differences that are neither extensions nor allowed.
 * @throws DifferenceError (2) that names the first one, both values, and how to go on with it
 */
export function refuseDifferences(
  run: Pick<RunDirectory, "id" | "path">,
  differences: readonly Difference[],
  allowed: readonly AllowedChange[],
): void {
  const refused = differences.find((one) => !isExtension(one) && !allowed.some((name) => name === one.name));
  if (!refused) return;
  const { name } = refused;
  const otherwise = allowedChangeSchema.safeParse(name).success
    ? `or go on nevertheless with --allow-change ${flagOf(name).slice(2)}.`
    : FITS_OTHER_RUNS.includes(name)
    ? `or start a new run from these weights: deno task train --from ${runArgument(run)}${givenText(refused)}`
    : "or start a new run.";
  throw new DifferenceError(
    `Run ${run.id} cannot go on, because ${differenceText(refused)}. ${undoText(refused)}, ${otherwise}`,
  );
}

/** Options that may not change, although the weights fit a run with another value (`--from`). */
const FITS_OTHER_RUNS: readonly string[] = ["dropout"] satisfies (keyof RunOptions)[];

/** Returns the notice of a change that was allowed, which stays with the run. Null for extensions. */
export function changeNotice({ name, from, to, words, epoch, step }: Omit<RunChange, "time">): string | null {
  if (isExtension({ name })) return null;
  const place = `epoch ${epoch + 1}` + (step > 0 ? `, step ${step + 1}` : "");
  const bits = ALWAYS_SAME_BITS.includes(name) ? "" : ", so its weights are not those of an unchanged run";
  const what = name.replaceAll("_", " ");
  if (words !== undefined) return `${what} changed at ${place} (${words})${bits}`;
  return `${what} changed from ${shown(from)} to ${shown(to)} at ${place}${bits}`;
}

/** Changes that decide when training ends and what is kept, but not the weights of an epoch. */
const ALWAYS_SAME_BITS: readonly string[] = [
  "monitor",
  "mode",
  "min_delta",
  "baseline",
  "start_from_epoch",
  "restore_best",
  "max_broken",
];

function valueOf(value: unknown): ChangedValue {
  return changedValueSchema.catch(null).parse(value ?? null);
}
