/** The command that repeats a run exactly. */
import { join } from "node:path";
import { DEFAULT_RUNS, type RunOptions, runOptionsSchema } from "../config.ts";
import { factsOf, flagOf } from "../options.ts";
import { PROJECT_ROOT } from "../paths.ts";
import { shellWord } from "../shell.ts";
import { type Resolved, type RunConfig, runConfigSchema } from "./folder/run_config.ts";
import { isSecret } from "./folder/secret_options.ts";

/** Options that may change on the way: a run that has the new value from the start ends the same. */
const SAME_FROM_THE_START: readonly string[] = ["epochs", "patience"] satisfies (keyof RunOptions)[];

/** The number of hexadecimal digits of the features' digest in the command: 64 bits. */
const DIGITS = 16;

/** The options that the command names even at their defaults. */
const ALWAYS: readonly string[] = Object.entries(runOptionsSchema.shape)
  .filter(([, schema]) => factsOf(schema).always).map(([name]) => name);

/**
 * Returns the command as one line for a POSIX shell whose working directory is the project's folder. It names the
 * options that differ from the defaults, and everything that Headlight chose by itself (data, weights, preprocessing,
 * engine). With the same versions and the same files it gives the same figures, epoch by epoch.
 *
 * Every option is a flag. A `--config` file in the run's folder would be lost with the folder.
 *
 * Once the features are known, the command names their digest, so that the repeated run warns if its features differ.
 *
 * @returns null if the run is not prepared yet, because the choices are not known, and if it was changed on the way, so
 * that no single command repeats it
 */
export function repeatCommand(
  { options, resolved, features, changes = [], started_from: from }: Pick<
    RunConfig,
    "options" | "resolved" | "features" | "changes" | "started_from"
  >,
): string | null {
  if (resolved === null || changes.some(({ name }) => !SAME_FROM_THE_START.includes(name))) return null;
  const expected = features?.sha256.slice(0, DIGITS) ?? options.expect_features;
  // The other run may go on, so that its link `best` is moved.
  const start = from ? { from: from.path, from_checkpoint: from.checkpoint } : {};
  return trainCommand({ ...pinnedOptions(options, resolved), ...start, expect_features: expected }, ALWAYS);
}

/** Returns the options with everything named that Headlight chose by itself, so that it is chosen again. */
export function pinnedOptions(options: RunOptions, resolved: Resolved): RunOptions {
  return {
    ...options,
    data: options.data ?? (resolved.data["kind"] === "demo" ? "demo" : "dollarstreet"),
    weights: weightsOption(resolved.weights),
    preprocess: resolved.preprocess,
    engine: resolved.engine.kind,
  };
}

/**
 * Returns the value of `--weights`. Published weights are the same everywhere; a user's own file is named by its path.
 * The weights in the base's own file are the default, and a network from scratch has none.
 */
function weightsOption({ kind, path }: Resolved["weights"]): string | undefined {
  switch (kind) {
    case "published":
      return "imagenet";
    case "random":
      return "random";
    case "file":
      return path;
    case "own":
    case "scratch":
      return undefined;
  }
}

/**
 * Returns the command for these options, in the order of their schema. It names those that differ from the defaults,
 * and those in `always`. A value that may be a secret is left out otherwise.
 */
export function trainCommand(options: RunOptions, always: readonly string[] = []): string {
  return ["deno task train", ...trainFlags(options, always)].join(" ");
}

/**
 * Returns the flags of `trainCommand`. Options that are not there have no flag, nor have those that may be secrets,
 * because commands are shown and stored in many places.
 */
export function trainFlags(options: Partial<RunOptions>, always: readonly string[] = []): string[] {
  const defaults: Record<string, unknown> = { ...runOptionsSchema.parse({}), runs: join(PROJECT_ROOT, DEFAULT_RUNS) };
  const given: Record<string, unknown> = options;
  return Object.keys(runOptionsSchema.shape)
    .filter((name) =>
      given[name] !== undefined && (always.includes(name) || (given[name] !== defaults[name] && !isSecret(name)))
    )
    .map((name) => flagText(flagOf(name), given[name]));
}

function flagText(flag: string, value: unknown): string {
  if (value === true) return flag;
  const text = String(value);
  // A value that begins with "-" is joined to its flag with "=".
  return flag + (text.startsWith("-") ? "=" : " ") + shellWord(text);
}

/** The factor for the next learning rate to try, if the current one is the default or smaller. */
const SMALLER = 0.1;
/** The number of significant digits, which removes the rounding error of the multiplication. */
const RATE_DIGITS = 6;

/**
 * Returns the learning rate to try after a run whose loss was not a number: the default, or a tenth of the learning
 * rate if that is not larger than the default.
 */
export function smallerLearningRate(learningRate: number): number {
  const usual = runOptionsSchema.shape.learning_rate.parse(undefined);
  return learningRate > usual ? usual : Number((learningRate * SMALLER).toPrecision(RATE_DIGITS));
}

/** Returns the command that repeats a run with a smaller learning rate, or null if its config cannot be read. */
export function tryAgainCommand(config: unknown): string | null {
  const parsed = runConfigSchema.safeParse(config);
  if (!parsed.success) return null;
  const { options } = parsed.data;
  return repeatCommand({
    ...parsed.data,
    options: { ...options, learning_rate: smallerLearningRate(options.learning_rate) },
  });
}

/**
 * Returns the command that repeats a run from the content of config.json (or of the `run` event), or null if it cannot
 * be read.
 */
export function repeatOf(config: unknown): string | null {
  const parsed = runConfigSchema.safeParse(config);
  // Runs of older versions have no such command in their config.json.
  return parsed.success ? parsed.data.repeat ?? repeatCommand(parsed.data) : null;
}

/**
 * Returns the command that repeats a run, for a run whose folder was moved: the repeated run belongs beside it.
 *
 * @param was the folder of runs that the command names
 * @param now the folder in which the run is
 */
export function repeatBeside(command: string, was: string, now: string): string {
  if (was === now) return command;
  const flag = (runs: string) => trainFlags({ runs }).map((text) => ` ${text}`).join("");
  return command.replace(flag(was), "") + flag(now);
}
