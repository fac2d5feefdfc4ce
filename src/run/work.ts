/** A run at work: what its phases know and use, and how its work ends. */
import type { RunOptions } from "../config.ts";
import type { FoundSource } from "../data/open.ts";
import type { RowMemory } from "../features/rows/row_memory.ts";
import { replaceFileSync } from "../files/atomic.ts";
import type { Weights } from "../model/network_weights.ts";
import type { Control } from "../training/control.ts";
import type { HeadOrigin } from "./checkpoints/head_origin.ts";
import type { RunDirectory } from "./folder/directory.ts";
import type { KeptConfig } from "./folder/run_config.ts";
import { imageDifferences } from "./data_differences.ts";
import { readRunImages, runImagesOf, runImagesText } from "./folder/run_images.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { sayNotices } from "./notices.ts";
import type { Prepared } from "./prepare.ts";
import type { Continuity } from "./resume/continuity.ts";
import type { Restored } from "./resume/restore.ts";
import type { Difference } from "./resume/words.ts";
import type { Room } from "./room.ts";
import type { SystemWatch } from "./system/system_watch.ts";
import type { StepsSetUp } from "./steps_set_up.ts";
import type { Withheld } from "./withheld.ts";

/** How a run ended, in the form of the `end` event. */
export type Outcome = Parameters<Ledger["end"]>[2];

/** The services that the phases of a run use. */
export interface RunServices {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly control: Control;
  /** Writes the files of the run. */
  readonly room: Room;
  /** Returns the data that the command has found. Without this function the run looks for the data itself. */
  readonly findData?: (() => Promise<FoundSource>) | undefined;
  /** What a resumed run goes on from; null for a run that begins. */
  readonly restored: Restored | null;
  /** Holds back what is written to the run's folder until everything is checked. */
  readonly withheld: Withheld;
  /** What decides where feature rows are held. */
  readonly memory: RowMemory;
  /** Measures what the run uses. */
  readonly system: Pick<SystemWatch, "usesEngine">;
}

/** A run that is prepared. */
export interface Work {
  readonly run: RunDirectory;
  readonly options: RunOptions;
  readonly config: KeptConfig;
  readonly prepared: Prepared;
  readonly origin: HeadOrigin;
  /** The weights of another run to start with; null for those from the seed, or from a checkpoint of this run. */
  readonly start: Weights<Float32Array> | null;
  readonly setUp: StepsSetUp;
  readonly continuity: Continuity;
}

/** Writes pictures.json. A resumed run must have the same images as before. */
export async function keepImages(work: Work, services: RunServices): Promise<void> {
  const { run, prepared: { dataset } } = work;
  const images = runImagesOf(dataset);
  if (images === null) return;
  const before = services.restored && readRunImages(run.images);
  if (before) await keepGoing(work, imageDifferences(before, images), services);
  const text = runImagesText(images);
  const { room, withheld } = services;
  await withheld.write(() => room.write(() => text.length, () => replaceFileSync(run.images, text)));
}

/** Lets a resumed run go on with differences that are allowed. @throws DifferenceError (2) for others */
export async function keepGoing(work: Work, differences: readonly Difference[], services: RunServices): Promise<void> {
  const { config, continuity } = work;
  const notices = continuity.check(differences);
  if (differences.length === 0) return;
  config.forget(continuity.forgotten);
  await config.update({ ...continuity.noted, notices: [...config.value.notices, ...notices] });
  sayNotices(notices, services);
}

/**
 * Returns the result of the work, or null as soon as a stop is requested. Errors that the work throws after a stop are
 * ignored.
 */
export async function untilStopped<T>(work: Promise<T>, control: Control): Promise<T | null> {
  const stopped = new Promise<null>((resolve) => {
    if (control.stopped.aborted) resolve(null);
    control.stopped.addEventListener("abort", () => resolve(null), { once: true });
  });
  work.catch(() => {});
  return await Promise.race([work, stopped]);
}

/** Returns how a run ended that was requested to stop. */
export function stoppedOutcome({ stop }: Control): Outcome {
  return stop?.signal ? { reason: "interrupted", signal: stop.signal } : { reason: "stopped" };
}
