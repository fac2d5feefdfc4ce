/**
 * The metrics that a run measures, defined here for the whole program. Each metric gives two figures per epoch, under
 * Keras's names: `accuracy` on the training set and `val_accuracy` on the validation set. The class metrics are
 * measured on the validation set only.
 */
import type { Sequence } from "./sequence.ts";
import { SPAN } from "./span.ts";

/** Whether a smaller or a larger value is better. Keras's EarlyStopping calls this `mode`. */
export const DIRECTIONS = ["min", "max"] as const;
export type Direction = (typeof DIRECTIONS)[number];

interface MetricFacts {
  /** Keras's name, which is also the name of the figure on the training set. */
  readonly name: string;
  /** The title of the metric's chart. */
  readonly title: string;
  readonly direction: Direction;
  /** The bounds of the metric's values. */
  readonly limits: { readonly min?: number; readonly max?: number };
}

/** The metrics in Keras's order, which is also the order of the columns of history.csv. */
export const METRICS = [
  { name: "loss", title: "Loss", direction: "min", limits: { min: 0 } },
  { name: "accuracy", title: "Accuracy", direction: "max", limits: { min: 0, max: 1 } },
] as const satisfies readonly MetricFacts[];

/**
 * Metrics in which every class has the same weight, whatever its number of images. They need the predicted class of
 * every image, which a training step does not return. They are computed in src/training/class_figures.ts.
 */
export const CLASS_METRICS = [
  { name: "balanced_accuracy", title: "Balanced accuracy", direction: "max", limits: { min: 0, max: 1 } },
  { name: "macro_f1", title: "Macro F1", direction: "max", limits: { min: 0, max: 1 } },
] as const satisfies readonly MetricFacts[];

export type MetricName = (typeof METRICS)[number]["name"];
export type ClassMetricName = (typeof CLASS_METRICS)[number]["name"];
export type Metric = MetricFacts & { readonly name: MetricName };
export type ClassMetric = MetricFacts & { readonly name: ClassMetricName };
/** A figure that every epoch of every run has: a metric on the training set or on the validation set. */
export type CommonFigureName = MetricName | `val_${MetricName}`;
/** A class metric on the validation set. Runs of older versions do not have these figures. */
export type ClassFigureName = `val_${ClassMetricName}`;
/** Any figure of an epoch. */
export type FigureName = CommonFigureName | ClassFigureName;

/** Returns the name of a metric's figure on the validation set. */
export function validationFigure<N extends MetricName | ClassMetricName>(name: N): `val_${N}` {
  return `val_${name}`;
}

const TRAINING_FIGURES = METRICS.map(({ name }) => name);
const VALIDATION_FIGURES = METRICS.map(({ name }) => validationFigure(name));

/** The figures that every epoch has, in the order of Keras's History and CSVLogger. */
export const FIGURE_NAMES: readonly CommonFigureName[] = [...TRAINING_FIGURES, ...VALIDATION_FIGURES];

/** The figures of the class metrics. */
export const CLASS_FIGURES: readonly ClassFigureName[] = CLASS_METRICS.map(({ name }) => validationFigure(name));

/** Returns a record with a value for each metric, in Keras's order. */
export function byMetric<T>(make: (name: MetricName) => T): Record<MetricName, T> {
  return Object.fromEntries(METRICS.map(({ name }) => [name, make(name)])) as Record<MetricName, T>;
}

/** The values of the metrics on one set of images. */
export type MetricValues = Readonly<Record<MetricName, number>>;
/** The values of all metrics on a validation set. */
export type ValidationValues = Readonly<Record<MetricName | ClassMetricName, number>>;

/** Returns the figures of an epoch from the metrics on the training set and those on the validation set. */
export function epochFigures(training: MetricValues, validation: ValidationValues): Record<FigureName, number> {
  return {
    ...byFigure((figure) => (isValidation(figure) ? validation : training)[metricOf(figure).name]),
    ...byClassFigure((figure) => validation[metricOf(figure).name]),
  };
}

/**
 * The figures that early stopping can monitor: first those that every run has, the most useful one first; then the
 * others.
 */
export const MONITORS: readonly FigureName[] = [...FIGURE_NAMES.toReversed(), ...CLASS_FIGURES];

/** The figure that early stopping monitors by default, as the lesson does. */
export const DEFAULT_MONITOR = "val_accuracy" satisfies FigureName;

/** Returns the metric to which a figure belongs. */
export function metricOf<F extends FigureName>(figure: F): F extends CommonFigureName ? Metric : ClassMetric;
export function metricOf(figure: FigureName): Metric | ClassMetric {
  const metrics: readonly (Metric | ClassMetric)[] = [...METRICS, ...CLASS_METRICS];
  const found = metrics.find(({ name }) => figure === name || figure === validationFigure(name));
  if (!found) throw new RangeError(`no metric for the figure ${figure}`);
  return found;
}

/** Returns whether a figure is measured on the validation set. */
export function isValidation(figure: FigureName): boolean {
  return [...VALIDATION_FIGURES, ...CLASS_FIGURES].some((name) => name === figure);
}

/** Returns whether a text is the name of a figure. */
export function isFigureName(text: string): text is FigureName {
  return MONITORS.some((name) => name === text);
}

/** Returns a record with a value for each figure that every epoch has, in Keras's order. */
export function byFigure<T>(make: (name: CommonFigureName) => T): Record<CommonFigureName, T> {
  return Object.fromEntries(FIGURE_NAMES.map((name) => [name, make(name)])) as Record<CommonFigureName, T>;
}

/** Returns a record with a value for each figure of the class metrics. */
export function byClassFigure<T>(make: (name: ClassFigureName) => T): Record<ClassFigureName, T> {
  return Object.fromEntries(CLASS_FIGURES.map((name) => [name, make(name)])) as Record<ClassFigureName, T>;
}

/**
 * Returns the index of the first strictly best value, or null if all values are null. Headlight calls this epoch the
 * best one: it is the target of the link `best`, `end.best`, and the star in charts. Early stopping compares with its
 * reference instead, which may be another epoch (src/training/early_stopping.ts).
 *
 * @param values one per epoch; null if the figure was not finite
 */
export function bestIndex(values: Sequence<number | null>, direction: Direction): number | null {
  const { count, highestAt, lowestAt } = values.over(SPAN);
  return count === 0 ? null : direction === "max" ? highestAt : lowestAt;
}
