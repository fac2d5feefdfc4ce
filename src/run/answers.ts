/** What the trainer answers to each command, by where the run stands: what was asked, and when it takes effect. */
import type { PhaseName } from "../events.ts";
import type { Command } from "../protocol.ts";
import type { Control } from "../training/control.ts";

/** Where a run is when a command comes. */
export interface RunPosition {
  readonly phase: PhaseName;
  readonly ended: boolean;
}

export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

const STOP: Record<PhaseName, string> = {
  prepare: "stops now; nothing to save yet",
  extract: "stops now; the features made so far stay in the cache",
  train: "stops after this batch, saved",
};

const PAUSE: Record<PhaseName, string> = {
  prepare: "pauses when set-up is done",
  extract: "paused; at most one batch of features is computed again",
  train: "pauses after this batch, saved",
};

/** Carries a command over to the run's control and says what will come of it. */
export function answer(command: Command, position: RunPosition, control: Control): Answer {
  if (position.ended) return { ok: false, text: "the run has ended" };
  switch (command.type) {
    case "stop":
      control.requestStop(command.signal ? { signal: command.signal } : {});
      return { ok: true, text: STOP[position.phase] };
    case "checkpoint":
      if (position.phase !== "train") return { ok: false, text: "nothing to save yet: training has not begun" };
      control.requestCheckpoint("manual");
      return { ok: true, text: "checkpoint after this batch" };
    case "pause":
      if (control.paused) return { ok: false, text: "paused already" };
      control.setPaused(true);
      return { ok: true, text: PAUSE[position.phase] };
    case "resume":
      if (!control.paused) return { ok: false, text: "not paused" };
      control.setPaused(false);
      return { ok: true, text: "goes on" };
  }
}
