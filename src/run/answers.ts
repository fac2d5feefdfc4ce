/**
 * The trainer's answer to each command: what the command does and when it takes effect, depending on the phase of the
 * run.
 */
import { type DiskNeed, diskText } from "../disk.ts";
import type { PhaseName } from "../events.ts";
import type { Command } from "../protocol.ts";
import type { Control } from "../training/control.ts";

/** The state of a run when a command arrives. */
export interface RunPosition {
  readonly phase: PhaseName;
  /** Whether training has a state to save, so that a stop, a pause or a request can make a checkpoint. */
  readonly hasState: boolean;
  readonly ended: boolean;
  /** The room on a disk that the run waits for, or null. */
  readonly waitsFor?: DiskNeed | null;
}

export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

const STOP: Record<PhaseName, string> = {
  prepare: "stopping now; there is nothing to save yet",
  extract: "stopping now; the features computed so far stay in the cache",
  train: "stopping after this step; a checkpoint will be saved",
};

const PAUSE: Record<PhaseName, string> = {
  prepare: "pausing when set-up is done",
  extract: "paused; at most one batch of features has to be computed again",
  train: "pausing after this step; a checkpoint will be saved",
};

/** Before the first step is done. Whether a stop or a pause comes before or after it is not known yet. */
const BEFORE_FIRST_STEP = {
  stop: "stopping; a checkpoint will be saved if a step is done by then",
  pause: "pausing; a checkpoint will be saved if a step is done by then",
} as const;

const NOT_PAUSED = "the run is not paused";

/** Passes a command on to the run's control, and returns the answer. */
export function answer(command: Command, position: RunPosition, control: Control): Answer {
  const { phase, hasState, waitsFor } = position;
  const beforeFirstStep = phase === "train" && !hasState;
  if (position.ended) return { ok: false, text: "the run has ended" };
  switch (command.type) {
    case "stop":
      control.requestStop(command.signal ? { signal: command.signal } : {});
      if (waitsFor) return { ok: true, text: "stopping now; there is no room to save the last steps" };
      return { ok: true, text: beforeFirstStep ? BEFORE_FIRST_STEP.stop : STOP[phase] };
    case "checkpoint":
      if (phase !== "train") {
        return { ok: false, text: "training has not begun, so there is nothing to save yet" };
      }
      // The request would wait for as long as the pause lasts.
      if (beforeFirstStep && control.paused) {
        return { ok: false, text: "the run is paused before its first step, so there is nothing to save yet" };
      }
      control.requestCheckpoint("manual");
      return { ok: true, text: "saving a checkpoint after this step" };
    case "pause":
      if (control.paused) return { ok: false, text: "the run is already paused" };
      control.setPaused(true);
      return { ok: true, text: beforeFirstStep ? BEFORE_FIRST_STEP.pause : PAUSE[phase] };
    case "resume":
      if (!control.paused) {
        const text = waitsFor ? `the run goes on by itself when there is room (${diskText(waitsFor)})` : NOT_PAUSED;
        return { ok: false, text };
      }
      control.setPaused(false);
      return { ok: true, text: "resuming" };
  }
}
