/** The commands for a run that is being trained. */
import type { Command } from "commander";
import { z } from "zod";
import { readOnlySchema, viewFlagsSchema } from "./command_flags.ts";
import type { CommandSet } from "./command_set.ts";
import { runsFolderSchema as runs } from "../config.ts";
import { print } from "./output.ts";
import type { Sent } from "./send.ts";

type Run = [run: string | undefined];

/** The commands that are sent to the run's trainer. */
const SENT: readonly { readonly name: Sent; readonly description: string }[] = [
  { name: "stop", description: "stop a live run after its current step and save a checkpoint" },
  { name: "checkpoint", description: "save a checkpoint of a live run now" },
  { name: "pause", description: "pause a live run after its current step" },
  { name: "resume", description: "let a paused run go on" },
];

/** Adds the commands for a run that is being trained. */
export function addLiveCommands(commands: CommandSet): void {
  const watchCommand: Command = commands.define(
    "watch [run] [beside]",
    "watch a live run, or replay a finished one; a second run's curves are drawn over the first one's",
    viewFlagsSchema.safeExtend({ runs, read_only: readOnlySchema }),
    async ({ runs, ...flags }, ...[run, beside]: [...Run, beside: string | undefined]) => {
      const { watch } = await import("./watch.ts");
      return await watch({ run, beside, more: watchCommand.args.slice(2) }, runs, flags);
    },
    // `watch` itself says what shows more than two runs.
  ).allowExcessArguments();

  for (const { name, description } of SENT) {
    commands.define(`${name} [run]`, description, z.object({ runs }), async ({ runs }, ...[run]: Run) => {
      const { send } = await import("./send.ts");
      return await send(name, run, runs, print);
    });
  }
}
