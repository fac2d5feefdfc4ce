/**
 * What an option is: a schema, and beside it what the command line, the README and the command that repeats a run say
 * about it. Everything else follows from the two: the flag and the key of a config file from the option's name, the
 * choices and the default from the schema.
 */
import { z } from "zod";

export interface OptionFacts {
  /** What stands for its value, e.g. "<N>"; not given: a flag that is there or is not. */
  readonly value?: string;
  readonly help: string;
  /** What counts if the option is not given, where that is no one value. */
  readonly otherwise?: string;
  /** The option is a path, unless it is one of these words. */
  readonly pathUnless?: readonly string[];
  /** Said by the command that repeats a run, also where it is the default: what counts then depends on the machine. */
  readonly always?: true;
}

/** The facts of each option, registered on its schema as the last thing: a changed schema is another one. */
export const optionFacts = z.registry<OptionFacts>();

/** Options by name, in the order of the help. Names are as in a config file: `learning_rate`. */
export type OptionShape = Readonly<Record<string, z.ZodType>>;

/** Returns the facts of an option. @throws RangeError where none were registered */
export function factsOf(schema: z.ZodType): OptionFacts {
  const facts = optionFacts.get(schema);
  if (facts === undefined) throw new RangeError("an option without facts: register them on its schema");
  return facts;
}

/** Returns an option's flag: `--learning-rate`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/** Returns the flag with what stands for its value: `--learning-rate <X>`. */
export function flagWithValue(name: string, schema: z.ZodType): string {
  const { value } = factsOf(schema);
  return value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`;
}

/** Returns the help text with choices and default: `how features are pooled: max or avg (default: max)`. */
export function helpOf(schema: z.ZodType): string {
  const { help, otherwise } = factsOf(schema);
  const choices = choicesOf(schema);
  const value = otherwise ?? defaultOf(schema);
  const described = choices.length === 0 ? help : `${help}: ${inWords(choices)}`;
  return value === undefined || value === false ? described : `${described} (default: ${value})`;
}

/** Whether the option is a number. */
export function isNumber(schema: z.ZodType): boolean {
  return innermost(schema) instanceof z.ZodNumber;
}

/** The default; undefined where there is none. */
function defaultOf(schema: z.ZodType): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

/** The words that the option takes, where it takes only some. */
export function choicesOf(schema: z.ZodType): readonly string[] {
  const inner = innermost(schema);
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

/** The schema without default and absence. */
function innermost(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)) return schema;
  const inner = schema.unwrap();
  return inner instanceof z.ZodType ? innermost(inner) : schema;
}

/** "a", "a or b", "a, b or c". */
function inWords(choices: readonly string[]): string {
  const last = choices.slice(-2).join(" or ");
  return [...choices.slice(0, -2), last].join(", ");
}
