/** The bench's command line. */
import { Command, Option } from "commander";
import { z } from "zod";
import { HeadlightError } from "../../src/errors.ts";
import { didYouMean } from "../../src/near.ts";

export interface BenchOptions {
  readonly pairs: number;
  /** Names of sections; null: all but those that take long. */
  readonly only: readonly string[] | null;
  readonly keras: boolean;
  readonly json: boolean;
  readonly quick: boolean;
  readonly long: boolean;
}

const collectedSchema = z.object({
  pairs: z.string().default("3"),
  only: z.string().optional(),
  keras: z.boolean().default(true),
  json: z.boolean().default(false),
  quick: z.boolean().default(false),
  long: z.boolean().default(false),
});

/**
 * The options in these arguments; null where help was asked for, which has been printed then.
 * @throws HeadlightError (2) for arguments that cannot be used, CommanderError for unknown ones.
 */
export function benchOptions(args: readonly string[], sections: readonly string[]): BenchOptions {
  const command = new Command("bench")
    .description("Headlight against Keras, against itself and against the machine: medians and ratios")
    .addOption(new Option("--pairs <N>", "so many alternating rounds (default: 3)"))
    .addOption(new Option("--only <NAMES>", `sections, with commas between: ${sections.join(", ")}`))
    .addOption(new Option("--no-keras", "leave Keras out, and its environment unmade"))
    .addOption(new Option("--quick", "few images, one round: shows that the bench works"))
    .addOption(new Option("--long", "the 10,000 images too, some minutes more"))
    .addOption(new Option("--json", "the report as JSON on standard output"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse([...args], { from: "user" });
  const { pairs, only, quick, ...flags } = collectedSchema.parse(command.opts());
  return { ...flags, quick, only: only === undefined ? null : names(only, sections), pairs: quick ? 1 : count(pairs) };
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new HeadlightError(`--pairs ${text}: a whole number above 0 is wanted`);
}

function names(text: string, sections: readonly string[]): string[] {
  const wanted = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const unknown = wanted.find((name) => !sections.includes(name));
  if (unknown !== undefined) {
    throw new HeadlightError(`--only ${unknown}: there is no such section${didYouMean(unknown, sections)}`);
  }
  if (wanted.length === 0) throw new HeadlightError(`--only: at least one of ${sections.join(", ")} is wanted`);
  return wanted;
}
