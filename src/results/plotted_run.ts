/** What a plot needs of a run, and how it is said. Pure. */
import { at } from "../at.ts";
import { END_WORDS } from "../dashboard/run_text/describe.ts";
import { majorityOf, type NamedMajority } from "../dashboard/run_text/class_text.ts";
import { figure } from "../dashboard/text/formats.ts";
import type { EpochFigures } from "../events.ts";
import { DEFAULT_MONITOR, type FigureName, isFigureName, metricOf, MONITORS } from "../metrics.ts";
import { bestEpochOf, type RunState } from "../run_state/run_state.ts";
import { stripControl } from "../text.ts";

export interface PlottedRun {
  readonly id: string;
  /** What a person calls it: its name, where it has one, and its id. */
  readonly label: string;
  /** Base and data, for the title. */
  readonly facts: string;
  readonly epochs: readonly EpochFigures[];
  /** Which figure early stopping watched, and the first epoch with its best value. */
  readonly monitor: FigureName;
  readonly bestEpoch: number | null;
  /** The majority baseline; null where the run has not said it. */
  readonly majority: NamedMajority | null;
  /** The last epoch and why it was the last; null while the run goes on. */
  readonly stop: { readonly epoch: number; readonly why: string } | null;
}

/** @param id the run's folder: what it is called where its events do not say. */
export function plottedRun(id: string, run: RunState): PlottedRun {
  const { facts, epochs, earlyStopping, end } = run;
  const folder = stripControl(id);
  return {
    id: folder,
    label: facts?.name ? `${facts.name}  ${folder}` : folder,
    facts: facts ? `${facts.model.base} · ${facts.dataset.name}` : "",
    epochs,
    monitor: monitorOf(earlyStopping?.monitor),
    bestEpoch: bestEpochOf(run),
    majority: majorityOf(run),
    stop: end ? { epoch: end.epochs, why: END_WORDS[end.reason] } : null,
  };
}

/** Early stopping may not have said what it monitors: then it is what it monitors by default. */
function monitorOf(name: string | undefined): FigureName {
  return name !== undefined && isFigureName(name) ? name : DEFAULT_MONITOR;
}

export interface Best {
  readonly epoch: number;
  /** The figure that the mark lies on, and its value there. */
  readonly key: FigureName;
  readonly value: number;
}

/** The best epoch as seen among these figures: by the one that was watched, else by the last of them. */
export function bestAmong(
  { epochs, bestEpoch, monitor }: PlottedRun,
  keys: readonly FigureName[] = MONITORS.toReversed(),
): Best | null {
  const key = keys.find((name) => name === monitor) ?? at(keys, keys.length - 1);
  const value = epochs.find(({ epoch }) => epoch === bestEpoch)?.[key] ?? null;
  return bestEpoch === null || value === null ? null : { epoch: bestEpoch, key, value };
}

/** The distinct majority baselines of several runs: those on the same data have the same one. */
export function majoritiesOf(runs: readonly PlottedRun[]): NamedMajority[] {
  const known = new Map(
    runs.flatMap(({ majority }) =>
      majority === null ? [] : [[`${majority.accuracy} ${majority.name}`, majority] as const]
    ),
  );
  return [...known.values()];
}

/** `best val_accuracy at epoch 21: 0.652`; where another figure is meant than the one watched, its name. */
export function bestWords({ monitor }: PlottedRun, { epoch, key, value }: Best): string {
  const text = figure(value, metricOf(key).limits.max === undefined ? 4 : 3);
  return `best ${monitor} at epoch ${epoch}: ${key === monitor ? "" : `${key} `}${text}`;
}

/** `stopped early, epoch 26`. */
export function stopWords({ epoch, why }: NonNullable<PlottedRun["stop"]>): string {
  return `${why}, epoch ${epoch}`;
}
