/** What a finished run has to show, without what may differ between two runs: their names, times and numbers. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/events.ts";
import { checkpointNames } from "../../src/run/checkpoints/checkpoint_names.ts";
import { readManifest, readPart } from "../../src/run/checkpoints/manifest.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { standingEvents } from "../../src/run_state/standing_events.ts";

export interface RunOutcome {
  /** The digests of the weights, the optimizer's state, the layers and the state of training. */
  readonly last: Readonly<Record<string, string>>;
  readonly best: Readonly<Record<string, string>>;
  /** The restored weights; null if none were to be restored. */
  readonly final: Readonly<Record<string, string>> | null;
  readonly history: string;
  /** The events epoch, early_stopping and end that still hold. */
  readonly events: readonly ComparedEvent[];
}

/** An event without its number and its times. */
type ComparedEvent = Readonly<Record<string, unknown>> & { readonly type: RunEvent["type"] };

const COMPARED: readonly RunEvent["type"][] = ["epoch", "early_stopping", "end"];

const FILES = ["weights.bin", "optimizer.bin", "model.json", "state.json", "history.bin"];

/**
 * Reads the outcome of a run.
 * @param folder the folder of everything that belongs to the run
 * @throws StoredFileError if a checkpoint is damaged
 */
export function outcomeOf(run: RunDirectory, folder: string): RunOutcome {
  const [last, best] = ["last", "best"].map((link) => {
    const path = join(run.checkpoints, link);
    readCheckpoint(path);
    return digestsOf(path, FILES);
  });
  return {
    last: last ?? {},
    best: best ?? {},
    final: existsSync(run.final) ? digestsOf(run.final, ["weights.bin", "model.json"]) : null,
    history: Deno.readTextFileSync(run.history),
    events: standingEvents(readEvents(run.events)).filter(({ type }) => COMPARED.includes(type))
      .map((event) => comparable(event, run, folder)),
  };
}

/** Reads all checkpoints of a run. Returns their digests. @throws StoredFileError if one is damaged */
export function checkpointDigests({ checkpoints }: RunDirectory): Record<string, Readonly<Record<string, string>>> {
  return Object.fromEntries(
    checkpointNames(checkpoints).map((name) => {
      const path = join(checkpoints, name);
      readCheckpoint(path);
      return [name, digestsOf(path, FILES)];
    }),
  );
}

const UNKNOWN = { epochs: null, patience: null, stops_next: null, stops_after: null };

/**
 * Returns an outcome without what a run cannot know before it is extended: its last epoch, and its patience.
 * @param extended whether it was extended; otherwise the command that repeats it has other values, too
 */
export function withoutPlannedEnd(outcome: RunOutcome, extended: boolean): RunOutcome {
  const events = outcome.events.map((event) => {
    if (event.type !== "end") return { ...event, ...UNKNOWN };
    return extended ? event : { ...event, repeat: null };
  });
  return { ...outcome, events };
}

function digestsOf(checkpoint: string, names: readonly string[]): Record<string, string> {
  const manifest = readManifest(checkpoint);
  const digest = (name: string) =>
    createHash("sha256").update(readPart(checkpoint, name, manifest)).digest("hex").slice(0, 16);
  return {
    place: `${manifest.epoch}/${manifest.step}`,
    ...Object.fromEntries(names.map((name) => [name, digest(name)])),
  };
}

/** The command that repeats a run names how many checkpoints it keeps, which changes nothing about the training. */
const KEEP_FLAG = / --keep \d+/g;

function comparable(event: RunEvent, { id }: RunDirectory, folder: string): ComparedEvent {
  const { seq: _seq, time: _time, ...rest } = event;
  const said = { ...rest, seconds: null };
  const text = JSON.stringify(said).replaceAll(folder, "FOLDER").replaceAll(id, "RUN").replace(KEEP_FLAG, "");
  return JSON.parse(text);
}
