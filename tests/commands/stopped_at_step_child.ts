/**
 * Goes on with a run and asks for its stop after a number of steps: `stopped_at_step_child.ts RUN REQUEST STEPS`. Exits
 * with the trainer's status.
 */
import { runDirectory } from "../../src/run/folder/directory.ts";
import { resumeRequestSchema } from "../../src/run/resume/request.ts";
import { runTrainer } from "../../src/run/trainer.ts";
import { Control, type RequestedCheckpoint } from "../../src/training/control.ts";

const [run = "", request = "", steps = ""] = Deno.args;

/** The training loop of a resumed run looks for requested checkpoints before each step. */
class StopsAtStep extends Control {
  #left = Number(steps);

  override takeCheckpoints(): RequestedCheckpoint[] {
    if (this.#left-- === 0) this.requestStop({ signal: "SIGTERM" });
    return super.takeCheckpoints();
  }
}

const resume = resumeRequestSchema.parse(JSON.parse(request));
Deno.exit(await runTrainer(runDirectory(run), { control: new StopsAtStep(), resume }));
