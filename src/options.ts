/**
 * An option is a schema with facts registered on it: the texts for the command line, docs/flags.md and the command that
 * repeats a run. The flag and the key in a config file are derived from the option's name, the choices and the default
 * from the schema.
 */
import { z } from "zod";

export interface OptionFacts {
  /** The placeholder for the value, e.g. "<N>". Options without a placeholder are flags that take no value. */
  readonly value?: string;
  readonly help: string;
  /** The text for the default, if the default is not a single value. */
  readonly otherwise?: string;
  /** Marks the option as a path, unless its value is one of these words. */
  readonly pathUnless?: readonly string[];
  /**
   * The command that repeats a run names this option even at its default, because its effect depends on the machine.
   */
  readonly always?: true;
  /** Marks a value that may be a secret (`src/run/folder/secret_options.ts`), and returns what may be shown of it. */
  readonly secret?: (value: string) => string;
}

/**
 * The facts of each option. Register them last: a method that changes a schema returns a new schema without the facts.
 */
export const optionFacts = z.registry<OptionFacts>();

/** Options by name, in the order of the help. Names are written as in a config file: `learning_rate`. */
export type OptionShape = Readonly<Record<string, z.ZodType>>;

/** Returns the facts of an option. @throws RangeError if none are registered */
export function factsOf(schema: z.ZodType): OptionFacts {
  const facts = optionFacts.get(schema);
  if (facts === undefined) throw new RangeError("this option has no facts. Register them on its schema.");
  return facts;
}

/** Returns an option's flag: `--learning-rate`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/** Returns the flag with the placeholder for its value: `--learning-rate <X>`. */
export function flagWithValue(name: string, schema: z.ZodType): string {
  const { value } = factsOf(schema);
  return value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`;
}

/** Returns the help text with choices and default: `how features are pooled: max or avg (default: max)`. */
export function helpOf(schema: z.ZodType): string {
  const value = factsOf(schema).otherwise ?? defaultOf(schema);
  const described = helpWithChoices(schema);
  return value === undefined || value === false ? described : `${described} (default: ${value})`;
}

/** Returns the help text with choices, but without the default. */
export function helpWithChoices(schema: z.ZodType): string {
  const { help } = factsOf(schema);
  const choices = choicesOf(schema);
  return choices.length === 0 ? help : `${help}: ${inWords(choices)}`;
}

/** Returns whether the option is a number, or may be one. */
export function isNumber(schema: z.ZodType): boolean {
  const inner = innermost(schema);
  const kinds = inner instanceof z.ZodUnion ? inner.options : [inner];
  return kinds.some((kind) => kind instanceof z.ZodNumber);
}

/** Returns the default, or undefined if there is none. */
function defaultOf(schema: z.ZodType): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

/** Returns the words that the option accepts, or an empty list if it is not an enumeration. */
export function choicesOf(schema: z.ZodType): readonly string[] {
  const inner = innermost(schema);
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

/** Returns the schema without its wrappers for defaults and missing values. */
function innermost(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)) return schema;
  const inner = schema.unwrap();
  return inner instanceof z.ZodType ? innermost(inner) : schema;
}

/** Returns a list in words: "a", "a or b", "a, b or c". */
function inWords(choices: readonly string[]): string {
  const last = choices.slice(-2).join(" or ");
  return [...choices.slice(0, -2), last].join(", ");
}
