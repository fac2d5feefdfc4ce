/**
 * The trainer process: `trainer_main.ts RUN_DIRECTORY [--owner PID] [--found-data] [--resume REQUEST] [--detached]`.
 * launch.ts starts it in a session of its own. It listens for signals before it loads the trainer, which takes a third
 * of a second.
 */
import "../no_debugger.ts";
import "../interpreted_schemas.ts";
import process from "node:process";
import { parseArgs } from "node:util";
import { errorLine, HeadlightError } from "../errors.ts";
import { surviveSizeLimit } from "../files/size_limit.ts";
import { STOP_SIGNALS } from "../stop_signals.ts";
import { Control } from "../training/control.ts";
import { runDirectory } from "./folder/directory.ts";

const control = new Control();
for (const signal of STOP_SIGNALS) process.on(signal, () => control.requestStop({ signal }));
// The run continues when the terminal from which it was started closes.
process.on("SIGHUP", () => {});
surviveSizeLimit();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  // With --found-data, the data that the command found under --data is read from standard input.
  options: {
    owner: { type: "string" },
    "found-data": { type: "boolean", default: false },
    // What to go on with, as JSON.
    resume: { type: "string" },
    detached: { type: "boolean", default: false },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error("trainer_main.ts needs a run directory");

const [{ runTrainer }, { readFoundData }, { resumeRequestSchema }] = await Promise.all([
  import("./trainer.ts"),
  import("./found_data.ts"),
  import("./resume/request.ts"),
]);
const status = await runTrainer(runDirectory(path), {
  control,
  ownerPid: values.owner === undefined ? undefined : Number(values.owner),
  findData: values["found-data"] ? () => readFoundData(Deno.stdin.readable) : undefined,
  resume: values.resume === undefined ? undefined : resumeRequestSchema.parse(JSON.parse(values.resume)),
  alone: { detached: values.detached },
}).catch((error) => {
  console.error(errorLine(error));
  return error instanceof HeadlightError ? error.exitStatus : 1;
});
endDescendants();
Deno.exit(status);

/**
 * Ends child processes of an interrupted set-up step (a compiler, pip). The trainer leads its own session and process
 * group, so one signal reaches them all. The trainer itself has a handler for the signal and is not ended by it.
 */
function endDescendants(): void {
  try {
    process.kill(-process.pid, "SIGTERM");
  } catch {
    // The process is not a group leader, so it was started by hand and has no child processes to end.
  }
}
