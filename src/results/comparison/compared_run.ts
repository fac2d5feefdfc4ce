/** The facts about a run that `compare` shows. Pure. */
import { END_WORDS } from "../../dashboard/run_text/describe.ts";
import { bestEpochOf, type RunState } from "../../run_state/run_state.ts";
import { stripControl } from "../../text.ts";
import { wilson } from "../metrics.ts";

export interface ComparedRun {
  readonly id: string;
  /** The value of `--name`, or null. */
  readonly name: string | null;
  readonly base: string;
  readonly weights: string;
  readonly preprocess: string;
  /** The height and width of the base's input, in pixels. */
  readonly size: number;
  readonly data: string;
  /** The first epoch with the best monitored figure, counted from 1, and its validation accuracy. */
  readonly best: {
    readonly epoch: number;
    readonly accuracy: number;
    /** The 95 % interval of the accuracy, see `wilson`. */
    readonly interval: readonly [low: number, high: number];
  } | null;
  readonly epochs: number;
  /** The seconds from the start of the run to its end, or null if it has not ended. */
  readonly seconds: number | null;
  readonly parameters: { readonly total: number; readonly trainable: number };
  /** The images per second when the base computed the features, or null if all features were in the cache. */
  readonly imagesPerSecond: number | null;
  /** How the run ended, in words, or null if it has not ended. */
  readonly end: string | null;
}

/** Returns the facts about a run, or null if the run ended before it was prepared. */
export function comparedRun(id: string, run: RunState): ComparedRun | null {
  const { facts, epochs, end, rates } = run;
  if (!facts) return null;
  const bestEpoch = bestEpochOf(run);
  const accuracy = epochs.find(({ epoch }) => epoch === bestEpoch)?.val_accuracy ?? null;
  const count = facts.dataset.validation;
  return {
    id: stripControl(id),
    name: facts.name,
    base: facts.model.base,
    weights: facts.model.weights,
    preprocess: facts.model.preprocess,
    size: facts.model.size,
    data: facts.dataset.name,
    best: bestEpoch === null || accuracy === null
      ? null
      : { epoch: bestEpoch, accuracy, interval: wilson(Math.round(accuracy * count), count) },
    epochs: end?.epochs ?? epochs.length,
    seconds: end?.seconds.total ?? null,
    parameters: { total: facts.parameters.total, trainable: facts.parameters.trainable },
    imagesPerSecond: rates.at(-1)?.perSecond ?? null,
    end: end ? END_WORDS[end.reason] : null,
  };
}
