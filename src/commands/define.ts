/** A command of the program: its arguments, its options from schemas, and what it does with both, checked. */
import type { Command } from "commander";
import type { z } from "zod";
import { debugSchema } from "./command_flags.ts";
import type { OptionShape } from "../options.ts";
import { addFlags, readFlags } from "./flags.ts";

/**
 * Adds a command to `parent`.
 *
 * @param usage name and arguments as commander takes them: `watch [run]`
 * @param flags its options; `--debug` comes by itself
 * @param act what the command does, given the checked options and the arguments
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

/** As `define`, for a command that checks what commander collected by itself. */
export function defineRaw<A extends readonly unknown[]>(
  parent: Command,
  usage: string,
  description: string,
  shape: OptionShape,
  act: (collected: Record<string, unknown>, ...args: A) => void | Promise<void>,
): Command {
  const command = addFlags(parent.command(usage).description(description), { ...shape, debug: debugSchema });
  // commander hands over the arguments, then the options, then the command.
  return command.action((...given: unknown[]) => act(command.opts(), ...given.slice(0, -2) as unknown as A));
}
