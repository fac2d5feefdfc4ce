/** Restores the state of a run from its folder, for a trainer that goes on with it. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { EpochFigures, PhaseSeconds } from "../../events.ts";
import { HeadlightError } from "../../errors.ts";
import { writeSynced } from "../../files/atomic.ts";
import { standingEvents } from "../../run_state/standing_events.ts";
import { workedSeconds } from "../../run_state/worked_seconds.ts";
import { epochsIn, figuresOf, type History } from "../../training/history.ts";
import { KEPT_MARK } from "../checkpoints/checkpoint_names.ts";
import { type DamagedCheckpoint, newestCheckpoint, type SoundCheckpoint } from "../checkpoints/newest_checkpoint.ts";
import type { RunDirectory } from "../folder/directory.ts";
import type { RunChange, RunConfig } from "../folder/run_config.ts";
import { readEvents } from "../log/event_log.ts";
import { optionDifferences, refuseDifferences } from "./changes.ts";
import type { ResumeRequest } from "./request.ts";

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
  /** Epochs of the checkpoint that the log does not contain, because it was damaged. */
  readonly unlogged: readonly EpochFigures[];
}

/**
 * Reads what a run can go on from. Changes nothing except that checkpoints which a person requested get their mark, which
 * older versions did not write.
 * @throws HeadlightError (1) if there are checkpoints, but none can be used; (2) for an option that may not change
 */
export function restoreRun(
  run: RunDirectory,
  before: RunConfig,
  { options, allowed }: ResumeRequest,
  now: Date = new Date(),
): Restored {
  const { sound, damaged } = newestCheckpoint(run.checkpoints);
  if (sound === null && damaged[0]) throw new HeadlightError(nothingSound(run, damaged[0]), 1);
  const events = readEvents(run.events);
  for (const event of events) {
    if (event.type === "checkpoint" && event.kind === "manual") mark(join(run.checkpoints, basename(event.path)));
  }
  const { epoch, step } = placeOf(sound);
  const time = now.toISOString();
  const differences = optionDifferences(before.options, options);
  refuseDifferences(run.id, differences, allowed);
  const changes = differences.map((change) => ({ ...change, time, epoch, step }));
  const all = [...before.changes ?? [], ...changes];
  const logged = new Set(standingEvents(events).flatMap((event) => event.type === "epoch" ? [event.epoch] : []));
  return {
    config: { ...before, options, ...(all.length === 0 ? {} : { changes: all }) },
    before,
    allowed,
    checkpoint: sound,
    damaged,
    changes,
    seconds: workedSeconds(events),
    unlogged: sound ? figuresIn(sound.snapshot.history).filter((figures) => !logged.has(figures.epoch)) : [],
  };
}

/** Returns the place where a run goes on: the number of finished epochs, and of finished batches of the next one. */
export function placeOf(checkpoint: SoundCheckpoint | null): { readonly epoch: number; readonly step: number } {
  return checkpoint?.snapshot ?? { epoch: 0, step: 0 };
}

function figuresIn(history: History): EpochFigures[] {
  return Array.from({ length: epochsIn(history) }, (_, index) => figuresOf(history, index + 1));
}

function mark(checkpoint: string): void {
  if (existsSync(checkpoint)) writeSynced(join(checkpoint, KEPT_MARK), new Uint8Array());
}

function nothingSound({ id, checkpoints }: RunDirectory, { problem }: DamagedCheckpoint): string {
  return `Run ${id} cannot go on, because none of the checkpoints in ${checkpoints} can be read. The newest: ${problem}`;
}
