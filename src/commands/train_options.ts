/** The options of `train`: merges flags and a config file, and checks them. */
import { z } from "zod";
import { DEFAULT_BASE } from "../bases/bases.ts";
import { MODEL_OPTIONS, type RunOptions, runOptionsSchema, withNetworkDefaults } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { didYouMean } from "../near.ts";
import { factsOf, helpWithChoices, optionFacts, type OptionShape } from "../options.ts";
import { fromCaller } from "../paths.ts";
import {
  configFileSchema,
  extractFlagsSchema,
  type TrainCommandFlags,
  trainCommandFlagsSchema,
} from "./command_flags.ts";
import { firstIssue, flagText, givenFlags, nameIn, problemText, readFlags, typedTexts } from "./flags.ts";
import { RESUME_FLAGS } from "./resume_flags.ts";
import { readConfigFile } from "./config_file.ts";

const RUN_OPTIONS = runOptionsSchema.shape;

/** `--base` of `train`, which is a list: `seriesOptions` splits it. */
const basesSchema = z.string().default(DEFAULT_BASE).register(optionFacts, {
  value: "<NAME,…>",
  help: `${helpWithChoices(RUN_OPTIONS.base)}; several are trained one after the other and compared`,
});

/** All flags of `train`. */
export const TRAIN_FLAGS = {
  ...RUN_OPTIONS,
  base: basesSchema,
  config: configFileSchema,
  ...RESUME_FLAGS,
  ...trainCommandFlagsSchema.shape,
} satisfies OptionShape;

/** All flags of `extract`: those of the run that is to find the features, and its own. */
export const EXTRACT_FLAGS = {
  ...RUN_OPTIONS,
  base: basesSchema,
  config: configFileSchema,
  ...extractFlagsSchema.shape,
} satisfies OptionShape;

/** The options that determine the model's layers, which `summary` accepts. */
export const MODEL_FLAGS: OptionShape = Object.fromEntries(MODEL_OPTIONS.map((name) => [name, RUN_OPTIONS[name]]));

/**
 * Returns the options of a run from what commander collected. Flags take precedence over the config file, and the
 * config file over the defaults. Paths are resolved against the caller's working directory.
 * @throws HeadlightError (2) that names the flag, or the file and its key
 */
export function trainOptions(collected: Record<string, unknown>): { options: RunOptions; view: TrainCommandFlags } {
  const { view, ...given } = givenOptions(collected);
  return { options: checkOptions(given), view };
}

/** Options as they were given, not checked yet. */
export interface GivenOptions {
  readonly flags: Record<string, unknown>;
  /** The content of the config file; empty if there is none. */
  readonly file: Record<string, unknown>;
  /** The path of the config file, or null. */
  readonly path: string | null;
  /** The flags as they were typed. Default: as in `flags`. */
  readonly typed?: Record<string, unknown>;
}

/** Reads what commander collected, and the config file. @throws HeadlightError (2) if the file cannot be used */
export function givenOptions(collected: Record<string, unknown>): GivenOptions & { view: TrainCommandFlags } {
  const view = readFlags(trainCommandFlagsSchema, collected);
  const { config, ...given } = givenFlags(TRAIN_FLAGS, collected);
  const flags = Object.fromEntries(Object.entries(given).filter(([name]) => name in RUN_OPTIONS));
  const path = typeof config === "string" ? fromCaller(config) : null;
  const file = path === null ? {} : readConfigFile(path);
  return { view, flags, file, path, typed: typedTexts(RUN_OPTIONS, collected) };
}

/**
 * Returns the checked options, see `trainOptions`.
 *
 * @throws HeadlightError (2) that names the flag, or the file's key
 */
export function checkOptions(given: GivenOptions): RunOptions {
  const { flags, file } = given;
  const { success, data, error } = runOptionsSchema.safeParse(withNetworkDefaults({ ...file, ...flags }));
  if (success) return absolutePaths(data);
  const issue = firstIssue(error);
  throw issue === undefined ? error : new HeadlightError(optionMessage(issue, given));
}

/**
 * Returns one line for the first value that the schema rejected: the flag (or the file and its key), and what the value
 * must be.
 */
function optionMessage(issue: z.core.$ZodIssue, { flags, file, path, typed = flags }: GivenOptions): string {
  if (issue.code === "unrecognized_keys") {
    const unknown = issue.keys.map((key) => `unknown option ${key}${didYouMean(key, Object.keys(RUN_OPTIONS))}`);
    return `--config ${path}: ${unknown.join("; ")}`;
  }
  const name = nameIn(issue);
  if (name === null) return issue.message;
  // A default can be rejected too: a base may not accept images of the default size.
  const values: Record<string, unknown> = {
    ...runOptionsSchema.parse({}),
    ...withNetworkDefaults({ ...file, ...flags }),
  };
  const given = values[name];
  const where = name in file && !(name in flags)
    ? `--config ${path}: ${name} ${JSON.stringify(given)}`
    : flagText(name, typed[name] ?? given);
  return `${where}: ${problemText(issue, given, RUN_OPTIONS)}`;
}

function absolutePaths(options: RunOptions): RunOptions {
  const absolute = Object.entries(options).map(([name, value]) => {
    const { pathUnless } = factsOf(RUN_OPTIONS[name as keyof RunOptions]);
    const isPath = pathUnless !== undefined && typeof value === "string" && !pathUnless.includes(value);
    return [name, isPath ? fromCaller(value) : value];
  });
  return { ...options, ...Object.fromEntries(absolute) };
}
