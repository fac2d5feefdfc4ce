/** The command line, with one entry per command. Each command imports only the part of the program that it needs. */
import "../interpreted_schemas.ts";
import process from "node:process";
import project from "../../deno.json" with { type: "json" };
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { bases, DEFAULT_BASE } from "../bases/bases.ts";
import {
  checkpointSchema,
  clearFlagsSchema,
  downloadOnlySchema,
  exportFlagsSchema,
  extractFlagsSchema,
  jsonSchema,
  modelFlags,
  otherDataSchema,
  outSchema,
  predictFlagsSchema,
  readOnlySchema,
  reportOutSchema,
  slurmFlagsSchema,
  termSchema,
  trainViewFlagsSchema,
  viewFlagsSchema,
  yesSchema,
} from "./command_flags.ts";
import { define, defineRaw } from "./define.ts";
import { complain, print, writeOut } from "./output.ts";
import { givenFlags, readFlags } from "./flags.ts";
import { StoppedError } from "./stoppable.ts";
import { resumeFlags } from "./resume_flags.ts";
import { refuseSeveralBases, runsToStart } from "./series_options.ts";
import { unknownOptionLine } from "./unknown_option.ts";
import { EXTRACT_FLAGS, MODEL_FLAGS, TRAIN_FLAGS, trainOptions } from "./train_options.ts";
import { runOptionsSchema, runsFolderSchema } from "../config.ts";
import { METRICS } from "../metrics.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { surviveSizeLimit } from "../files/size_limit.ts";
import { cacheRoot, ignoredFolders } from "../paths.ts";
import { stripControl } from "../text.ts";

const program = new Command("headlight")
  .description(`Transfer learning on a frozen ${bases[DEFAULT_BASE].displayName}, live in your terminal`)
  .version(project.version)
  .exitOverride()
  .enablePositionalOptions()
  .configureOutput({ writeOut, writeErr: () => {} });

let status = 0;
const runs = runsFolderSchema;
type Run = [run: string | undefined];

defineRaw(
  program,
  "train",
  "train the lesson's model and watch it live in the terminal",
  TRAIN_FLAGS,
  async (collected) => {
    await sayLostSignals();
    const flags = resumeFlags(collected);
    if (flags !== null) {
      const { resume } = await import("./resume.ts");
      status = await resume(collected, flags);
      return;
    }
    const { list, view, taken } = await runsToStart(collected);
    if (taken !== null && !view.json) complain(taken);
    if (list.length > 1) {
      const { trainSeries } = await import("./train_series.ts");
      status = await trainSeries(list, view);
      return;
    }
    if (view.detach) {
      const { trainDetached } = await import("./train_detached.ts");
      status = await trainDetached(list[0], view, print);
      return;
    }
    const { train } = await import("./train.ts");
    status = await train(list[0], view);
  },
);

defineRaw(
  program,
  "extract",
  "compute the features that train needs into the cache, all or one share of them, and exit",
  EXTRACT_FLAGS,
  async (collected) => {
    const { list, taken } = await runsToStart(collected);
    const flags = readFlags(extractFlagsSchema, collected);
    if (taken !== null) complain(taken);
    await sayLostSignals();
    const { extract } = await import("./extract.ts");
    for (const options of list) status = await extract(options, flags, print);
  },
);

define(
  program,
  "slurm [words...]",
  "write the script of Slurm jobs that compute features and train: slurm --array 32 -- train …",
  slurmFlagsSchema,
  async (flags, ...[words]: [words: string[]]) => {
    const { slurm } = await import("./slurm.ts");
    status = await slurm(words, flags, print);
  },
  // Whatever comes after `train` belongs to it, also without `--`.
).passThroughOptions().allowUnknownOption();

const watchCommand = define(
  program,
  "watch [run] [beside]",
  "watch a live run, or replay a finished one; a second run's curves are drawn over the first one's",
  viewFlagsSchema.safeExtend({ runs, read_only: readOnlySchema }),
  async ({ runs, ...flags }, ...[run, beside]: [...Run, beside: string | undefined]) => {
    const { watch } = await import("./watch.ts");
    status = await watch({ run, beside, more: watchCommand.args.slice(2) }, runs, flags);
  },
  // `watch` itself says what shows more than two runs.
).allowExcessArguments();

define(
  program,
  "stop [run]",
  "stop a live run after its current step and save a checkpoint",
  z.object({ runs }),
  async ({ runs }, ...[run]: Run) => {
    const { stop } = await import("./send.ts");
    status = await stop(run, runs, print);
  },
);

define(
  program,
  "checkpoint [run]",
  "save a checkpoint of a live run now",
  z.object({ runs }),
  async ({ runs }, ...[run]: Run) => {
    const { checkpoint } = await import("./send.ts");
    status = await checkpoint(run, runs, print);
  },
);

define(
  program,
  "pause [run]",
  "pause a live run after its current step",
  z.object({ runs }),
  async ({ runs }, ...[run]: Run) => {
    const { pause } = await import("./send.ts");
    status = await pause(run, runs, print);
  },
);

define(
  program,
  "resume [run]",
  "let a paused run go on",
  z.object({ runs }),
  async ({ runs }, ...[run]: Run) => {
    const { resume } = await import("./send.ts");
    status = await resume(run, runs, print);
  },
);

defineRaw(
  program,
  "summary [run]",
  "print the layers of the model as Keras does, or describe a run",
  { ...MODEL_FLAGS, runs },
  async (collected, ...[run]: Run) => {
    refuseSeveralBases(collected);
    const { options } = trainOptions(collected);
    if (run !== undefined) {
      const { runSummary } = await import("./run_summary.ts");
      status = runSummary(run, options.runs, Object.keys(givenFlags(MODEL_FLAGS, collected)), print);
      return;
    }
    const { summary, summaryOptions } = await import("./summary.ts");
    summary(await summaryOptions(options), print, undefined, process.stdout.isTTY ? process.stdout.columns : undefined);
  },
);

define(
  program,
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
    status = await evaluate(run, flags, print);
  },
);

define(
  program,
  "plot [runs...]",
  `plot ${METRICS.map(({ name }) => name).join(" and ")} over epochs, for one run or several`,
  z.object({
    out: outSchema("history.png in the run's folder"),
    term: termSchema,
    json: jsonSchema("the history of each run as one JSON object"),
    runs,
  }),
  async (flags, ...[wanted]: [runs: string[]]) => {
    const { plot } = await import("./plot.ts");
    status = await plot(wanted, flags, print);
  },
);

define(
  program,
  "compare [runs...]",
  "compare several runs in one plot and one table, and say whether they differ by more than chance",
  z.object({ runs, json: jsonSchema("one JSON object") }),
  async (flags, ...[wanted]: [runs: string[]]) => {
    const { compare } = await import("./compare.ts");
    status = await compare(wanted, flags, print);
  },
);

define(
  program,
  "report [runs...]",
  "write one HTML page about a run, or about several runs compared, that can be read and passed on without Headlight",
  z.object({ out: reportOutSchema, runs }),
  async (flags, ...[wanted]: [runs: string[]]) => {
    const { report } = await import("./report.ts");
    status = await report(wanted, flags, print);
  },
);

define(
  program,
  "predict [run] [images...]",
  "predict the classes of images (files, folders, or - to read a list) with a run, by default the newest",
  predictFlagsSchema,
  async (flags, ...[run, images]: [...Run, images: string[]]) => {
    const { predict } = await import("./predict.ts");
    status = await predict(run === undefined ? [] : [run, ...images], flags, print);
  },
);

define(
  program,
  "export [run]",
  "write a trained model for other programs, whole: preprocessing, base, head and class names",
  exportFlagsSchema,
  async (flags, ...[run]: Run) => {
    const { exportModel } = await import("./export.ts");
    status = await exportModel(run, flags, print);
  },
);

define(
  program,
  "lesson",
  "train the lesson's models from start to end, and show the results beside the lesson's own",
  trainViewFlagsSchema.safeExtend({ runs }),
  async (flags) => {
    const { lesson } = await import("./lesson.ts");
    status = await lesson(flags);
  },
);

const runsFlags = z.object({ runs, json: jsonSchema("one run per line") });
// The options of `runs` and `cache` may also stand behind their subcommands. Otherwise these would inherit what `slurm`
// needs: that options behind a command belong to that command.
const runsCommand = define(
  program,
  "runs",
  "list the runs, newest first",
  runsFlags,
  async (flags) => {
    const { runs } = await import("./runs.ts");
    status = await runs(flags.runs, flags.json, print);
  },
).enablePositionalOptions(false);

define(
  runsCommand,
  "rm [run...]",
  "remove runs permanently, after asking for confirmation",
  z.object({ yes: yesSchema }),
  async ({ yes }, ...[wanted]: [runs: string[]]) => {
    const { runs, json } = readFlags(runsFlags, runsCommand.opts());
    if (json) throw new HeadlightError("--json cannot be combined with runs rm. Remove it.");
    const { removeNamedRuns, terminalDialog } = await import("./remove_runs.ts");
    status = await removeNamedRuns(wanted, { runs, yes }, terminalDialog(print));
  },
);

define(
  program,
  "bases",
  "list the networks for --base, and which published weights are already on this machine",
  z.object({ json: jsonSchema("one base a line") }),
  async ({ json }) => {
    const { listBases } = await import("./bases.ts");
    status = listBases(json, print);
  },
);

define(
  program,
  "engine [name]",
  "list the engines and how fast they are here; with a name, set that one up and measure it",
  z.object({
    json: jsonSchema("one engine per line"),
    tensorflow: runOptionsSchema.shape.tensorflow,
    gpu: runOptionsSchema.shape.gpu,
    tf32: runOptionsSchema.shape.tf32,
    download_only: downloadOnlySchema,
  }),
  async (flags, ...[name]: [name: string | undefined]) => {
    const { engine } = await import("./engine.ts");
    status = await engine(name, flags, print);
  },
);

define(program, "doctor", "check what this machine has, what is missing, and how to fix it", z.object({}), async () => {
  const { doctor } = await import("./doctor.ts");
  status = await doctor(print);
});

const cacheFlags = z.object({ json: jsonSchema("one entry per line") });
const cacheCommand = define(
  program,
  "cache",
  "show what the machine-wide cache contains, and when it was last used",
  cacheFlags,
  async ({ json }) => {
    const { cache } = await import("./cache.ts");
    const { findOutAboutLocks } = await import("../files/lock_ability.ts");
    await findOutAboutLocks(cacheRoot());
    status = cache(json, print);
  },
).enablePositionalOptions(false);

define(
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
    status = cacheClear(flags, terminalDialog(print));
  },
);

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
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.unknownOption") {
      const commands = program.commands.map((command) => ({
        name: command.name(),
        options: command.options.flatMap(({ long }) => long ?? []),
      }));
      error.message = unknownOptionLine(error.message, args[0] ?? "", commands);
    }
    return report(error);
  }
}

/** Warns if this is started in a Slurm job in a way that Slurm's signals do not reach it. */
async function sayLostSignals(): Promise<void> {
  if (Deno.env.get("SLURM_JOB_ID") === undefined) return;
  const { warnOfLostSignals } = await import("../cluster/signal_reach.ts");
  const warning = await warnOfLostSignals();
  if (warning !== null) complain(warning);
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
