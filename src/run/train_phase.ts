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
import type { Samples } from "./samples.ts";

/**
 * `last` must never be older than 5 s. It is requested a little earlier, because it is saved after the current step.
 */
const SAVE_LAST_EVERY_MS = 4000;

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
  /** The state that a resumed run goes on from, or null. */
  readonly from: TrainingSnapshot | null;
}

/** Trains until the end, and returns the event that says how training ended. */
export async function trainPhase(phase: TrainPhase): Promise<Extract<TrainingEvent, { type: "end" }>> {
  const { control, options, room, run, from } = phase;
  const history = from?.history ?? EMPTY_HISTORY;
  await room.write(
    () => 0,
    () => beginHistory(run.history, historyColumns(options.earlyStopping.monitor), history),
  );
  const rows = new HistoryRows(run.history);
  // Neither do the seconds of an epoch include the time in which the run waited for room on the disk.
  const nowMs = () => performance.now() - room.waitedMs;
  const saveLast = setInterval(() => control.requestCheckpoint("last"), SAVE_LAST_EVERY_MS);
  try {
    const keepsEpoch = (history: History) => phase.store.wouldKeep(history);
    for await (const event of train(phase.steps, phase.data, { ...options, keepsEpoch }, control, from, nowMs)) {
      if (event.type === "end") {
        await phase.samples.finish();
        return event;
      }
      await record(event, phase, rows);
      await room.settle();
    }
    throw new Error("the training loop returned without an end event");
  } finally {
    clearInterval(saveLast);
  }
}

async function record(
  event: Exclude<TrainingEvent, { type: "end" }>,
  phase: TrainPhase,
  rows: HistoryRows,
): Promise<void> {
  const { journal, ledger, options, room, run } = phase;
  switch (event.type) {
    case "step":
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
      break;
    case "snapshot":
      await save(event, phase);
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
  { kind, snapshot }: Extract<TrainingEvent, { type: "snapshot" }>,
  { journal, room, store }: TrainPhase,
): Promise<void> {
  const { path, epoch, step, bytes } = await room.write(
    () => store.bytesOf(snapshot),
    () => store.save(snapshot, kind),
  );
  const { kept } = store;
  // `best` also moves the link `last` (CheckpointStore.save).
  for (const said of kind === "best" ? [kind, "last"] as const : [kind]) {
    journal.say({ type: "checkpoint", path, epoch, step, kind: said, bytes, ...(kept ? { kept: [...kept] } : {}) });
  }
  await room.write(() => journal.unwrittenBytes, () => journal.sync());
}
