/** What to say about an option that a command does not have. */

/** A command, as far as it is needed here. */
export interface NamedOptions {
  readonly name: string;
  /** Its options, with dashes: `--plain`. */
  readonly options: readonly string[];
}

/**
 * Returns a line that says which commands have the option, or which option was perhaps meant, and where the command's
 * own options are listed. Pure.
 *
 * @param message commander's: `error: unknown option '--plian'`, perhaps with `(Did you mean --plain?)`
 * @param name the command that was called; a name that no command has gives commander's message
 */
export function unknownOptionLine(message: string, name: string, commands: readonly NamedOptions[]): string {
  const option = /'(-[^']*)'/.exec(message)?.[1];
  if (option === undefined || !commands.some((command) => command.name === name)) return message;
  const meant = /\((Did you mean [^)]*\?)\)/.exec(message)?.[1];
  const having = commands.filter(({ options }) => options.includes(option)).map((command) => command.name);
  const has = having.length === 1 ? "has" : "have";
  const known = having.length === 0 ? meant : `${new Intl.ListFormat("en").format(having)} ${has} it.`;
  return `unknown option '${option}': ${name} does not have it. ${known === undefined ? "" : `${known} `}` +
    `See deno task ${name} --help`;
}
