/** The command line: one entry per command; each loads its own part of the program only. */
import { Command, CommanderError } from "commander";
import { errorLine, HeadlightError } from "./src/errors.ts";
import { addTrainFlags, trainOptions } from "./src/commands/train_options.ts";

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

program.command("watch [run]").description("attach to a live run, or replay a finished one")
  .option("--runs <DIR>", "where runs are kept", "runs")
  .option("--plain", "plain lines instead of the dashboard")
  .option("--json", "one event a line on standard output")
  .action(async (run: string | undefined, { runs, plain = false, json = false }) => {
    const { watch } = await import("./src/commands/watch.ts");
    status = await watch(run, runs, { plain, json });
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
addTrainFlags(program.command("summary").description("the model, layer by layer, as Keras prints it"), MODEL_FLAGS)
  .action(async (collected: Record<string, unknown>) => {
    const { options } = trainOptions(collected);
    const { summary } = await import("./src/commands/summary.ts");
    summary(options, print);
  });

program.command("doctor").description("what this machine has, what is missing, and the remedy")
  .action(async () => {
    const { doctor } = await import("./src/commands/doctor.ts");
    status = await doctor(print);
  });

for (const command of program.commands) command.option("--debug", "show the stack of an error");

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
  // Whoever read the output has gone (`| head`): nobody is left to tell.
  if (error instanceof Deno.errors.BrokenPipe) return 1;
  console.error(`headlight: ${errorLine(error).replace(/^error: /, "")}`);
  if (Deno.args.includes("--debug") && error instanceof Error) console.error(error.stack);
  if (error instanceof HeadlightError) return error.exitStatus;
  return error instanceof CommanderError ? 2 : 1;
}
