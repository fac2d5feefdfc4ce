/** The commands that train, or prepare it. */
import { complain, print } from "./output.ts";
import { extractFlagsSchema, slurmFlagsSchema, trainViewFlagsSchema } from "./command_flags.ts";
import type { CommandSet } from "./command_set.ts";
import { runsFolderSchema } from "../config.ts";
import { readFlags } from "./flags.ts";
import { resumeFlags } from "./resume_flags.ts";
import { runsToStart } from "./series_options.ts";
import { EXTRACT_FLAGS, TRAIN_FLAGS } from "./train_options.ts";

/** Adds the commands that train, or prepare it. */
export function addTrainingCommands(commands: CommandSet): void {
  commands.defineRaw(
    "train",
    "train the lesson's model and watch it live in the terminal",
    TRAIN_FLAGS,
    async (collected) => {
      await sayLostSignals();
      const flags = resumeFlags(collected);
      if (flags !== null) {
        const { resume } = await import("./resume.ts");
        return await resume(collected, flags);
      }
      const { list, view, taken } = await runsToStart(collected);
      if (taken !== null && !view.json) complain(taken);
      if (list.length > 1) {
        const { trainSeries } = await import("./train_series.ts");
        return await trainSeries(list, view);
      }
      if (view.detach) {
        const { trainDetached } = await import("./train_detached.ts");
        return await trainDetached(list[0], view, print);
      }
      const { train } = await import("./train.ts");
      return await train(list[0], view);
    },
  );

  commands.defineRaw(
    "extract",
    "compute the features that train needs into the cache, all or one share of them, and exit",
    EXTRACT_FLAGS,
    async (collected) => {
      const { list, taken } = await runsToStart(collected);
      const flags = readFlags(extractFlagsSchema, collected);
      if (taken !== null) complain(taken);
      await sayLostSignals();
      const { extract } = await import("./extract.ts");
      let status = 0;
      for (const options of list) status = await extract(options, flags, print);
      return status;
    },
  );

  commands.define(
    "slurm [words...]",
    "write the script of Slurm jobs that compute features and train: slurm --array 32 -- train …",
    slurmFlagsSchema,
    async (flags, ...[words]: [words: string[]]) => {
      const { slurm } = await import("./slurm.ts");
      return await slurm(words, flags, print);
    },
    // Whatever comes after `train` belongs to it, also without `--`.
  ).passThroughOptions().allowUnknownOption();

  commands.define(
    "lesson",
    "train the lesson's models from start to end, and show the results beside the lesson's own",
    trainViewFlagsSchema.safeExtend({ runs: runsFolderSchema }),
    async (flags) => {
      const { lesson } = await import("./lesson.ts");
      return await lesson(flags);
    },
  );
}

/** Warns if this is started in a Slurm job in a way that Slurm's signals do not reach it. */
async function sayLostSignals(): Promise<void> {
  if (Deno.env.get("SLURM_JOB_ID") === undefined) return;
  const { warnOfLostSignals } = await import("../cluster/signal_reach.ts");
  const warning = await warnOfLostSignals();
  if (warning !== null) complain(warning);
}
