/** Options on the command line: from schemas to commander's flags, and from what commander collected to checked values. */
import { type Command, Option } from "commander";
import { z } from "zod";
import { HeadlightError } from "../errors.ts";
import { didYouMean } from "../near.ts";
import { flagOf, flagWithValue, helpOf, isNumber, type OptionShape } from "../options.ts";

/** Adds a flag for each option to a command. */
export function addFlags(command: Command, shape: OptionShape): Command {
  for (const [name, schema] of Object.entries(shape)) {
    command.addOption(new Option(flagWithValue(name, schema), helpOf(schema)));
  }
  return command;
}

/** Returns a Markdown table of options, for docs/flags.md. */
export function flagsMarkdown(shape: OptionShape): string {
  const rows = Object.entries(shape).map(([name, schema]) =>
    `| \`${flagWithValue(name, schema)}\` | ${helpOf(schema)} |`
  );
  return ["| flag | what it does |", "|---|---|", ...rows].join("\n");
}

/** What commander collects: under camelCase names, texts, and true for a flag without a value. */
const collectedSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));

/** Returns what commander collected for these options under their own names, a number's text as a number. */
export function givenFlags(shape: OptionShape, collected: unknown): Record<string, unknown> {
  const texts = collectedSchema.parse(collected);
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, text]) => {
      const name = snakeCase(key);
      const schema = shape[name];
      return schema === undefined ? [] : [[name, isNumber(schema) ? asNumber(text) : text]];
    }),
  );
}

/** What is no number stays text, for the schema to refuse. */
function asNumber(text: string | boolean): unknown {
  return typeof text === "string" && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** commander's camelCase as the options' snake_case. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Returns the options of a command, defaults filled in.
 * @param collected what commander collected
 * @throws HeadlightError (2) that names the flag
 */
export function readFlags<S extends z.ZodObject>(schema: S, collected: unknown): z.infer<S> {
  const given = givenFlags(schema.shape, collected);
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  if (issue === undefined) throw error;
  const name = nameIn(issue);
  const where = name === null ? "" : `${flagText(name, given[name])}: `;
  throw new HeadlightError(where + problemText(issue, name === null ? undefined : given[name], schema.shape));
}

/** The option that an issue is about; null where it is about all of them. */
export function nameIn({ path: [name] }: z.core.$ZodIssue): string | null {
  return name === undefined ? null : String(name);
}

/** A flag as it was given: `--epochs 0`. */
export function flagText(name: string, given: unknown): string {
  return `${flagOf(name)} ${given === "" ? '""' : given}`;
}

/** What is wrong with a value, and what it has to be. */
export function problemText(issue: z.core.$ZodIssue, given: unknown, shape: OptionShape): string {
  switch (issue.code) {
    case "invalid_value": {
      const known = issue.values.map(String);
      return `must be one of ${known.join(", ")}${didYouMean(String(given), known)}`;
    }
    case "invalid_type":
      return `must be ${issue.expected === "int" ? "a whole number" : `a ${issue.expected}`}`;
    case "too_small":
      // The shell makes an empty text of a variable that is not set.
      if (issue.origin === "string") return emptyText(issue, shape);
      return `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string") return `must have at most ${issue.maximum} characters`;
      return `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function emptyText(issue: z.core.$ZodIssue, shape: OptionShape): string {
  const name = nameIn(issue);
  const schema = name === null ? undefined : shape[name];
  return `empty; give a value or leave it out${schema === undefined ? "" : `: ${helpOf(schema)}`}`;
}
