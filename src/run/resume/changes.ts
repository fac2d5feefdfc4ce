/** What may change when a run goes on, and what changed. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { isBaseFile, type RunOptions } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import type { Provenance } from "../../features/rows/provenance.ts";
import { flagOf } from "../../options.ts";
import { shortened } from "../../text.ts";
import {
  type ChangedValue,
  changedValueSchema,
  type Resolved,
  type RunChange,
  type RunConfig,
} from "../folder/run_config.ts";

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
  "class_weight",
  "monitor",
  "mode",
  "min_delta",
  "baseline",
  "start_from_epoch",
  "restore_best",
  "seed",
  "engine",
  "tensorflow",
  "precision",
  "features",
  "processor",
  "threads",
] as const;
export const allowedChangeSchema = z.enum(ALLOWED_CHANGES);
export type AllowedChange = z.infer<typeof allowedChangeSchema>;

/** A difference between a run and how it goes on. */
export interface Difference {
  readonly name: string;
  readonly from: ChangedValue;
  readonly to: ChangedValue;
}

/** Options that decide nothing about the result. */
const MEANINGLESS: readonly string[] = ["runs", "name", "keep", "expect_features"] satisfies (keyof RunOptions)[];

/**
 * Options whose values say little: a folder may have been moved, and what `auto` means depends on the machine. What they
 * lead to is compared instead (`preparedDifferences`).
 */
const COMPARED_BY_EFFECT: readonly string[] = [
  "data",
  "weights",
  "preprocess",
  "engine",
  "tensorflow",
] satisfies (keyof RunOptions)[];

/** Returns the options that differ and have to be the same, or that extend the run. */
export function optionDifferences(was: RunOptions, now: RunOptions): Difference[] {
  const ignored = [...MEANINGLESS, ...COMPARED_BY_EFFECT];
  // A base in a file may have been moved too.
  if (isBaseFile(was.base) && isBaseFile(now.base)) ignored.push("base");
  const [before, after]: readonly [Record<string, unknown>, Record<string, unknown>] = [was, now];
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

/** Returns how a run's data, base and engine differ from those that it was prepared with before. */
export function preparedDifferences(was: Resolved, now: Resolved): Difference[] {
  const facts = (resolved: Resolved): Record<string, ChangedValue> => ({
    classes: resolved.classes.join(", "),
    data: `${resolved.train} + ${resolved.validation} images`,
    base: resolved.base_file?.sha256 ?? null,
    weights: resolved.weights.sha256,
    preprocess: resolved.preprocess,
    engine: resolved.engine.kind,
    tensorflow: resolved.engine.version,
  });
  const [before, after] = [facts(was), facts(now)];
  return Object.keys(before).filter((name) => before[name] !== after[name])
    .map((name) => ({ name, from: before[name] ?? null, to: after[name] ?? null }));
}

/** Returns whether the pixels differ that a network from scratch is trained on. */
export function pixelDifferences(was: TrainedPixels, now: TrainedPixels): Difference[] {
  const [from, to] = [was, now].map((pixels) =>
    `pixels ${createHash("sha256").update(pixels.train + pixels.validation).digest("hex").slice(0, DIGITS)}`
  );
  return from === to || from === undefined || to === undefined ? [] : [{ name: "data", from, to }];
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

/**
 * Refuses differences that are neither extensions nor allowed.
 * @throws HeadlightError (2) that names the first one, both values, and how to go on with it
 */
export function refuseDifferences(
  run: string,
  differences: readonly Difference[],
  allowed: readonly AllowedChange[],
): void {
  const refused = differences.find((one) => !isExtension(one) && !allowed.some((name) => name === one.name));
  if (!refused) return;
  const { name, from, to } = refused;
  const what = `Run ${run} cannot go on with another ${name.replaceAll("_", " ")}: it was ${shown(from)}, now ${
    shown(to)
  }`;
  const option = allowedChangeSchema.safeParse(name).success
    ? `Restore it, or go on nevertheless with --allow-change ${flagOf(name).slice(2)}.`
    : `Remove the change, or start a new run from these weights with --from ${run}.`;
  throw new HeadlightError(`${what}. ${option}`);
}

/** Returns the notice of a change that was allowed, which stays with the run. Null for extensions. */
export function changeNotice({ name, from, to, epoch, step }: Omit<RunChange, "time">): string | null {
  if (isExtension({ name })) return null;
  const place = `epoch ${epoch + 1}` + (step > 0 ? `, step ${step + 1}` : "");
  const bits = ALWAYS_SAME_BITS.includes(name) ? "" : ", so its weights are not those of an unchanged run";
  return `${name.replaceAll("_", " ")} changed from ${shown(from)} to ${shown(to)} at ${place}${bits}`;
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

/** The maximum length of a value in a text. */
const VALUE_CHARACTERS = 60;

function shown(value: ChangedValue): string {
  return value === null ? "not set" : shortened(String(value), VALUE_CHARACTERS);
}
