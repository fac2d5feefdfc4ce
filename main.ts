/** The command line: one entry per command; each loads its own part of the program only. */
// First: see there.
import "./src/dashboard/session/hang_up.ts";
import process from "node:process";
import { Command, CommanderError } from "commander";
import { errorLine, HeadlightError } from "./src/errors.ts";
import { addTrainFlags, trainOptions, viewFlags } from "./src/commands/train_options.ts";

const program = new Command("headlight")
  .description("Transfer learning on a frozen DenseNet121, live in your terminal")
  .version("0.1.0")
  .exitOverride()
  .configureOutput({ writeErr: () => {} });

let status = 0;
const print = (line: string) => console.log(line);

addTrainFlags(program.command("train").description("train the lesson's model, live in the terminal"))
  .action(async (collected: Record<string, unknown>) => {
    const { options, view } = trainOptions(collected);
    const { train } = await import("./src/commands/train.ts");
    status = await train(options, view);
  });

program.command("watch [run] [beside]").description(
  "attach to a live run, or replay a finished one; two: one over the other",
)
  .option("--runs <DIR>", "where runs are kept", "runs")
  .option("--plain", "plain lines instead of the dashboard")
  .option("--json", "one event a line on standard output")
  .option("--fps <N>", "frames a second of the dashboard, at most (default: 4)")
  .option("--read-only", "only look: no key commands the trainer")
  .action(async (run: string | undefined, beside: string | undefined, { runs, ...flags }) => {
    const { watch } = await import("./src/commands/watch.ts");
    status = await watch({ run, beside }, runs, viewFlags(flags));
  });

program.command("stop [run]").description("stop a live run after its current batch, saved")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .action(async (run: string | undefined, { runs }) => {
    const { stop } = await import("./src/commands/send.ts");
    status = await stop(run, runs, print);
  });

program.command("checkpoint [run]").description("have a live run write a checkpoint now")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .action(async (run: string | undefined, { runs }) => {
    const { checkpoint } = await import("./src/commands/send.ts");
    status = await checkpoint(run, runs, print);
  });

const MODEL_FLAGS = ["--base", "--size", "--pooling", "--hidden", "--dropout"];
const summaryCommand = program.command("summary [run]").description(
  "the model, or a run, layer by layer, as Keras prints it",
);
addTrainFlags(summaryCommand, [...MODEL_FLAGS, "--runs"])
  .action(async (run: string | undefined, collected: Record<string, unknown>) => {
    const { options } = trainOptions(collected);
    if (run !== undefined) {
      const { runSummary } = await import("./src/commands/run_summary.ts");
      const given = Object.keys(collected).filter((name) => name !== "runs" && name !== "debug");
      status = runSummary(run, options.runs, given, print);
      return;
    }
    const { summary } = await import("./src/commands/summary.ts");
    summary(options, print, undefined, process.stdout.isTTY ? process.stdout.columns : undefined);
  });

program.command("evaluate [run]").description("how good a run is, on its validation part or on other pictures")
  .option("--data <DIR>", "a folder of pictures or .npy files to judge it by (default: its own validation part)")
  .option("--checkpoint <NAME>", "best, last, final, or a name in checkpoints/", "best")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .option("--out <FILE>", "a .png or .svg file for the matrix (default: confusion-NAME.png in the run's folder)")
  .option("--json", "one JSON object on standard output")
  .action(async (run: string | undefined, { json = false, ...flags }) => {
    const { evaluate } = await import("./src/commands/evaluate.ts");
    status = await evaluate(run, { json, ...flags }, print);
  });

program.command("plot [runs...]").description("accuracy and loss over epochs, of one run or several over each other")
  .option("--out <FILE>", "a .png or .svg file (default: history.png in the run's folder)")
  .option("--term", "in the terminal")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .action(async (wanted: string[], { term = false, ...flags }) => {
    const { plot } = await import("./src/commands/plot.ts");
    status = await plot(wanted, { term, ...flags }, print);
  });

program.command("predict <run> [images...]").description("what a run takes pictures for: files, folders, - for a list")
  .option("--top <N>", "so many classes a picture", "3")
  .option("--checkpoint <NAME>", "best, last, final, or a name in checkpoints/", "best")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .option("--json", "one JSON object a picture on standard output")
  .action(async (run: string, images: string[], { json = false, top, ...flags }) => {
    const { predict } = await import("./src/commands/predict.ts");
    status = await predict(run, images, { json, top: wholeNumber("--top", top), ...flags }, print);
  });

const runsCommand = program.command("runs").description("the runs, newest first")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .option("--json", "one run a line on standard output")
  .action(async ({ runs: folder, json = false }) => {
    const { runs } = await import("./src/commands/runs.ts");
    status = await runs(folder, json, print);
  });

runsCommand.command("rm <run...>").description("remove runs for good, after asking")
  .option("--yes", "do not ask")
  .action(async (wanted: string[], _, command: Command) => {
    const { runs, yes = false, json } = command.optsWithGlobals<{ runs: string; yes?: boolean; json?: boolean }>();
    if (json) throw new HeadlightError("runs rm has no --json: leave it out");
    const { removeNamedRuns, terminalDialog } = await import("./src/commands/remove_runs.ts");
    status = removeNamedRuns(wanted, { runs, yes }, terminalDialog(print));
  });

program.command("doctor").description("what this machine has, what is missing, and the remedy")
  .action(async () => {
    const { doctor } = await import("./src/commands/doctor.ts");
    status = await doctor(print);
  });

for (const command of [...program.commands, ...runsCommand.commands]) {
  command.option("--debug", "show the stack of an error");
}

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

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new HeadlightError(`${flag} ${text}: a whole number above 0 is wanted`);
}

/** Says what went wrong in one line; --debug adds the stack. Returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // Whoever read the output has gone (`| head`): nobody is left to tell.
  if (error instanceof Deno.errors.BrokenPipe) return 1;
  console.error(`headlight: ${errorLine(error).replace(/^error: /, "")}`);
  if (Deno.args.includes("--debug") && error instanceof Error) console.error(error.stack);
  if (error instanceof HeadlightError) return error.exitStatus;
  return error instanceof CommanderError ? 2 : 1;
}
