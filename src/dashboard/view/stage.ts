/** The stage of a run, which decides what the middle of the screen shows. */
import type { RunState } from "../../run_state/run_state.ts";

export type Stage = "setup" | "extract" | "train";

/** Returns the stage: `train` as soon as there are curves; before that the phase decides. */
export function stageOf({ phase, epochs, end, facts }: Pick<RunState, "phase" | "epochs" | "end" | "facts">): Stage {
  if (epochs.length > 0 || phase?.name === "train") return "train";
  if (phase?.name === "extract") return "extract";
  return end && facts ? "train" : "setup";
}
