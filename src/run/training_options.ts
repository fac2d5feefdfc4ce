/** The options of a run in the form that the training loop takes. */
import type { RunOptions } from "../config.ts";
import type { Weights } from "../model/network_weights.ts";
import { type EarlyStoppingOptions, resolveMode } from "../training/early_stopping.ts";
import type { TrainingOptions } from "../training/train.ts";
import type { Keeping } from "./checkpoints/keeping.ts";

/**
 * Returns the options of a training.
 * @param start the weights to start with, or null for those from the seed
 */
export function trainingOptions(
  options: RunOptions,
  classWeights: TrainingOptions["classWeights"],
  start: Weights<Float32Array> | null = null,
): TrainingOptions {
  return {
    ...(start ? { startWeights: start } : {}),
    epochs: options.epochs,
    batchSize: options.batch,
    learningRate: options.learning_rate,
    seed: options.seed,
    shuffle: true,
    shuffleTogether: options.shuffle_together,
    classWeights,
    earlyStopping: earlyStoppingOptions(options),
    restoreBest: options.restore_best,
  };
}

/** Returns the options of early stopping. */
export function earlyStoppingOptions(options: RunOptions): EarlyStoppingOptions {
  return {
    monitor: options.monitor,
    mode: resolveMode(options.mode, options.monitor),
    minDelta: options.min_delta,
    patience: options.patience,
    baseline: options.baseline ?? null,
    startFromEpoch: options.start_from_epoch,
  };
}

/** Returns which checkpoints are kept for their figure. */
export function keepingOf({ keep, monitor, mode }: RunOptions): Keeping {
  return { count: keep, monitor, mode: resolveMode(mode, monitor) };
}
