/** The command line: one entry per command; each loads its own part of the program only. */
// Before everything else: what SIGHUP was inherited as cannot be seen any more once anything listens for a signal.
import { DEAF_TO_HANG_UP } from "./src/dashboard/session/hang_up.ts";
import { ignoreForGood } from "./src/no_debugger.ts";
import process from "node:process";
import project from "./deno.json" with { type: "json" };
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { bases, DEFAULT_BASE } from "./src/bases/bases.ts";
import {
  checkpointSchema,
  jsonSchema,
  otherDataSchema,
  outSchema,
  readOnlySchema,
  termSchema,
  topSchema,
  viewFlagsSchema,
  yesSchema,
} from "./src/commands/command_flags.ts";
import { define, defineRaw } from "./src/commands/define.ts";
import { complain, print, writeOut } from "./src/commands/output.ts";
import { givenFlags, readFlags } from "./src/commands/flags.ts";
import { MODEL_FLAGS, TRAIN_FLAGS, trainOptions } from "./src/commands/train_options.ts";
import { runsFolderSchema } from "./src/config.ts";
import { METRICS } from "./src/metrics.ts";
import { errorLine, HeadlightError } from "./src/errors.ts";
import { surviveSizeLimit } from "./src/files/size_limit.ts";
import { ignoredFolders } from "./src/paths.ts";
import { stripControl } from "./src/text.ts";

// Deno listens for SIGHUP by now, and would end a command that does not.
if (DEAF_TO_HANG_UP) ignoreForGood("SIGHUP");

const program = new Command("headlight")
  .description(`Transfer learning on a frozen ${bases[DEFAULT_BASE].displayName}, live in your terminal`)
  .version(project.version)
  .exitOverride()
  .configureOutput({ writeOut, writeErr: () => {} });

let status = 0;
const runs = runsFolderSchema;
type Run = [run: string | undefined];

defineRaw(program, "train", "train the lesson's model, live in the terminal", TRAIN_FLAGS, async (collected) => {
  const { options, view } = trainOptions(collected);
  const { train } = await import("./src/commands/train.ts");
  status = await train(options, view);
});

define(
  program,
  "watch [run] [beside]",
  "attach to a live run, or replay a finished one; two: one over the other",
  viewFlagsSchema.safeExtend({ runs, read_only: readOnlySchema }),
  async ({ runs, ...flags }, ...[run, beside]: [...Run, beside: string | undefined]) => {
    const { watch } = await import("./src/commands/watch.ts");
    status = await watch({ run, beside }, runs, flags);
  },
);

define(
  program,
  "stop [run]",
  "stop a live run after its current batch, saved",
  z.object({ runs }),
  async ({ runs }, ...[run]: Run) => {
    const { stop } = await import("./src/commands/send.ts");
    status = await stop(run, runs, print);
  },
);

define(
  program,
  "checkpoint [run]",
  "have a live run write a checkpoint now",
  z.object({ runs }),
  async ({ runs }, ...[run]: Run) => {
    const { checkpoint } = await import("./src/commands/send.ts");
    status = await checkpoint(run, runs, print);
  },
);

defineRaw(
  program,
  "summary [run]",
  "the model, or a run, layer by layer, as Keras prints it",
  { ...MODEL_FLAGS, runs },
  async (collected, ...[run]: Run) => {
    const { options } = trainOptions(collected);
    if (run !== undefined) {
      const { runSummary } = await import("./src/commands/run_summary.ts");
      status = runSummary(run, options.runs, Object.keys(givenFlags(MODEL_FLAGS, collected)), print);
      return;
    }
    const { summary } = await import("./src/commands/summary.ts");
    summary(options, print, undefined, process.stdout.isTTY ? process.stdout.columns : undefined);
  },
);

define(
  program,
  "evaluate [run]",
  "how good a run is, on its validation set or on other images",
  z.object({
    data: otherDataSchema,
    checkpoint: checkpointSchema,
    runs,
    out: outSchema("confusion-NAME.png in the run's folder"),
    json: jsonSchema("one JSON object"),
  }),
  async (flags, ...[run]: Run) => {
    const { evaluate } = await import("./src/commands/evaluate.ts");
    status = await evaluate(run, flags, print);
  },
);

define(
  program,
  "plot [runs...]",
  `${METRICS.map(({ name }) => name).join(" and ")} over epochs, of one run or several over each other`,
  z.object({ out: outSchema("history.png in the run's folder"), term: termSchema, runs }),
  async (flags, ...[wanted]: [runs: string[]]) => {
    const { plot } = await import("./src/commands/plot.ts");
    status = await plot(wanted, flags, print);
  },
);

define(
  program,
  "predict [run] [images...]",
  "what a run, or the newest one, takes images for: files, folders, - for a list",
  z.object({ top: topSchema, checkpoint: checkpointSchema, runs, json: jsonSchema("one JSON object an image") }),
  async (flags, ...[run, images]: [...Run, images: string[]]) => {
    const { predict } = await import("./src/commands/predict.ts");
    status = await predict(run === undefined ? [] : [run, ...images], flags, print);
  },
);

const runsFlags = z.object({ runs, json: jsonSchema("one run a line") });
const runsCommand = define(
  program,
  "runs",
  "the runs, newest first",
  runsFlags,
  async (flags) => {
    const { runs } = await import("./src/commands/runs.ts");
    status = await runs(flags.runs, flags.json, print);
  },
);

define(
  runsCommand,
  "rm <run...>",
  "remove runs for good, after asking",
  z.object({ yes: yesSchema }),
  async ({ yes }, ...[wanted]: [runs: string[]]) => {
    const { runs, json } = readFlags(runsFlags, runsCommand.opts());
    if (json) throw new HeadlightError("runs rm has no --json: leave it out");
    const { removeNamedRuns, terminalDialog } = await import("./src/commands/remove_runs.ts");
    status = removeNamedRuns(wanted, { runs, yes }, terminalDialog(print));
  },
);

define(
  program,
  "bases",
  "the frozen bases, and whose weights are here",
  z.object({ json: jsonSchema("one base a line") }),
  async ({ json }) => {
    const { listBases } = await import("./src/commands/bases.ts");
    status = listBases(json, print);
  },
);

define(program, "doctor", "what this machine has, what is missing, and the remedy", z.object({}), async () => {
  const { doctor } = await import("./src/commands/doctor.ts");
  status = await doctor(print);
});

const cacheCommand = define(program, "cache", "what the machine-wide cache holds", z.object({}), async () => {
  const { cache } = await import("./src/commands/cache.ts");
  status = cache(print);
});

define(cacheCommand, "clear", "remove what this version cannot use", z.object({}), async () => {
  const { cacheClear } = await import("./src/commands/cache.ts");
  status = cacheClear(print);
});

surviveSizeLimit();
for (const line of ignoredFolders()) complain(stripControl(line));
try {
  if (Deno.args.length > 0) await program.parseAsync(Deno.args, { from: "user" });
  else {
    program.outputHelp();
    status = 2;
  }
} catch (error) {
  status = report(error);
}
Deno.exit(status);

/** Says what went wrong in one line; --debug adds the stack. Returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // The reader closed the pipe (`| head`), so there is nowhere to report an error.
  if (error instanceof Deno.errors.BrokenPipe) return 1;
  complain(errorLine(error).replace(/^error: /, ""));
  if (Deno.args.includes("--debug") && error instanceof Error) console.error(error.stack);
  if (error instanceof HeadlightError) return error.exitStatus;
  return error instanceof CommanderError ? 2 : 1;
}
