/**
 * Options on the command line: makes commander's flags from schemas, and checks the values that commander collected.
 */
import { type Command, Option } from "commander";
import { z } from "zod";
import { HeadlightError } from "../errors.ts";
import { nearest } from "../near.ts";
import { factsOf, flagOf, flagWithValue, helpOf, helpWithChoices, isNumber, type OptionShape } from "../options.ts";

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

/** What commander collects: camelCase names with texts, or true for a flag without a value. */
const collectedSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));

/** Returns the collected values of these options under the options' names. Numbers are converted from text. */
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

/** Returns the number, or the text unchanged if it is not a number, so that the schema rejects it. */
function asNumber(text: string | boolean): unknown {
  return typeof text === "string" && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Returns the collected values of these options as they were typed. A number may have been typed in another form. */
export function typedTexts(shape: OptionShape, collected: unknown): Record<string, unknown> {
  const texts = Object.entries(collectedSchema.parse(collected)).map(([key, text]) => [snakeCase(key), text]);
  return Object.fromEntries(texts.filter(([name]) => shape[String(name)] !== undefined));
}

/** Converts commander's camelCase to the snake_case of options. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Returns the options of a command, with defaults filled in.
 * @param collected what commander collected
 * @throws HeadlightError (2) that names the flag
 */
export function readFlags<S extends z.ZodObject>(schema: S, collected: unknown): z.infer<S> {
  const given = givenFlags(schema.shape, collected);
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const issue = firstIssue(error);
  if (issue === undefined) throw error;
  const name = nameIn(issue);
  if (issue.path.length === 1 && name !== null && given[name] === undefined) {
    throw new HeadlightError(`${flagOf(name)} is missing. It ${problemText(issue, "", schema.shape)}.`);
  }
  const where = name === null ? "" : `${flagText(name, typedTexts(schema.shape, collected)[name])}: `;
  throw new HeadlightError(where + problemText(issue, name === null ? undefined : given[name], schema.shape));
}

/**
 * Returns the first issue. For a number that is not even an exact integer, zod first reports a limit of its own, which
 * would be replaced by the option's at the next try.
 */
export function firstIssue({ issues }: z.core.$ZodError): z.core.$ZodIssue | undefined {
  const [first, second] = issues;
  return first !== undefined && first.code === second?.code && first.path[0] === second.path[0] ? second : first;
}

/** Returns the option that an issue is about, or null if it is about several. */
export function nameIn({ path: [name] }: z.core.$ZodIssue): string | null {
  return name === undefined ? null : String(name);
}

/** Returns a flag as it was typed: `--epochs 0`. */
export function flagText(name: string, given: unknown): string {
  return `${flagOf(name)} ${given === "" ? '""' : given}`;
}

/** Returns what is wrong with a value and what it must be. */
export function problemText(issue: z.core.$ZodIssue, given: unknown, shape: OptionShape): string {
  switch (issue.code) {
    case "invalid_value": {
      const known = issue.values.map(String);
      const near = nearest(String(given), known);
      // A sentence of its own: after a list, the suggestion would read like one more entry.
      return `must be one of ${known.join(", ")}${near === null ? "" : `. Did you mean ${near}?`}`;
    }
    case "invalid_type":
      return `must be ${issue.expected === "int" ? "a whole number" : `a ${issue.expected}`}`;
    case "too_small":
      // A shell variable that is not set gives an empty text.
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
  // In parentheses, because some help texts are a noun and others a verb.
  const value = schema === undefined ? "a value" : `${factsOf(schema).value} (${helpWithChoices(schema)})`;
  return `must not be empty. Give ${value}, or remove the option.`;
}
