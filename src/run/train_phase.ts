/**
 * The train phase of a run: turns the events of the training loop into the run's events, checkpoints and rows of
 * history.csv.
 */
import { byClassFigure, byFigure, byMetric } from "../metrics.ts";
import { confusionCells } from "../training/confusion.ts";
import type { Control } from "../training/control.ts";
import { EMPTY_HISTORY, finiteOrNull, type History, historyColumns, historyCsvRow } from "../training/history.ts";
import type { Steps } from "../training/steps.ts";
import { train, type TrainingData, type TrainingEvent, type TrainingOptions } from "../training/train.ts";
import type { TrainingSnapshot } from "../training/snapshot.ts";
import type { CheckpointStore } from "./checkpoints/checkpoint_store.ts";
import { earlyStoppingBody } from "./early_stopping_event.ts";
import type { RunDirectory } from "./folder/directory.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { beginHistory, HistoryRows } from "./log/history_file.ts";
import type { Room } from "./room.ts";
import { SaveTimer } from "./saving_interval.ts";
import type { Samples } from "./samples.ts";
import type { Board } from "./tensorboard/board.ts";
import type { Withheld } from "./withheld.ts";

export interface TrainPhase {
  readonly run: RunDirectory;
  readonly steps: Steps;
  readonly data: TrainingData;
  readonly options: TrainingOptions;
  readonly store: CheckpointStore;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly control: Control;
  readonly room: Room;
  readonly samples: Samples;
  /** The files for TensorBoard; null without `--tensorboard`. */
  readonly board: Board | null;
  /** The state that a resumed run goes on from, or null. */
  readonly from: TrainingSnapshot | null;
  /** What is released with the first step. */
  readonly withheld: Withheld;
}

/**
 * Trains until the end, and returns the event that says how training ended. A resumed run that is stopped before its
 * first step writes nothing to its folder.
 */
export async function trainPhase(phase: TrainPhase): Promise<Extract<TrainingEvent, { type: "end" }>> {
  const { control, options, room, run, from, withheld, board } = phase;
  const history = from?.history ?? EMPTY_HISTORY;
  const rows = new HistoryRows(run.history);
  // Neither do the seconds of an epoch include the time in which the run waited for room on the disk.
  const nowMs = () => performance.now() - room.waitedMs;
  const timer = new SaveTimer(() => control.requestCheckpoint("last"));
  /** What is to be saved of the state that the run goes on from. */
  const early: Recorded[] = [];
  const begin = async () => {
    await withheld.release();
    await room.settle();
    await room.write(
      () => 0,
      () => beginHistory(run.history, historyColumns(options.earlyStopping.monitor), history),
    );
    board?.begin({ epochs: from?.epoch ?? 0, batches: from?.optimizer.step ?? 0 }, history);
    for (const event of early.splice(0)) await record(event, phase, rows, timer);
  };
  try {
    if (!withheld.isHolding) await begin();
    const keepsEpoch = (history: History) => phase.store.wouldKeep(history);
    for await (const event of train(phase.steps, phase.data, { ...options, keepsEpoch }, control, from, nowMs)) {
      const stopped = event.type === "end" && (event.reason === "stopped" || event.reason === "interrupted");
      if (withheld.isHolding && (event.type === "step" || (event.type === "end" && !stopped))) await begin();
      if (event.type === "end") {
        await phase.samples.finish();
        await board?.finish();
        return event;
      }
      if (withheld.isHolding && (event.type === "snapshot" || event.type === "restored")) early.push(event);
      else await record(event, phase, rows, timer);
      await room.settle();
    }
    throw new Error("the training loop returned without an end event");
  } finally {
    timer.dispose();
  }
}

/** The events of a training that are recorded. */
type Recorded = Exclude<TrainingEvent, { type: "end" }>;

async function record(
  event: Recorded,
  phase: TrainPhase,
  rows: HistoryRows,
  timer: SaveTimer,
): Promise<void> {
  const { journal, ledger, options, room, run, board } = phase;
  switch (event.type) {
    case "step":
      ledger.hasState = true;
      board?.batch(event.means);
      journal.progress({
        phase: "train",
        done: event.step,
        total: event.steps,
        unit: "batches",
        epoch: event.epoch,
        ...byMetric((name) => finiteOrNull(event.means[name])),
      }, (event.epoch - 1) * event.steps + event.step);
      break;
    case "epoch": {
      ledger.history = event.history;
      const columns = historyColumns(options.earlyStopping.monitor);
      rows.add(historyCsvRow(columns, event.epoch, event.figures));
      await room.write(() => rows.unwrittenBytes, () => rows.flush());
      journal.say({
        type: "epoch",
        epoch: event.epoch,
        epochs: options.epochs,
        ...byFigure((name) => finiteOrNull(event.figures[name])),
        ...byClassFigure((name) => finiteOrNull(event.figures[name])),
        seconds: event.seconds,
        learning_rate: options.learningRate,
      });
      board?.epoch(event.epoch, event.figures, options.learningRate);
      break;
    }
    case "early_stopping":
      journal.say(earlyStoppingBody(event, options.earlyStopping));
      break;
    case "predicted":
      journal.say({
        type: "confusion",
        epoch: event.epoch,
        cells: confusionCells(phase.data.validation.labels, event.prediction.classes),
      });
      phase.samples.offer(event.epoch, event.prediction);
      board?.predicted({
        epoch: event.epoch,
        labels: phase.data.validation.labels,
        classes: event.prediction.classes,
      });
      break;
    case "snapshot":
      // A run that goes on from a checkpoint must find the batches before it.
      board?.flush();
      await save(event, phase, timer);
      break;
    case "restored":
      await room.write(
        () => phase.store.finalBytes(event),
        () => phase.store.saveFinal(event, run.final),
      );
      ledger.restoredEpoch = event.epoch;
      journal.say({
        type: "log",
        level: "info",
        text: `The weights of epoch ${event.epoch}, early stopping's reference, were saved to ${run.final}`,
      });
      break;
    case "paused":
      journal.catchUp();
      journal.say({ type: "control", state: "paused" });
      break;
    case "resumed":
      journal.say({ type: "control", state: event.type });
      break;
  }
}

async function save(
  { kind, snapshot, readMs }: Extract<TrainingEvent, { type: "snapshot" }>,
  { journal, room, store }: TrainPhase,
  timer: SaveTimer,
): Promise<void> {
  const known = store.has(snapshot);
  let sinceMs = 0;
  const { path, epoch, step, bytes } = await room.write(
    () => store.bytesOf(snapshot),
    () => {
      sinceMs = performance.now();
      return store.save(snapshot, kind);
    },
  );
  const { kept } = store;
  // `best` also moves the link `last` (CheckpointStore.save).
  for (const said of kind === "best" ? [kind, "last"] as const : [kind]) {
    journal.say({ type: "checkpoint", path, epoch, step, kind: said, bytes, ...(kept ? { kept: [...kept] } : {}) });
  }
  await room.write(() => journal.unwrittenBytes, () => journal.sync());
  // Moving a link says nothing about how long it takes to write a checkpoint.
  if (kind !== "manual" && !known) timer.saved(readMs + performance.now() - sinceMs);
}
