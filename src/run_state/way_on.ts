/** How a run without a trainer goes on. The one rule for lists, screens, summaries and commands. Pure. */
import type { EndReason } from "../events.ts";

/** `resume`: the run was cut short. `extend`: it reached its end and needs more epochs or more patience. */
export type WayOn = "resume" | "extend";

/** What decides whether and how a run goes on. */
export interface AtRest {
  /** Why the run ended; `lost` if its trainer exited without an end. */
  readonly reason: EndReason | "lost";
  /** Whether the run has a checkpoint. */
  readonly saved: boolean;
}

/**
 * Returns how a run goes on, or null if it cannot. A run that ended in NaN would end in it again, and a run that failed
 * before its first checkpoint has nothing to go on from. A run that was stopped or lost before its first checkpoint
 * begins its training anew, with the features that it has computed.
 */
export function wayOn({ reason, saved }: AtRest): WayOn | null {
  switch (reason) {
    case "stopped":
    case "interrupted":
    case "lost":
      return "resume";
    case "failed":
      return saved ? "resume" : null;
    case "completed":
    case "early_stopping":
      return "extend";
    case "nan":
      return null;
  }
}

/** How far a run has come that reached its end. */
export interface Reached {
  readonly reason: EndReason | "lost";
  /** The number of finished epochs. */
  readonly epochs: number;
  /** The number of epochs that the run was to train, or null if it is not known. */
  readonly planned: number | null;
  readonly patience: number;
  /** The epochs without an improvement so far. */
  readonly wait: number;
}

/** The options of `train --resume` with which a run is trained for more epochs. */
export interface Extension {
  /** The number of all epochs, with those that are finished. */
  readonly epochs?: number;
  readonly patience?: number;
}

/**
 * Returns the usual extension of a run: twice its epochs if it has trained them all, and enough patience if early
 * stopping ended it.
 */
export function usualExtension({ reason, epochs, planned, patience, wait }: Reached): Extension {
  const stopped = reason === "early_stopping";
  const trainedAll = !stopped || (planned !== null && epochs >= planned);
  return {
    ...(trainedAll ? { epochs: 2 * Math.max(1, epochs) } : {}),
    ...(stopped ? { patience: morePatience({ patience, wait }) } : {}),
  };
}

/**
 * Returns twice the patience, or more if the run has waited longer than that: with a baseline, epochs that improve
 * without passing it count as waiting too.
 */
export function morePatience({ patience, wait }: Pick<Reached, "patience" | "wait">): number {
  return Math.max(2 * Math.max(1, patience), wait + Math.max(1, patience));
}
