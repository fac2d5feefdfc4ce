/**
 * Creates a run and trains it without a viewer: `trainer_child.ts RUNS OPTIONS ALONE`, the latter two as JSON. Exits with
 * the trainer's status. SIGTERM stops the run.
 */
import process from "node:process";
import { runOptionsSchema } from "../../src/config.ts";
import { newRun } from "../../src/commands/train.ts";
import { runTrainer } from "../../src/run/trainer.ts";
import { Control } from "../../src/training/control.ts";

const [runs = "", options = "", alone = ""] = Deno.args;
const control = new Control();
process.on("SIGTERM", () => control.requestStop({ signal: "SIGTERM" }));
const run = newRun(runOptionsSchema.parse({ ...JSON.parse(options), runs }));
Deno.exit(await runTrainer(run, { control, alone: JSON.parse(alone) }));
