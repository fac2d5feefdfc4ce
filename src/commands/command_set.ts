/** The program's commands: their arguments, their options as schemas, and the functions that carry them out. */
import type { Command } from "commander";
import type { z } from "zod";
import { debugSchema } from "./command_flags.ts";
import type { OptionShape } from "../options.ts";
import { addFlags, readFlags } from "./flags.ts";

/** The exit status of a command. */
type Status = number | Promise<number>;

export class CommandSet {
  /** The exit status of the command that was carried out; 0 if none was, as for `--help`. */
  status = 0;

  constructor(private readonly program: Command) {}

  /**
   * Adds a command.
   *
   * @param usage the name and the arguments in commander's notation: `watch [run]`
   * @param flags the options; `--debug` is added to them
   * @param act carries out the command, given the checked options and the arguments, and returns its exit status
   */
  define<S extends z.ZodObject, A extends readonly unknown[]>(
    usage: string,
    description: string,
    flags: S,
    act: (flags: z.infer<S>, ...args: A) => Status,
  ): Command {
    return this.defineBelow(this.program, usage, description, flags, act);
  }

  /** Adds a command like `define`, as a subcommand of another one. */
  defineBelow<S extends z.ZodObject, A extends readonly unknown[]>(
    parent: Command,
    usage: string,
    description: string,
    flags: S,
    act: (flags: z.infer<S>, ...args: A) => Status,
  ): Command {
    const checked = (collected: Record<string, unknown>, ...args: A) => act(readFlags(flags, collected), ...args);
    return this.#add(parent, usage, description, flags.shape, checked);
  }

  /** Adds a command like `define`, for a command that checks the collected options itself. */
  defineRaw<A extends readonly unknown[]>(
    usage: string,
    description: string,
    shape: OptionShape,
    act: (collected: Record<string, unknown>, ...args: A) => Status,
  ): Command {
    return this.#add(this.program, usage, description, shape, act);
  }

  #add<A extends readonly unknown[]>(
    parent: Command,
    usage: string,
    description: string,
    shape: OptionShape,
    act: (collected: Record<string, unknown>, ...args: A) => Status,
  ): Command {
    const command = addFlags(parent.command(usage).description(description), { ...shape, debug: debugSchema });
    // commander passes the arguments, then the options, then the command.
    return command.action(async (...given: unknown[]) => {
      this.status = await act(command.opts(), ...given.slice(0, -2) as unknown as A);
    });
  }
}
