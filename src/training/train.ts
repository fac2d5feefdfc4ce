/**
 * The training loop, an async generator of events. Between two batches it processes the requests in `Control`. It uses
 * no files, sockets or terminal.
 */
import { at } from "../at.ts";
import type { EndReason, EpochFigures } from "../events.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { epochFigures, type MetricValues } from "../metrics.ts";
import type { Weights } from "../model/network_weights.ts";
import { DEFAULT_TOGETHER, type ShuffleTogether } from "../shuffling.ts";
import type { StopSignal } from "../stop_signals.ts";
import { Turns } from "../turns.ts";
import type { BatchSource, StepBatch } from "./batches.ts";
import type { Control } from "./control.ts";
import { DropoutMasks } from "./dropout_masks.ts";
import {
  afterEpoch,
  EARLY_STOPPING_START,
  type EarlyStoppingOptions,
  type EarlyStoppingState,
  goingOn,
  type Outlook,
  outlook,
} from "./early_stopping.ts";
import { bestFigures, EMPTY_HISTORY, type Figures, type History, withEpoch } from "./history.ts";
import { answersOf } from "./inference.ts";
import { initialWeights } from "./initial_weights.ts";
import type { Answers } from "./mistakes.ts";
import { NetworkTrainer } from "./network_trainer.ts";
import { epochOrder } from "./epoch_order.ts";
import { stream } from "./random.ts";
import { type EpochSums, NO_SUMS, type TrainingSnapshot } from "./snapshot.ts";
import { dropoutLayers, type Steps } from "./steps.ts";

/** The options of a training. */
export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Whether the images are shuffled in every epoch, as Keras's `fit` does by default. */
  readonly shuffle: boolean;
  /** How many images are shuffled with each other. Default: all, as in Keras. */
  readonly shuffleTogether?: ShuffleTogether | undefined;
  /** The factor for the loss of the training images of each class (Keras's `class_weight`); null for no weighting. */
  readonly classWeights: readonly number[] | null;
  readonly earlyStopping: EarlyStoppingOptions;
  readonly restoreBest: boolean;
  /** The weights to start with; by default they are drawn from the seed. */
  readonly startWeights?: Weights<Float32Array>;
  /** Whether an epoch that is not the best one gets a snapshot at its end. Default: none does. */
  readonly keepsEpoch?: (history: History) => boolean;
}

/** The features of the training and validation sets. */
export interface TrainingData {
  readonly train: BatchSource;
  readonly validation: BatchSource;
}

/** What a training reports. */
export type TrainingEvent =
  /** After each batch: the number of finished batches out of `steps`, and the running means of the epoch. */
  | { type: "step"; epoch: number; step: number; steps: number; means: MetricValues }
  | { type: "epoch"; epoch: number; figures: Figures; seconds: number; history: History }
  /** The predictions for the validation images, right after an epoch. Skipped for most epochs if epochs are fast. */
  | { type: "predicted"; epoch: number; prediction: Answers }
  /** After each epoch: the best epoch so far, and the state and outlook of early stopping. */
  | { type: "early_stopping"; best: EpochFigures | null; state: EarlyStoppingState; outlook: Outlook }
  /** The state, and how long reading it from the engine took. */
  | { type: "snapshot"; kind: "last" | "best" | "manual"; snapshot: TrainingSnapshot; readMs: number }
  /**
   * At the end of the run, whatever its reason, if restoring was requested: the weights of early stopping's reference
   * epoch (from 1), as Keras restores them.
   */
  | { type: "restored"; epoch: number; layers: readonly LayerSpec[]; weights: Weights<Float32Array> }
  | { type: "paused" }
  | { type: "resumed" }
  | {
    type: "end";
    reason: Exclude<EndReason, "failed">;
    signal?: StopSignal;
    history: History;
  };

/**
 * The minimum time between two `predicted` events: slow enough for a person to follow, and 0.5 % of the time with the
 * fastest epochs.
 */
const PREDICT_EVERY_MS = 500;

/**
 * Trains the layers of `runner`, from the start or from a snapshot. A continued training is bit-identical to an
 * uninterrupted one.
 *
 * The last events are always `snapshot last`, then `restored` if requested and possible, then `end`. A stop takes
 * effect after the batches of the current call. The epoch that it interrupts yields no `epoch` event. A training that
 * continues right after its best epoch yields that epoch's `snapshot best` again, before anything else. There are no
 * other snapshots before the first step; one requested earlier is yielded after it. A `last` snapshot is not repeated
 * until another step has been trained. The seconds of an epoch do not include pauses.
 *
 * @param runner runs the steps; the caller disposes it
 * @param nowMs a monotonic clock, in milliseconds
 */
export async function* train(
  runner: Steps,
  data: TrainingData,
  options: TrainingOptions,
  control: Control,
  from: TrainingSnapshot | null = null,
  nowMs: () => number = () => performance.now(),
): AsyncGenerator<TrainingEvent, void, void> {
  const { layers } = runner;
  const dropout = new DropoutMasks(dropoutLayers(layers), options.seed);
  const { monitor, mode } = options.earlyStopping;
  const steps = Math.ceil(data.train.count / options.batchSize);
  const network = new NetworkTrainer(
    runner,
    from?.weights ?? options.startWeights ?? initialWeights(layers, options.seed),
    from?.optimizer ?? null,
  );
  const turns = new Turns(nowMs);
  let epoch = from?.epoch ?? 0;
  let step = from?.step ?? 0;
  let sums: EpochSums = from?.sums ?? NO_SUMS;
  let history: History = from?.history ?? EMPTY_HISTORY;
  let stopping = from ? goingOn(from.earlyStopping, options.earlyStopping) : EARLY_STOPPING_START;
  let bestWeights: Weights<Float32Array> | null = from?.bestWeights ?? null;
  let reason: Exclude<EndReason, "failed"> | null = stopping.stop ? "early_stopping" : null;
  // The trainer was killed after this loss and before it said that the run ended.
  if (!Number.isFinite(sums.loss)) reason = "nan";
  let taken = from !== null;
  let lastAt = "";
  let pausedMs = 0;
  let predictedMs = -Infinity;

  const snapshot = (): TrainingSnapshot => ({
    layers,
    seed: options.seed,
    epoch,
    step,
    sums,
    weights: network.weights(),
    optimizer: network.optimizer(),
    earlyStopping: stopping,
    history,
    bestWeights,
  });

  /** Yields a snapshot, except a `last` one at the same step as the previous `last`. */
  function* save(kind: "last" | "best" | "manual"): Generator<TrainingEvent, void, void> {
    const place = `${epoch}/${step}`;
    if (kind === "last" && lastAt === place) return;
    if (kind === "last") lastAt = place;
    const sinceMs = nowMs();
    const state = snapshot();
    yield { type: "snapshot", kind, snapshot: state, readMs: nowMs() - sinceMs };
  }

  function* saveRequested(): Generator<TrainingEvent, void, void> {
    if (!taken) return;
    for (const kind of control.takeCheckpoints()) yield* save(kind);
  }

  /** Lets signals and messages be processed, then carries out the requests. Returns false if the run must stop. */
  async function* processRequests(): AsyncGenerator<TrainingEvent, boolean, void> {
    await turns.next();
    yield* saveRequested();
    if (control.paused && !control.stop) yield* pause();
    return control.stop === null;
  }

  async function* pause(): AsyncGenerator<TrainingEvent, void, void> {
    const sinceMs = nowMs();
    yield { type: "paused" };
    if (taken) {
      // The event comes before the snapshot, because saving a large network takes longer than a command may wait for
      // its answer.
      await turns.next();
      yield* save("last");
    }
    while (control.paused && !control.stop) {
      await control.changed();
      yield* saveRequested();
    }
    pausedMs += nowMs() - sinceMs;
    if (!control.stop) yield { type: "resumed" };
  }

  /**
   * Trains on the next batches of the epoch, as many as one call should run. A short last batch gets a call of its own.
   */
  async function trainOnNext(order: Int32Array): Promise<{ loss: number; correct: number; rows: number }[]> {
    const whole = Math.floor(data.train.count / options.batchSize) - step;
    const count = whole > 0 ? runner.stepsPerCall(whole) : 1;
    const batches = batchesOf(order, count);
    const after = (step + count) * options.batchSize;
    const next = order.subarray(after, after + options.batchSize);
    const figures = await network.trainOn(data.train, batches, options.learningRate, next);
    return figures.map((figures, index) => ({ ...figures, rows: at(batches, index).rows.length }));
  }

  /** Returns the next batches of the epoch. Their masks are valid until it is called again. */
  function batchesOf(order: Int32Array, count: number): StepBatch[] {
    const { batchSize } = options;
    const rows = Array.from(
      { length: count },
      (_, index) => order.subarray((step + index) * batchSize, (step + index + 1) * batchSize),
    );
    const masks = dropout.draw(rows.map(({ length }, index) => ({ epoch, step: step + index, rows: length })));
    return rows.map((rows, index) => ({ rows, masks: at(masks, index), sampleWeights: sampleWeights(rows) }));
  }

  function orderOf(epoch: number): Int32Array {
    const { train: { count } } = data;
    if (!options.shuffle) return Int32Array.from({ length: count }, (_, index) => index);
    const random = stream(options.seed, "shuffle", epoch);
    return epochOrder(count, options.shuffleTogether ?? DEFAULT_TOGETHER, random);
  }

  function sampleWeights(rows: Int32Array): Float32Array | null {
    const { classWeights } = options;
    return classWeights && Float32Array.from(rows, (row) => at(classWeights, at(data.train.labels, row)));
  }

  try {
    // A trainer that was killed may have saved its best epoch without moving the link to it.
    const isEpochsEnd = from !== null && step === 0 && !from.beginsAgain;
    if (isEpochsEnd && bestFigures(history, monitor, mode)?.epoch === epoch) yield* save("best");
    training: while (reason === null && epoch < options.epochs) {
      const startedMs = nowMs();
      pausedMs = 0;
      const order = orderOf(epoch);
      while (step < steps) {
        if (!(yield* processRequests())) break training;
        for (const { loss, correct, rows } of await trainOnNext(order)) {
          taken = true;
          step++;
          sums = { loss: sums.loss + loss * rows, correct: sums.correct + correct, count: sums.count + rows };
          yield { type: "step", epoch: epoch + 1, step, steps, means: means(sums) };
          if (!Number.isFinite(loss)) reason = "nan";
        }
        if (reason === "nan") break training;
      }
      const outcome = await network.evaluate(data.validation);
      const figures: Figures = epochFigures(means(sums), outcome.values);
      history = withEpoch(history, figures);
      stopping = afterEpoch(stopping, epoch, figures[monitor], options.earlyStopping);
      if (options.restoreBest && stopping.keepWeights) bestWeights = network.weights();
      epoch++;
      step = 0;
      sums = NO_SUMS;
      yield { type: "epoch", epoch, figures, seconds: (nowMs() - startedMs - pausedMs) / 1000, history };
      const best = bestFigures(history, monitor, mode);
      yield {
        type: "early_stopping",
        best,
        state: stopping,
        outlook: outlook(stopping, epoch - 1, options.earlyStopping),
      };
      if (best?.epoch === epoch) yield* save("best");
      else if (options.keepsEpoch?.(history)) yield* save("last");
      if (stopping.stop) reason = "early_stopping";
      const last = stopping.stop || epoch >= options.epochs;
      if (last || nowMs() - predictedMs >= PREDICT_EVERY_MS) {
        predictedMs = nowMs();
        yield { type: "predicted", epoch, prediction: answersOf(outcome) };
      }
    }
    if (reason === null) reason = epoch >= options.epochs ? "completed" : stopReason(control);
    yield* saveRequested();
    if (taken) yield* save("last");
    if (options.restoreBest && bestWeights) {
      yield { type: "restored", epoch: stopping.referenceEpoch + 1, layers, weights: bestWeights };
    }
    const signal = control.stop?.signal;
    yield { type: "end", reason, history, ...(reason === "interrupted" && signal ? { signal } : {}) };
  } finally {
    network.dispose();
  }
}

function means({ loss, correct, count }: EpochSums): MetricValues {
  return { loss: loss / count, accuracy: correct / count };
}

function stopReason(control: Control): "stopped" | "interrupted" {
  return control.stop?.signal ? "interrupted" : "stopped";
}
