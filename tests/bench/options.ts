/** The bench's command line. */
import { Command, Option } from "commander";
import { z } from "zod";
import { HeadlightError } from "../../src/errors.ts";
import { didYouMean } from "../../src/near.ts";

export interface BenchOptions {
  readonly pairs: number;
  /** The names of sections, or null for all except those that take long. */
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
 * Parses the arguments. Returns null if help was requested and has been printed. @throws HeadlightError (2) for
 * unusable arguments, CommanderError for unknown ones.
 */
export function benchOptions(args: readonly string[], sections: readonly string[]): BenchOptions {
  const command = new Command("bench")
    .description("Compare Headlight with Keras, with itself and with the machine's limit, as medians and ratios")
    .addOption(new Option("--pairs <N>", "the number of alternating rounds (default: 3)"))
    .addOption(new Option("--only <NAMES>", `sections to run, separated by commas: ${sections.join(", ")}`))
    .addOption(new Option("--no-keras", "do not measure Keras and do not install it"))
    .addOption(new Option("--quick", "few images and one round, only to check that the bench works"))
    .addOption(new Option("--long", "also measure 10,000 images, which takes some minutes more"))
    .addOption(new Option("--json", "print the report as JSON"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse([...args], { from: "user" });
  const { pairs, only, quick, ...flags } = collectedSchema.parse(command.opts());
  return { ...flags, quick, only: only === undefined ? null : names(only, sections), pairs: quick ? 1 : count(pairs) };
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new HeadlightError(`--pairs ${text}: must be a whole number above 0`);
}

function names(text: string, sections: readonly string[]): string[] {
  const wanted = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const unknown = wanted.find((name) => !sections.includes(name));
  if (unknown !== undefined) {
    throw new HeadlightError(`--only ${unknown}: no such section${didYouMean(unknown, sections)}`);
  }
  if (wanted.length === 0) throw new HeadlightError(`--only: name at least one of ${sections.join(", ")}`);
  return wanted;
}
