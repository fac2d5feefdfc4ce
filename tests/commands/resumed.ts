/** Runs that are interrupted and resumed with the real command line, and what must be the same at their ends. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import type { RunEvent } from "../../src/events.ts";
import { eventually, headlight, isAlive, JsonRun, type StartOptions } from "../process.ts";

/** Returns the events of epochs, early stopping and ends, without numbers, times and seconds. */
function figuresIn(events: readonly RunEvent[]): unknown[] {
  return events.flatMap((event): unknown[] => {
    const { seq: _seq, time: _time, ...rest } = event;
    if (event.type === "early_stopping") return [rest];
    if (event.type === "epoch") return [{ ...rest, seconds: 0 }];
    if (event.type !== "end") return [];
    // The ids and folders of the two runs differ.
    return [{ ...rest, seconds: 0, run: "", directory: "", repeat: "" }];
  });
}

/** What must be the same in a run that was never interrupted and in one that was. */
export function resultOf(directory: string) {
  const last = (name: string) => readFileSync(join(directory, "checkpoints", "last", name)).toString("base64");
  return {
    weights: last("weights.bin"),
    optimizer: last("optimizer.bin"),
    figures: last("history.bin"),
    state: Deno.readTextFileSync(join(directory, "checkpoints", "last", "state.json")),
    history: Deno.readTextFileSync(join(directory, "history.csv")),
    // Epochs that were trained and then lost are in the log twice.
    said: lastOfEach(figuresIn(readEvents(join(directory, "events.jsonl")))),
  };
}

/** Returns the last event of each kind and epoch, in the order of the epochs. */
function lastOfEach(said: readonly unknown[]): unknown[] {
  let epoch = 0;
  const byPlace = new Map<string, unknown>();
  for (const one of said) {
    const { type, epoch: named } = one as { type: string; epoch?: number };
    epoch = named ?? epoch;
    byPlace.set(type === "end" ? "end" : `${epoch} ${type}`, one);
  }
  return [...byPlace].sort(([one], [other]) => one < other ? -1 : 1).map(([, value]) => value);
}

/** Trains a run to its end and returns its folder. */
export async function trainedWhole(args: readonly string[], runs: string, start: StartOptions = {}): Promise<string> {
  const { status, stderr } = await headlight(["train", ...args, "--plain", "--runs", runs], start);
  assert.equal(status, 0, stderr);
  return listRuns(runs)[0]?.path ?? "";
}

/** Starts a run and kills its trainer as soon as `moment` says so. Returns its folder. */
export async function trainedUntilKilled(
  args: readonly string[],
  runs: string,
  moment: (run: JsonRun) => Promise<unknown>,
  start: StartOptions = {},
): Promise<string> {
  const run = new JsonRun([...args, "--runs", runs], start);
  await moment(run);
  const directory = listRuns(runs)[0]?.path ?? "";
  await killTrainer(directory);
  await run.status();
  return directory;
}

/** Kills the trainer of a run and waits until it is gone. */
export async function killTrainer(directory: string): Promise<void> {
  const { pid } = JSON.parse(Deno.readTextFileSync(runDirectory(directory).lock));
  Deno.kill(pid, "SIGKILL");
  await eventually("the trainer is gone", () => !isAlive(pid), 5000);
}
