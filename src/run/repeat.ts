/** The one command that repeats a run exactly. */
import { join } from "node:path";
import { DEFAULT_RUNS, type RunOptions, runOptionsSchema } from "../config.ts";
import { factsOf, flagOf } from "../options.ts";
import { PROJECT_ROOT } from "../paths.ts";
import { shellWord } from "../shell.ts";
import { type Resolved, type RunConfig, runConfigSchema } from "./folder/run_config.ts";

/** Digits of the features' digest: 64 bits. */
const DIGITS = 16;

/** The options that are said even where they are the default. */
const ALWAYS: readonly string[] = Object.entries(runOptionsSchema.shape)
  .filter(([, schema]) => factsOf(schema).always).map(([name]) => name);

/**
 * One line for a POSIX shell in the project's folder. Of what was asked for it has what differs from the defaults; what
 * Headlight chose by itself (data, weights, preprocessing, engine) it names, so that nothing is chosen anew. Run with
 * the same versions on the same files, it gives the same figures, epoch by epoch.
 *
 * Every option has a flag: a `--config` that points into the run's folder would end with the folder.
 *
 * Once the features are known the command names their digest, so that the repeated run says it when its own differ.
 *
 * @returns null before a run is prepared: what it will take is not known.
 */
export function repeatCommand(
  { options, resolved, features }: Pick<RunConfig, "options" | "resolved" | "features">,
): string | null {
  if (resolved === null) return null;
  return trainCommand({
    ...options,
    expect_features: features?.sha256.slice(0, DIGITS) ?? options.expect_features,
    data: options.data ?? (resolved.data["kind"] === "demo" ? "demo" : "dollarstreet"),
    weights: weightsOption(resolved.weights),
    preprocess: resolved.preprocess,
    engine: resolved.engine.kind,
  }, ALWAYS);
}

/** The published file is the same one everywhere; a file of the person's own is known by its path. */
function weightsOption({ kind, path }: Resolved["weights"]): string {
  return kind === "published" ? "imagenet" : kind === "random" ? "random" : path;
}

/**
 * The command that asks for these options, in the order of their schema: what differs from the defaults, and those in
 * `always`.
 */
export function trainCommand(options: RunOptions, always: readonly string[] = []): string {
  const defaults: Record<string, unknown> = { ...runOptionsSchema.parse({}), runs: join(PROJECT_ROOT, DEFAULT_RUNS) };
  const given: Record<string, unknown> = options;
  const flags = Object.keys(runOptionsSchema.shape)
    .filter((name) => given[name] !== undefined && (always.includes(name) || given[name] !== defaults[name]))
    .map((name) => flagText(flagOf(name), given[name]));
  return ["deno task train", ...flags].join(" ");
}

function flagText(flag: string, value: unknown): string {
  if (value === true) return flag;
  const text = String(value);
  // A value that looks like a flag is tied to its own.
  return flag + (text.startsWith("-") ? "=" : " ") + shellWord(text);
}

/** The share of a learning rate to try next if it is the default or less. */
const SMALLER = 0.1;
/** Rounds off what multiplying binary fractions adds. */
const RATE_DIGITS = 6;

/** Returns the learning rate to try after a run whose loss was not a number: the default, or a tenth of a smaller one. */
export function smallerLearningRate(learningRate: number): number {
  const usual = runOptionsSchema.shape.learning_rate.parse(undefined);
  return learningRate > usual ? usual : Number((learningRate * SMALLER).toPrecision(RATE_DIGITS));
}

/** Returns the command that repeats a run with a smaller learning rate; null if its config does not tell. */
export function tryAgainCommand(config: unknown): string | null {
  const parsed = runConfigSchema.safeParse(config);
  if (!parsed.success) return null;
  const { options } = parsed.data;
  return repeatCommand({
    ...parsed.data,
    options: { ...options, learning_rate: smallerLearningRate(options.learning_rate) },
  });
}

/** The command from config.json's content, in the file or in the `run` event; null where it does not tell. */
export function repeatOf(config: unknown): string | null {
  const parsed = runConfigSchema.safeParse(config);
  // A run of an earlier version wrote none.
  return parsed.success ? parsed.data.repeat ?? repeatCommand(parsed.data) : null;
}
