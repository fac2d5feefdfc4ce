/**
 * Creates a run and trains it without a viewer: `trainer_child.ts RUNS OPTIONS ALONE [LIBRARY]`, the two in the middle as
 * JSON. LIBRARY is the libnvidia-ml from which the GPUs are read. Exits with the trainer's status. SIGTERM stops the run.
 */
import "../../src/no_debugger.ts";
import process from "node:process";
import { runOptionsSchema } from "../../src/config.ts";
import { newRun } from "../../src/commands/train.ts";
import { NvmlGpus } from "../../src/run/system/nvml_gpus.ts";
import { SmiGpus } from "../../src/run/system/smi_gpus.ts";
import { runTrainer } from "../../src/run/trainer.ts";
import { Control } from "../../src/training/control.ts";

const [runs = "", options = "", alone = "", library] = Deno.args;
const control = new Control();
process.on("SIGTERM", () => control.requestStop({ signal: "SIGTERM" }));
const run = newRun(runOptionsSchema.parse({ ...JSON.parse(options), runs }));
const gpus = library === undefined ? undefined : new NvmlGpus(new SmiGpus(), { library });
Deno.exit(await runTrainer(run, { control, alone: JSON.parse(alone), gpus }));
