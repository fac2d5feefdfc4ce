/**
 * The metrics that a run measures, once for the whole program. A metric gives two figures an epoch, under Keras's names:
 * `accuracy` over the training set and `val_accuracy` over the validation set.
 */

/** Which way a metric is better. Keras's EarlyStopping calls this `mode`. */
export const DIRECTIONS = ["min", "max"] as const;
export type Direction = (typeof DIRECTIONS)[number];

interface MetricFacts {
  /** Keras's name, which is also the name of the training figure. */
  readonly name: string;
  /** For people, at the head of a chart. */
  readonly title: string;
  readonly direction: Direction;
  /** Values that the metric cannot pass. */
  readonly limits: { readonly min?: number; readonly max?: number };
}

/** In Keras's order, which is that of the columns of history.csv. */
export const METRICS = [
  { name: "loss", title: "Loss", direction: "min", limits: { min: 0 } },
  { name: "accuracy", title: "Accuracy", direction: "max", limits: { min: 0, max: 1 } },
] as const satisfies readonly MetricFacts[];

export type MetricName = (typeof METRICS)[number]["name"];
export type Metric = MetricFacts & { readonly name: MetricName };
export type ValidationFigureName = `val_${MetricName}`;
/** A figure of an epoch: a metric over the training set, or over the validation set. */
export type FigureName = MetricName | ValidationFigureName;

/** Returns the name of a metric's figure over the validation set. */
export function validationFigure(name: MetricName): ValidationFigureName {
  return `val_${name}`;
}

const TRAINING_FIGURES: readonly FigureName[] = METRICS.map(({ name }) => name);
const VALIDATION_FIGURES: readonly FigureName[] = METRICS.map(({ name }) => validationFigure(name));

/** The figures of an epoch in the order of Keras's History and CSVLogger. */
export const FIGURE_NAMES: readonly FigureName[] = [...TRAINING_FIGURES, ...VALIDATION_FIGURES];

/** Returns a record with a value for each metric, in Keras's order. */
export function byMetric<T>(make: (name: MetricName) => T): Record<MetricName, T> {
  return Object.fromEntries(METRICS.map(({ name }) => [name, make(name)])) as Record<MetricName, T>;
}

/** The values of the metrics over one set of images. */
export type MetricValues = Readonly<Record<MetricName, number>>;

/** Returns the figures of an epoch: the metrics over the training set, and those over the validation set. */
export function epochFigures(training: MetricValues, validation: MetricValues): Record<FigureName, number> {
  return byFigure((figure) => (isValidation(figure) ? validation : training)[metricOf(figure).name]);
}

/** The figures that early stopping can monitor, the most useful ones first. */
export const MONITORS: readonly FigureName[] = FIGURE_NAMES.toReversed();

/** The figure that early stopping monitors by default, as the lesson does. */
export const DEFAULT_MONITOR = "val_accuracy" satisfies FigureName;

/** Returns the metric that a figure is of. */
export function metricOf(figure: FigureName): Metric {
  const found = METRICS.find(({ name }) => figure === name || figure === validationFigure(name));
  if (!found) throw new RangeError(`no metric for the figure ${figure}`);
  return found;
}

/** Whether a figure is measured over the validation set. */
export function isValidation(figure: FigureName): boolean {
  return VALIDATION_FIGURES.includes(figure);
}

/** Whether a text names a figure. */
export function isFigureName(text: string): text is FigureName {
  return FIGURE_NAMES.some((name) => name === text);
}

/** Returns a record with a value for each figure, in Keras's order. */
export function byFigure<T>(make: (name: FigureName) => T): Record<FigureName, T> {
  return Object.fromEntries(FIGURE_NAMES.map((name) => [name, make(name)])) as Record<FigureName, T>;
}

/**
 * Returns the first index with the strictly best value, or null where no value is a number. This is what Headlight calls
 * the best epoch: it names the link `best`, `end.best` and the star in charts. What early stopping compares with is
 * another thing, its reference (src/training/early_stopping.ts).
 *
 * @param values one an epoch; null where the figure was not finite
 */
export function bestIndex(values: readonly (number | null)[], direction: Direction): number | null {
  let best: { readonly index: number; readonly value: number } | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    if (best === null || (direction === "max" ? value > best.value : value < best.value)) best = { index, value };
  }
  return best?.index ?? null;
}
