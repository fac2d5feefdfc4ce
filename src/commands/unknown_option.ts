/** What to say about an option that a command does not have, and about arguments that it does not take. */

/** A command, as far as it is needed here. */
export interface NamedOptions {
  /** As a person types it: `train`, `runs rm`. */
  readonly name: string;
  /** Its options, with dashes: `--plain`. */
  readonly options: readonly string[];
}

/**
 * Returns a line that says which commands have the option, or which option was perhaps meant, and where the command's
 * own options are listed. Pure.
 *
 * @param message commander's: `error: unknown option '--plian'`, perhaps with `(Did you mean --plain?)`
 * @param args the arguments, which begin with the command's name; if they do not, commander's message is returned
 */
export function unknownOptionLine(message: string, args: readonly string[], commands: readonly NamedOptions[]): string {
  const [option] = /'(-[^']*)'/.exec(message)?.[1]?.split("=") ?? [];
  // `runs rm` comes before `runs`.
  const called = commands.map(({ name }) => name).toSorted((one, other) => other.length - one.length)
    .find((name) => name.split(" ").every((word, place) => args[place] === word));
  if (option === undefined || called === undefined) return message;
  const meant = /\((Did you mean [^)]*\?)\)/.exec(message)?.[1];
  const having = commands.filter(({ options }) => options.includes(option)).map(({ name }) => name);
  const has = having.length === 1 ? "has" : "have";
  const known = having.length === 0 ? meant : `${new Intl.ListFormat("en").format(having)} ${has} it.`;
  return `unknown option '${option}': ${called} does not have it. ${known === undefined ? "" : `${known} `}` +
    `See deno task ${called} --help`;
}

/**
 * Returns what helps those whose arguments are too many: most often a folder without `--data`, or a path with spaces that
 * the shell has divided. Pure.
 *
 * @param message commander's: `error: too many arguments for 'train'. Expected 0 arguments but got 1: birds.`
 */
export function excessArgumentsLine(message: string): string {
  return `${message} Name the folder of images with --data DIR, and put a path with spaces in quotes.`;
}
