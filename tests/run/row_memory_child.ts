/**
 * Creates a run and trains it without a viewer, with a memory that is handed in: `row_memory_child.ts RUNS OPTIONS
 * MAPPED_FROM_BYTES FREE_BYTES`, OPTIONS as JSON. Prints which files of the feature cache are mapped at the end, one a
 * line, and exits with the trainer's status.
 */
import "../../src/no_debugger.ts";
import { newRun } from "../../src/commands/train.ts";
import { runOptionsSchema } from "../../src/config.ts";
import { cacheRoot } from "../../src/paths.ts";
import { runTrainer } from "../../src/run/trainer.ts";
import { Control } from "../../src/training/control.ts";

const [runs = "", options = "", mappedFrom = "", free = ""] = Deno.args;
const run = newRun(runOptionsSchema.parse({ ...JSON.parse(options), runs }));
const memory = { mappedFromBytes: Number(mappedFrom), freeBytes: () => Number(free) };
const status = await runTrainer(run, { control: new Control(), memory });
// A mapped file stays mapped until the process ends.
const files = Deno.readTextFileSync("/proc/self/maps").split("\n").map((line) => line.slice(line.indexOf("/")));
for (const path of new Set(files)) if (path.startsWith(`${cacheRoot()}/features/`)) console.log(path);
Deno.exit(status);
