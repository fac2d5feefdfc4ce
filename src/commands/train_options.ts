/** The options of `train`: from flags and a config file to one checked record. */
import { Command, Option } from "commander";
import { z } from "zod";
import {
  baseNameSchema,
  engineRequestSchema,
  monitorSchema,
  poolingSchema,
  precisionSchema,
  preprocessSchema,
  resizeSchema,
  type RunOptions,
  runOptionsSchema,
} from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { DEFAULT_FPS } from "../dashboard/session/pace.ts";
import { didYouMean } from "../near.ts";

/** Flags that are no option of the run itself. */
const viewFlagsSchema = z.object({
  plain: z.boolean().default(false),
  json: z.boolean().default(false),
  /** Frames a second, at most. */
  fps: z.coerce.number<string>().int().min(1).max(30).default(DEFAULT_FPS),
  /** Of `watch`: commands to the trainer are not offered. */
  readOnly: z.boolean().default(false),
});
export type ViewFlags = z.infer<typeof viewFlagsSchema>;

/** The flags as the command line gave them. @throws HeadlightError (2) naming one that is of no use. */
export function viewFlags(given: unknown): ViewFlags {
  const { data: flags, error } = viewFlagsSchema.safeParse(given);
  if (error) throw new HeadlightError("--fps: a whole number from 1 to 30 is wanted");
  if (flags.plain && flags.json) throw new HeadlightError("--plain and --json exclude each other: give one of them");
  return flags;
}

/** One row per flag: [flag, help]. Feeds the command line and the README's table (a test keeps them equal). */
export const TRAIN_FLAGS: readonly (readonly [flags: string, help: string])[] = [
  ["--data <SET>", "dollarstreet, demo, or a folder of pictures or .npy files (default: the lesson's set, else demo)"],
  ["--validation-split <SHARE>", "of a picture folder without val/ or test/, kept for validation (default: 0.25)"],
  ["--max-broken <SHARE>", "of picture files that may be broken; they are left out (default: 0.01)"],
  ["--base <NAME>", `the frozen base: ${baseNameSchema.options.join(", ")} (default: densenet121)`],
  ["--weights <WHICH>", "imagenet, random, or a Keras .h5 file (default: imagenet's, else random)"],
  [
    "--preprocess <HOW>",
    `${
      preprocessSchema.options.join(" or ")
    }: /255, or what the base was trained with (default: scale; imagenet for pictures)`,
  ],
  ["--size <PIXELS>", "side that pictures are resized to (default: 160)"],
  ["--resize <HOW>", `${resizeSchema.options.join(" or ")}, of picture files (default: bilinear, as Keras does it)`],
  ["--pooling <HOW>", `${poolingSchema.options.join(" or ")} (default: max)`],
  ["--hidden <UNITS>", "units of the head's hidden layer (default: 50)"],
  ["--dropout <RATE>", "share of hidden units dropped in training (default: 0.5)"],
  ["--batch <N>", "pictures per training step (default: 32)"],
  ["--epochs <N>", "most epochs (default: 30)"],
  ["--patience <N>", "epochs without improvement before the run stops (default: 5)"],
  ["--monitor <FIGURE>", `${monitorSchema.options.join(", ")} (default: val_accuracy)`],
  ["--mode <HOW>", "auto, min or max: which way the monitored figure is better (default: auto)"],
  ["--min-delta <X>", "what counts as an improvement (default: 0)"],
  ["--baseline <X>", "what an improvement must also beat for patience to start anew (default: none)"],
  ["--start-from-epoch <N>", "epochs before early stopping begins to count (default: 0)"],
  ["--restore-best", "bring the best epoch's weights back at the end, into final/"],
  ["--learning-rate <X>", "Adam's (default: 0.001)"],
  ["--seed <N>", "drives initial weights, shuffling and dropout (default: 2)"],
  ["--engine <KIND>", `${engineRequestSchema.options.join(", ")} (default: auto)`],
  ["--tensorflow <DIR>", "a TensorFlow package folder to use instead of a downloaded one"],
  ["--precision <P>", `what the frozen base computes in: ${precisionSchema.options.join(" or ")} (default: float32)`],
  ["--runs <DIR>", "where runs are kept (default: runs)"],
  ["--name <TEXT>", "a name for this run"],
  ["--config <FILE>", "options from a JSON file; flags win over it"],
  ["--plain", "plain lines instead of the dashboard"],
  ["--json", "one event a line on standard output"],
  ["--fps <N>", "frames a second of the dashboard, at most (default: 4)"],
];

/** Adds flags of the table to a command: all, or those whose long name is in `only`. */
export function addTrainFlags(command: Command, only?: readonly string[]): Command {
  for (const [flags, help] of TRAIN_FLAGS) {
    const option = new Option(flags, help);
    if (only === undefined || only.includes(option.long ?? "")) command.addOption(option);
  }
  return command;
}

/** The table for the README. */
export function trainFlagsMarkdown(): string {
  return ["| flag | what it does |", "|---|---|", ...TRAIN_FLAGS.map(([flags, help]) => `| \`${flags}\` | ${help} |`)]
    .join(
      "\n",
    );
}

/** What commander collected, under its own names. */
const collectedSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));

/**
 * The options of a run from what commander collected: defaults, then the config file, then flags. Paths become
 * absolute, seen from where the person stands.
 * @throws HeadlightError (2) naming the flag or the file's key.
 */
export function trainOptions(collected: Record<string, unknown>): { options: RunOptions; view: ViewFlags } {
  const flags = collectedSchema.parse(collected);
  const { plain, json, fps, config, debug: _debug, ...named } = flags;
  const view = viewFlags({ plain, json, fps });
  const fromFile = typeof config === "string" ? readConfigFile(fromCaller(config)) : {};
  const fromFlags = Object.fromEntries(
    Object.entries(named).map(([name, value]) => [snakeCase(name), typed(name, value)]),
  );
  const parsed = runOptionsSchema.safeParse({ ...fromFile, ...fromFlags });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HeadlightError(issue ? optionMessage(issue, fromFlags, fromFile, String(config)) : parsed.error.message);
  }
  return { options: absolutePaths(parsed.data), view };
}

/** A flag's text as the number it stands for; what is no number stays text, for the schema to refuse. */
function typed(name: string, value: string | boolean): unknown {
  const field = runOptionsSchema.shape[snakeCase(name) as keyof RunOptions];
  if (typeof value !== "string" || !acceptsNumbers(field)) return value;
  return value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Whether the option, its default or absence put aside, is a number. */
function acceptsNumbers(field: z.ZodType | undefined): boolean {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) {
    const inner = field.unwrap();
    return inner instanceof z.ZodType && acceptsNumbers(inner);
  }
  return field instanceof z.ZodNumber;
}

function readConfigFile(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new HeadlightError(`--config ${path}: no such file`);
    if (error instanceof SyntaxError) throw new HeadlightError(`--config ${path}: not JSON (${error.message})`);
    throw new HeadlightError(`--config ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const record = z.record(z.string(), z.unknown()).safeParse(value);
  if (!record.success) {
    throw new HeadlightError(`--config ${path}: one JSON object with option names as keys is wanted`);
  }
  return Object.fromEntries(Object.entries(record.data).map(([key, entry]) => [key.replaceAll("-", "_"), entry]));
}

/** One line for the first thing the schema refused: the flag (or the file and its key), what was given, what is wanted. */
function optionMessage(
  issue: z.core.$ZodIssue,
  flags: Record<string, unknown>,
  file: Record<string, unknown>,
  filePath: string,
): string {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return `--config ${filePath}: no option ${key}${didYouMean(key, Object.keys(runOptionsSchema.shape))}`;
  }
  const key = String(issue.path[0] ?? "");
  const given = key in flags ? flags[key] : file[key];
  const where = key in flags
    ? `--${key.replaceAll("_", "-")} ${given === "" ? '""' : given}`
    : `--config ${filePath}: ${key} ${JSON.stringify(given)}`;
  const wanted = issue.code === "invalid_value"
    ? `one of ${issue.values.join(", ")} is wanted`
    : wantedText(issue, key);
  const near = issue.code === "invalid_value" ? didYouMean(String(given), issue.values.map(String)) : "";
  return `${where}: ${wanted}${near}`;
}

function wantedText(issue: z.core.$ZodIssue, key: string): string {
  switch (issue.code) {
    case "too_small":
      // The shell makes an empty text of a variable that is not set.
      if (issue.origin === "string") return `empty; give a value or leave it out: ${flagHelp(key)}`;
      return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum} is wanted`;
    case "too_big":
      if (issue.origin === "string") return `at most ${issue.maximum} characters are wanted`;
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum} is wanted`;
    case "invalid_type":
      return `${issue.expected === "int" ? "a whole number" : `a ${issue.expected}`} is wanted`;
    default:
      return issue.message;
  }
}

/** What the table says about an option. */
function flagHelp(key: string): string {
  const long = `--${key.replaceAll("_", "-")} `;
  return TRAIN_FLAGS.find(([flags]) => flags.startsWith(long))?.[1] ?? "a text";
}

/** commander's camelCase as the options' snake_case. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function absolutePaths(options: RunOptions): RunOptions {
  const { data, weights, tensorflow } = options;
  return {
    ...options,
    runs: fromCaller(options.runs),
    ...(data === undefined || data === "dollarstreet" || data === "demo" ? {} : { data: fromCaller(data) }),
    ...(weights === undefined || weights === "imagenet" || weights === "random"
      ? {}
      : { weights: fromCaller(weights) }),
    ...(tensorflow === undefined ? {} : { tensorflow: fromCaller(tensorflow) }),
  };
}
