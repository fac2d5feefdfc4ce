/** The commands that use what was trained. */
import process from "node:process";
import { z } from "zod";
import {
  checkpointSchema,
  exportFlagsSchema,
  jsonSchema,
  modelFlags,
  otherDataSchema,
  outSchema,
  predictFlagsSchema,
  reportOutSchema,
  termSchema,
} from "./command_flags.ts";
import type { CommandSet } from "./command_set.ts";
import { runsFolderSchema as runs } from "../config.ts";
import { givenFlags } from "./flags.ts";
import { METRICS } from "../metrics.ts";
import { print } from "./output.ts";
import { refuseSeveralBases } from "./series_options.ts";
import { MODEL_FLAGS, trainOptions } from "./train_options.ts";

type Run = [run: string | undefined];

/** Adds the commands that use what was trained. */
export function addResultCommands(commands: CommandSet): void {
  commands.defineRaw(
    "summary [run]",
    "print the layers of the model as Keras does, or describe a run",
    { ...MODEL_FLAGS, runs },
    async (collected, ...[run]: Run) => {
      refuseSeveralBases(collected);
      const { options } = trainOptions(collected);
      if (run !== undefined) {
        const { runSummary } = await import("./run_summary.ts");
        return runSummary(run, options.runs, Object.keys(givenFlags(MODEL_FLAGS, collected)), print);
      }
      const { summary, summaryOptions } = await import("./summary.ts");
      summary(
        await summaryOptions(options),
        print,
        undefined,
        process.stdout.isTTY ? process.stdout.columns : undefined,
      );
      return 0;
    },
  );

  commands.define(
    "evaluate [run]",
    "evaluate a run on its validation set or on other images, or a model from a file",
    z.object({
      data: otherDataSchema,
      checkpoint: checkpointSchema,
      runs,
      out: outSchema("confusion-NAME.png in the run's folder; for a model, none"),
      json: jsonSchema("one JSON object"),
      ...modelFlags,
    }),
    async (flags, ...[run]: Run) => {
      const { evaluate } = await import("./evaluate.ts");
      return await evaluate(run, flags, print);
    },
  );

  commands.define(
    "plot [runs...]",
    `plot ${METRICS.map(({ name }) => name).join(" and ")} over epochs, for one run or several`,
    z.object({
      out: outSchema("history.png in the run's folder"),
      term: termSchema,
      json: jsonSchema("one JSON object per run, with its history,"),
      runs,
    }),
    async (flags, ...[wanted]: [runs: string[]]) => {
      const { plot } = await import("./plot.ts");
      return await plot(wanted, flags, print);
    },
  );

  commands.define(
    "compare [runs...]",
    "compare several runs in one plot and one table, and say whether they differ by more than chance",
    z.object({ runs, json: jsonSchema("one JSON object") }),
    async (flags, ...[wanted]: [runs: string[]]) => {
      const { compare } = await import("./compare.ts");
      return await compare(wanted, flags, print);
    },
  );

  commands.define(
    "report [runs...]",
    "write one HTML page about a run, or about several runs compared, that can be read and passed on without Headlight",
    z.object({ out: reportOutSchema, runs }),
    async (flags, ...[wanted]: [runs: string[]]) => {
      const { report } = await import("./report.ts");
      return await report(wanted, flags, print);
    },
  );

  commands.define(
    "predict [run] [images...]",
    "predict the classes of images (files, folders, or - to read a list) with a run, by default the newest",
    predictFlagsSchema,
    async (flags, ...[run, images]: [...Run, images: string[]]) => {
      const { predict } = await import("./predict.ts");
      return await predict(run === undefined ? [] : [run, ...images], flags, print);
    },
  );

  commands.define(
    "export [run]",
    "write a trained model for other programs, whole: preprocessing, base, head and class names",
    exportFlagsSchema,
    async (flags, ...[run]: Run) => {
      const { exportModel } = await import("./export.ts");
      return await exportModel(run, flags, print);
    },
  );
}
