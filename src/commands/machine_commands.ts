/** The commands about what is on this machine. */
import { z } from "zod";
import { clearFlagsSchema, downloadOnlySchema, jsonSchema, yesSchema } from "./command_flags.ts";
import type { CommandSet } from "./command_set.ts";
import { runOptionsSchema, runsFolderSchema as runs } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { readFlags } from "./flags.ts";
import { print } from "./output.ts";
import { cacheRoot } from "../paths.ts";

/** Adds the commands about what is on this machine. */
export function addMachineCommands(commands: CommandSet): void {
  const runsFlags = z.object({ runs, json: jsonSchema("one JSON object per run") });
  // The options of `runs` and `cache` may also stand behind their subcommands. Otherwise these would inherit what
  // `slurm` needs: that options behind a command belong to that command.
  const runsCommand = commands.define(
    "runs",
    "list the runs, newest first",
    runsFlags,
    async (flags) => {
      const { runs } = await import("./runs.ts");
      return await runs(flags.runs, flags.json, print);
    },
  ).enablePositionalOptions(false);

  commands.defineBelow(
    runsCommand,
    "rm [run...]",
    "remove runs permanently, after asking for confirmation",
    z.object({ yes: yesSchema }),
    async ({ yes }, ...[wanted]: [runs: string[]]) => {
      const { runs, json } = readFlags(runsFlags, runsCommand.opts());
      if (json) throw new HeadlightError("--json cannot be combined with runs rm. Remove it.");
      const { removeNamedRuns, terminalDialog } = await import("./remove_runs.ts");
      return await removeNamedRuns(wanted, { runs, yes }, terminalDialog(print));
    },
  );

  commands.define(
    "bases",
    "list the networks for --base, and which published weights are already on this machine",
    z.object({ json: jsonSchema("one JSON object per base") }),
    async ({ json }) => {
      const { listBases } = await import("./bases.ts");
      return listBases(json, print);
    },
  );

  commands.define(
    "engine [name]",
    "list the engines and how fast they are here; with a name, set that one up and measure it",
    z.object({
      json: jsonSchema("one JSON object per engine"),
      tensorflow: runOptionsSchema.shape.tensorflow,
      gpu: runOptionsSchema.shape.gpu,
      tf32: runOptionsSchema.shape.tf32,
      download_only: downloadOnlySchema,
    }),
    async (flags, ...[name]: [name: string | undefined]) => {
      const { engine } = await import("./engine.ts");
      return await engine(name, flags, print);
    },
  );

  commands.define(
    "doctor",
    "check what this machine has, what is missing, and how to fix it",
    z.object({}),
    async () => {
      const { doctor } = await import("./doctor.ts");
      return await doctor(print);
    },
  );

  const cacheFlags = z.object({ json: jsonSchema("one JSON object per entry") });
  const cacheCommand = commands.define(
    "cache",
    "show what the machine-wide cache contains, and when it was last used",
    cacheFlags,
    async ({ json }) => {
      const { cache } = await import("./cache.ts");
      const { findOutAboutLocks } = await import("../files/lock_ability.ts");
      await findOutAboutLocks(cacheRoot());
      return cache(json, print);
    },
  ).enablePositionalOptions(false);

  commands.defineBelow(
    cacheCommand,
    "clear",
    "delete the cached files that this version cannot use; with --older or --all also those that it can",
    clearFlagsSchema,
    async (flags) => {
      if (readFlags(cacheFlags, cacheCommand.opts()).json) {
        throw new HeadlightError("--json cannot be combined with cache clear. Remove it.");
      }
      const { cacheClear, refuseWithoutLocks } = await import("./cache_clear.ts");
      const { terminalDialog } = await import("./remove_runs.ts");
      await refuseWithoutLocks();
      return cacheClear(flags, terminalDialog(print));
    },
  );
}
