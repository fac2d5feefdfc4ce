/**
 * What is done with options whose values may be secrets. Only their owner may read files that contain them, Headlight
 * puts them into no process's arguments when it resumes a run, and only a part of them is shown. Which options these
 * are, and what may be shown of them, is in the facts of the options (`OptionFacts.secret`).
 */
import { type RunOptions, runOptionsSchema } from "../../config.ts";
import type { Access } from "../../files/atomic.ts";
import { factsOf } from "../../options.ts";

/** What may be shown of the value of each of these options. */
const SHOWN: ReadonlyMap<string, (value: string) => string> = new Map(
  Object.entries(runOptionsSchema.shape).flatMap(([name, schema]) => {
    const { secret } = factsOf(schema);
    return secret === undefined ? [] : [[name, secret] as const];
  }),
);

/** Returns whether the value of the option may be a secret. */
export function isSecret(name: string): boolean {
  return SHOWN.has(name);
}

/** Returns those of the options that have a value which may be a secret. */
export function secretsIn(options: Partial<RunOptions>): Partial<RunOptions> {
  return chosen(options, (name, value) => isSecret(name) && value !== undefined);
}

/** Returns the options without values that may be secrets. All options that may have one can be left out. */
export function withoutSecrets(options: RunOptions): RunOptions {
  return chosen(options, (name) => !isSecret(name)) as RunOptions;
}

/** Returns options as they may be shown: what others than the run's owner read gets nothing that may be a secret. */
export function shownOptions(options: RunOptions): RunOptions {
  const shown = Object.entries(secretsIn(options)).map(([name, value]) => [name, SHOWN.get(name)?.(String(value))]);
  return { ...options, ...Object.fromEntries(shown) };
}

/** Returns who may read a file that contains these options. */
export function accessTo(options: Partial<RunOptions>): Access {
  return Object.keys(secretsIn(options)).length === 0 ? "usual" : "owner";
}

/**
 * Returns the options without secrets that config.json contains already, for the arguments of a trainer: every user can
 * read a process's arguments. `withKept` adds them again.
 * @param kept the options in config.json
 */
export function withoutKept(options: RunOptions, kept: RunOptions): RunOptions {
  const same = (name: string, value: unknown) => value === undefined || value === kept[name as keyof RunOptions];
  return chosen(options, (name, value) => !isSecret(name) || !same(name, value)) as RunOptions;
}

/** Returns the options with those secrets in config.json that they do not replace, see `withoutKept`. */
export function withKept(options: RunOptions, kept: RunOptions): RunOptions {
  return { ...options, ...secretsIn(kept), ...secretsIn(options) };
}

function chosen(
  options: Partial<RunOptions>,
  isChosen: (name: string, value: unknown) => boolean,
): Partial<RunOptions> {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => isChosen(name, value)));
}
