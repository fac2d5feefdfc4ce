/** Restores the state of a run from its folder, for a trainer that goes on with it. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { EpochFigures, EventOf, PhaseSeconds, RunEvent } from "../../events.ts";
import { standingEvents } from "../../run_state/standing_events.ts";
import { workedSeconds } from "../../run_state/worked_seconds.ts";
import { epochsIn, figuresOf, type History } from "../../training/history.ts";
import { KEPT_MARK, markKept } from "../checkpoints/checkpoint_names.ts";
import { headOriginOf, refuseForeign } from "../checkpoints/head_origin.ts";
import type { DamagedCheckpoint, SoundCheckpoint } from "../checkpoints/newest_checkpoint.ts";
import type { RunDirectory } from "../folder/directory.ts";
import type { RunChange, RunConfig } from "../folder/run_config.ts";
import { withKept } from "../folder/secret_options.ts";
import { eventsOfTypes, lastSeq } from "../log/event_log.ts";
import { optionDifferences, refuseDifferences } from "./changes.ts";
import type { ResumeRequest } from "./request.ts";
import { unloggedWork } from "./unlogged_work.ts";
import { placeOf, usableCheckpoint } from "./usable.ts";
import type { Difference } from "./words.ts";

/** A run that goes on. */
export interface Restored {
  /** The config of the run with the options to go on with, and with everything that has ever changed. */
  readonly config: RunConfig;
  /** The config as it was. */
  readonly before: RunConfig;
  readonly allowed: ResumeRequest["allowed"];
  /** Null if no checkpoint was saved, so that training begins anew. */
  readonly checkpoint: SoundCheckpoint | null;
  /** Newer checkpoints that cannot be used. */
  readonly damaged: readonly DamagedCheckpoint[];
  /** The options that change now. */
  readonly changes: readonly RunChange[];
  /** The time that the run has worked so far. */
  readonly seconds: PhaseSeconds;
  /** The number of the last event in the log. */
  readonly after: number;
  /** The epochs of the checkpoint from the first one on that the log has lost, because it was damaged. */
  readonly unlogged: readonly EpochFigures[];
  /** The names of checkpoints that a person requested. */
  readonly requested: readonly string[];
}

/** The types of events that tell how long a run has worked, which epochs its log has, and what was requested. */
const RESTORED_FROM = ["phase", "epoch", "checkpoint", "resume", "end"] as const;

/**
 * Reads what a run can go on from. Changes nothing.
 * @throws HeadlightError (1) if there are checkpoints, but none can be used; (2) for an option that may not change
 */
export function restoreRun(
  run: RunDirectory,
  before: RunConfig,
  { options: given, allowed }: ResumeRequest,
  now: Date = new Date(),
): Restored {
  const options = withKept(given, before.options);
  const { sound, damaged } = usableCheckpoint(run);
  if (sound) refuseOtherRun(run, before, sound);
  const events = [...eventsOfTypes(run.events, RESTORED_FROM)];
  const after = lastSeq(run.events);
  const differences = optionDifferences(before.options, options);
  refuseDifferences(run, differences, allowed);
  const changes = differences.map((change) => changeAt(change, sound, now));
  const all = [...before.changes ?? [], ...changes];
  return {
    config: { ...before, options, ...(all.length === 0 ? {} : { changes: all }) },
    before,
    allowed,
    checkpoint: sound,
    damaged,
    changes,
    seconds: unloggedWork(run, after) ?? workedSeconds(events),
    after,
    unlogged: sound ? figuresIn(sound.snapshot.history).slice(soundEpochs(events)) : [],
    requested: events.flatMap((event) =>
      event.type === "checkpoint" && event.kind === "manual" ? [basename(event.path)] : []
    ),
  };
}

/**
 * Gives checkpoints that a person requested their mark, which older versions did not write.
 * @throws the system's error, for example if the disk is full; it may be called again
 */
export function markRequested({ checkpoints }: RunDirectory, { requested }: Pick<Restored, "requested">): void {
  for (const name of requested) {
    const checkpoint = join(checkpoints, name);
    if (existsSync(checkpoint) && !existsSync(join(checkpoint, KEPT_MARK))) markKept(checkpoint);
  }
}

/** What a run was and how it ended before, as its log says it. Null if it does not. */
export interface SaidBefore {
  readonly run: EventOf<"run"> | null;
  readonly end: EventOf<"end"> | null;
}

/** Returns what the log of a run says, as long as nothing was added to it. */
export function saidBefore({ events: path }: RunDirectory): SaidBefore {
  const events = [...eventsOfTypes(path, ["run", "end"])];
  return {
    run: events.findLast((event) => event.type === "run") ?? null,
    end: events.findLast((event) => event.type === "end") ?? null,
  };
}

/** Returns a change that holds from a checkpoint on, or from the start if there is none. */
export function changeAt(change: Difference, checkpoint: SoundCheckpoint | null, now: Date): RunChange {
  const { epoch, step } = placeOf(checkpoint);
  const weights = checkpoint === null ? undefined : weightsIn(checkpoint);
  return { ...change, time: now.toISOString(), epoch, step, ...(weights === undefined ? {} : { weights }) };
}

/** Returns the SHA-256 of a checkpoint's weights. */
export function weightsIn({ manifest }: SoundCheckpoint): string | undefined {
  return manifest.files["weights.bin"]?.sha256;
}

function figuresIn(history: History): EpochFigures[] {
  return Array.from({ length: epochsIn(history) }, (_, index) => figuresOf(history, index + 1));
}

/** Returns how many epochs the log has before the first one that it lacks. */
function soundEpochs(events: readonly RunEvent[]): number {
  const logged = standingEvents(events).flatMap((event) => event.type === "epoch" ? [event.epoch] : []);
  const gap = logged.findIndex((epoch, index) => epoch !== index + 1);
  return gap < 0 ? logged.length : gap;
}

/**
 * @throws HeadlightError (2) if a checkpoint was copied from a run with another base, preprocessing or other classes
 */
function refuseOtherRun(
  run: RunDirectory,
  { options, resolved, changes }: RunConfig,
  { stored, manifest }: SoundCheckpoint,
) {
  // After an allowed change, earlier checkpoints are of what was there before.
  if (resolved === null || changes !== undefined) return;
  refuseForeign(
    { origin: headOriginOf(run.id, options, resolved), path: run.config },
    { origin: manifest, path: join(stored.path, "manifest.json") },
  );
}
