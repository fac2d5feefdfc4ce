/** What a finished run has to show, without what may differ between two runs: their names, times and numbers. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/events.ts";
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
  readonly events: readonly unknown[];
}

const COMPARED: readonly RunEvent["type"][] = ["epoch", "early_stopping", "end"];

/** Reads the outcome of a run. @throws StoredFileError if a checkpoint is damaged */
export function outcomeOf(run: RunDirectory, runs: string): RunOutcome {
  const [last, best] = ["last", "best"].map((link) => {
    const path = join(run.checkpoints, link);
    readCheckpoint(path);
    return digestsOf(path, ["weights.bin", "optimizer.bin", "model.json", "state.json"]);
  });
  return {
    last: last ?? {},
    best: best ?? {},
    final: existsSync(run.final) ? digestsOf(run.final, ["weights.bin", "model.json"]) : null,
    history: Deno.readTextFileSync(run.history),
    events: standingEvents(readEvents(run.events)).filter(({ type }) => COMPARED.includes(type))
      .map((event) => comparable(event, run, runs)),
  };
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

function comparable(event: RunEvent, { id }: RunDirectory, runs: string): unknown {
  const { seq: _seq, time: _time, ...rest } = event;
  const said = { ...rest, seconds: null };
  return JSON.parse(JSON.stringify(said).replaceAll(runs, "RUNS").replaceAll(id, "RUN"));
}
