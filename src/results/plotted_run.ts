/** The data that a plot needs from a run, and texts about it. Pure. */
import { at } from "../at.ts";
import { END_WORDS } from "../dashboard/run_text/describe.ts";
import { majorityOf, type NamedMajority } from "../dashboard/run_text/class_text.ts";
import { figure } from "../dashboard/text/formats.ts";
import type { EpochFigures } from "../events.ts";
import {
  type CommonFigureName,
  DEFAULT_MONITOR,
  type FigureName,
  isFigureName,
  metricOf,
  MONITORS,
} from "../metrics.ts";
import { bestEpochOf, type RunState } from "../run_state/run_state.ts";
import { stripControl } from "../text.ts";

export interface PlottedRun {
  readonly id: string;
  /** The name of the run, if it has one, and its id. */
  readonly label: string;
  /** Base and data set, for the title. */
  readonly facts: string;
  readonly epochs: readonly EpochFigures[];
  /** The figure that early stopping monitors, and the first epoch with its best value. */
  readonly monitor: FigureName;
  readonly bestEpoch: number | null;
  /** The majority baseline; null if the run did not record it. */
  readonly majority: NamedMajority | null;
  /** The last epoch, and why the run ended there; null while the run is live. */
  readonly stop: { readonly epoch: number; readonly why: string } | null;
}

/**
 * Returns the data for plotting a run.
 * @param id the name of the run's folder
 */
export function plottedRun(id: string, run: RunState): PlottedRun {
  const { facts, epochs, earlyStopping, end } = run;
  const folder = stripControl(id);
  return {
    id: folder,
    label: facts?.name ? `${facts.name}  ${folder}` : folder,
    facts: facts ? `${facts.model.base} · ${facts.dataset.name}` : "",
    epochs: [...epochs],
    monitor: monitorOf(earlyStopping?.monitor),
    bestEpoch: bestEpochOf(run),
    majority: majorityOf(run),
    stop: end ? { epoch: end.epochs, why: END_WORDS[end.reason] } : null,
  };
}

/** Returns the monitored figure, or the default if there is no early stopping event yet. */
function monitorOf(name: string | undefined): FigureName {
  return name !== undefined && isFigureName(name) ? name : DEFAULT_MONITOR;
}

export interface Best {
  readonly epoch: number;
  /** The figure on whose curve the mark is, and its value there. */
  readonly key: FigureName;
  readonly value: number;
}

/** Returns the best epoch for a mark on one of these figures: on the monitored one, or else on the last of them. */
export function bestAmong(
  { epochs, bestEpoch, monitor }: PlottedRun,
  keys: readonly FigureName[] = MONITORS.toReversed(),
): Best | null {
  const key = keys.find((name) => name === monitor) ?? at(keys, keys.length - 1);
  const value = epochs.find(({ epoch }) => epoch === bestEpoch)?.[key] ?? null;
  return bestEpoch === null || value === null ? null : { epoch: bestEpoch, key, value };
}

/** Returns the largest of some figures of runs, or 0 if there is none. */
export function largestOf(runs: readonly PlottedRun[], keys: readonly CommonFigureName[]): number {
  let largest = 0;
  for (const { epochs } of runs) {
    for (const figures of epochs) for (const key of keys) largest = Math.max(largest, figures[key] ?? 0);
  }
  return largest;
}

/**
 * Returns the majority baselines of several runs without duplicates. Runs on the same data have the same one, and with
 * other seeds one that is shown with the same figure.
 */
export function majoritiesOf(runs: readonly PlottedRun[]): NamedMajority[] {
  const known = new Map(
    runs.flatMap(({ majority }) =>
      majority === null ? [] : [[`${majority.accuracy.toFixed(2)} ${majority.name}`, majority] as const]
    ),
  );
  return [...known.values()];
}

/** Returns `best val_accuracy at epoch 21: 0.652`. The value's figure is named if it is not the monitored one. */
export function bestWords({ monitor }: PlottedRun, { epoch, key, value }: Best): string {
  const text = figure(value, metricOf(key).limits.max === undefined ? 4 : 3);
  return `best ${monitor} at epoch ${epoch}: ${key === monitor ? "" : `${key} `}${text}`;
}

/** Returns `stopped early, epoch 26`. */
export function stopWords({ epoch, why }: NonNullable<PlottedRun["stop"]>): string {
  return `${why}, epoch ${epoch}`;
}
