/** Trains on made-up data, with an interruption at any batch. */
import assert from "node:assert/strict";
import { plain } from "../plain.ts";
import { Control } from "../../src/training/control.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import type { Steps } from "../../src/training/steps.ts";
import { train, type TrainingData, type TrainingEvent, type TrainingOptions } from "../../src/training/train.ts";
import { checkpointFiles, snapshotOf } from "../../src/run/checkpoints/checkpoint_format.ts";
import { eventsOf } from "./made_up.ts";

/** A place in a training: the number of finished epochs, and of finished batches of the next one. */
export interface Place {
  readonly epoch: number;
  readonly step: number;
}

export interface Trained {
  readonly events: readonly TrainingEvent[];
  /** The rows that each epoch has trained on, by the epoch's number from 1. */
  readonly rows: ReadonlyMap<number, readonly number[]>;
  /** The state at the end. */
  readonly last: TrainingSnapshot;
}

export interface Training {
  readonly steps: () => Steps;
  readonly data: TrainingData;
  readonly options: TrainingOptions;
}

/** Trains from a state, or from the start, until `react` or the options end it. */
export async function trainFrom(
  { steps, data, options }: Training,
  from: TrainingSnapshot | null = null,
  react: (event: TrainingEvent, control: Control) => void = () => {},
): Promise<Trained> {
  const control = new Control();
  const events: TrainingEvent[] = [];
  const rows = new Map<number, number[]>();
  let gathered: number[] = [];
  const recorded = {
    ...data.train,
    gather: (wanted: Int32Array) => {
      gathered.push(...wanted);
      return data.train.gather(wanted);
    },
  };
  const runner = steps();
  for await (const event of train(runner, { ...data, train: recorded }, options, control, from)) {
    events.push(event);
    if (event.type === "step") {
      rows.set(event.epoch, [...rows.get(event.epoch) ?? [], ...gathered]);
      gathered = [];
    }
    react(event, control);
  }
  runner.dispose();
  return { events, rows, last: lastOf(events) };
}

/** Trains until a place is reached, and stops there. */
export async function trainUntil(training: Training, { epoch, step }: Place): Promise<Trained> {
  let finished = 0;
  const cut = await trainFrom(training, null, (event, control) => {
    if (event.type === "epoch") finished = event.epoch;
    const isThere = step === 0
      ? event.type === "early_stopping" && finished === epoch
      : event.type === "step" && event.epoch === epoch + 1 && event.step === step;
    if (isThere) control.requestStop();
  });
  assert.deepEqual([cut.last.epoch, cut.last.step], [epoch, step], "it did not stop at this place");
  return cut;
}

export function lastOf(events: readonly TrainingEvent[]): TrainingSnapshot {
  const found = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last");
  assert.ok(found, "no last snapshot");
  return found.snapshot;
}

/** Returns every place of a training, except its start and its end. */
function placesOf({ options, data }: Training): Place[] {
  const steps = Math.ceil(data.train.count / options.batchSize);
  return Array.from({ length: options.epochs * steps - 1 }, (_, index) => ({
    epoch: Math.floor((index + 1) / steps),
    step: (index + 1) % steps,
  }));
}

/** Returns what a training reports of its epochs, its early stopping and its end, without the time that they took. */
export function said({ events }: Pick<Trained, "events">): unknown[] {
  return events.flatMap((event: TrainingEvent): unknown[] => {
    if (event.type === "epoch") return [plain({ ...event, seconds: 0 })];
    return ["early_stopping", "restored", "end"].includes(event.type) ? [plain(event)] : [];
  });
}

/** Returns what the parts of an interrupted training have reported, without the ends of all parts but the last. */
function saidInParts(parts: readonly Pick<Trained, "events">[]): unknown[] {
  return parts.flatMap((part, index) => {
    const isLast = index === parts.length - 1;
    return said(isLast ? part : { events: part.events.filter(({ type }) => type !== "end" && type !== "restored") });
  });
}

/** Returns the rows of every epoch in the order in which they were trained on, from all parts together. */
function rowsInParts(parts: readonly Trained[]): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (const { rows } of parts) for (const [epoch, more] of rows) all.set(epoch, [...all.get(epoch) ?? [], ...more]);
  return all;
}

/** Asserts that a training in parts has trained on the same images, said the same and ended in the same state as a whole one. */
export function assertSame(parts: readonly Trained[], whole: Trained, what: string): void {
  assert.deepEqual(parts.at(-1)?.last, whole.last, what);
  assert.deepEqual(saidInParts(parts), said(whole), what);
  assert.deepEqual(rowsInParts(parts), new Map(whole.rows), what);
}

/** Returns a state as it comes back from the files of a checkpoint. */
export function stored(snapshot: TrainingSnapshot): TrainingSnapshot {
  const files = checkpointFiles(snapshot);
  return snapshotOf((name) => files[name], "/made/up");
}

/** What `assertSameWhereverCut` asserts. */
export const SAME_WHEREVER_CUT =
  "cut at every batch (first, last, the short one) it ends with the same bits, and no image is doubled or lost";

export async function assertSameWhereverCut(training: Training): Promise<void> {
  const whole = await trainFrom(training);
  const { count } = training.data.train;
  for (const rows of whole.rows.values()) {
    assert.deepEqual(rows.toSorted((one, other) => one - other), Array.from({ length: count }, (_, row) => row));
  }
  for (const place of placesOf(training)) {
    const cut = await trainUntil(training, place);
    const rest = await trainFrom(training, stored(cut.last));
    assertSame([cut, rest], whole, `cut at ${JSON.stringify(place)}`);
  }
}
