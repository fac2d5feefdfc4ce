/** Defines commands: their arguments, their options as schemas, and the functions that carry them out. */
import type { Command } from "commander";
import type { z } from "zod";
import { debugSchema } from "./command_flags.ts";
import type { OptionShape } from "../options.ts";
import { addFlags, readFlags } from "./flags.ts";

/**
 * Adds a command to `parent`.
 *
 * @param usage the name and the arguments in commander's notation: `watch [run]`
 * @param flags the options; `--debug` is added to them
 * @param act carries out the command, given the checked options and the arguments
 */
export function define<S extends z.ZodObject, A extends readonly unknown[]>(
  parent: Command,
  usage: string,
  description: string,
  flags: S,
  act: (flags: z.infer<S>, ...args: A) => void | Promise<void>,
): Command {
  return defineRaw(
    parent,
    usage,
    description,
    flags.shape,
    (collected, ...args: A) => act(readFlags(flags, collected), ...args),
  );
}

/** Adds a command like `define`, for a command that checks the collected options itself. */
export function defineRaw<A extends readonly unknown[]>(
  parent: Command,
  usage: string,
  description: string,
  shape: OptionShape,
  act: (collected: Record<string, unknown>, ...args: A) => void | Promise<void>,
): Command {
  const command = addFlags(parent.command(usage).description(description), { ...shape, debug: debugSchema });
  // commander passes the arguments, then the options, then the command.
  return command.action((...given: unknown[]) => act(command.opts(), ...given.slice(0, -2) as unknown as A));
}
