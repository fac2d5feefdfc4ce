/** What a comparison says of one run. Pure. */
import { END_WORDS } from "../../dashboard/run_text/describe.ts";
import { bestEpochOf, type RunState } from "../../run_state/run_state.ts";
import { stripControl } from "../../text.ts";
import { wilson } from "../metrics.ts";

export interface ComparedRun {
  readonly id: string;
  /** `--name`; null if the run has none. */
  readonly name: string | null;
  readonly base: string;
  readonly weights: string;
  readonly preprocess: string;
  /** The side of the base's input, in pixels. */
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
  /** From the run's start to its end; null if it has no end yet. */
  readonly seconds: number | null;
  readonly parameters: { readonly total: number; readonly trainable: number };
  /** Images whose features the base computed per second; null if the cache had them all. */
  readonly imagesPerSecond: number | null;
  /** Why the run ended; null while it goes on. */
  readonly end: string | null;
}

/** Returns what a comparison says of a run, or null if the run was never prepared. */
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
