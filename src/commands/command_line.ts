/**
 * The command line: the program with all its commands. Each command imports only the part of the program that it needs.
 */
import "../interpreted_schemas.ts";
import project from "../../deno.json" with { type: "json" };
import { Command, CommanderError } from "commander";
import { bases, DEFAULT_BASE } from "../bases/bases.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { surviveSizeLimit } from "../files/size_limit.ts";
import { ignoredFolders } from "../paths.ts";
import { stripControl } from "../text.ts";
import { CommandSet } from "./command_set.ts";
import { addLiveCommands } from "./live_commands.ts";
import { addMachineCommands } from "./machine_commands.ts";
import { complain, writeOut } from "./output.ts";
import { addResultCommands } from "./result_commands.ts";
import { StoppedError } from "./stoppable.ts";
import { addTrainingCommands } from "./training_commands.ts";
import { excessArgumentsLine, type NamedOptions, unknownOptionLine } from "./unknown_option.ts";

const program = new Command("headlight")
  .description(`Transfer learning on a frozen ${bases[DEFAULT_BASE].displayName}, live in your terminal`)
  .version(project.version)
  .exitOverride()
  .enablePositionalOptions()
  .configureOutput({ writeOut, writeErr: () => {} });

const commands = new CommandSet(program);
// In the order in which --help lists them.
addTrainingCommands(commands);
addLiveCommands(commands);
addResultCommands(commands);
addMachineCommands(commands);

/** Runs the command that the arguments name. Reports errors on standard error. Returns the exit status. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  surviveSizeLimit();
  for (const line of ignoredFolders()) complain(stripControl(line));
  if (args.length === 0) {
    program.outputHelp();
    return 2;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return commands.status;
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.unknownOption") {
      error.message = unknownOptionLine(error.message, args, namedOptions(program));
    }
    if (error instanceof CommanderError && error.code === "commander.excessArguments") {
      error.message = excessArgumentsLine(error.message);
    }
    return report(error);
  }
}

/** Returns all commands below one, with the names by which they are called from there. */
function namedOptions({ commands }: Command): NamedOptions[] {
  return commands.flatMap((command) => [
    { name: command.name(), options: command.options.flatMap(({ long }) => long ?? []) },
    ...namedOptions(command).map((below) => ({ ...below, name: `${command.name()} ${below.name}` })),
  ]);
}

/** Prints the error in one line on standard error. With --debug, prints the stack too. Returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // The reader closed the pipe (`| head`), so there is nowhere to report an error.
  if (error instanceof Deno.errors.BrokenPipe) return 1;
  if (error instanceof StoppedError) return error.exitStatus;
  complain(errorLine(error).replace(/^error: /, ""));
  if (Deno.args.includes("--debug") && error instanceof Error) console.error(error.stack);
  if (error instanceof HeadlightError) return error.exitStatus;
  return error instanceof CommanderError ? 2 : 1;
}
