/**
 * The metrics that a run measures, once for the whole program. A metric gives two figures an epoch, under Keras's names:
 * `accuracy` over the training set and `val_accuracy` over the validation set. The class metrics are measured over the
 * validation set alone.
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

/**
 * Metrics in which every class counts alike, however many images it has. They need the predicted class of every image,
 * which a training step does not return. Their definitions are in src/training/class_figures.ts.
 */
export const CLASS_METRICS = [
  { name: "balanced_accuracy", title: "Balanced accuracy", direction: "max", limits: { min: 0, max: 1 } },
  { name: "macro_f1", title: "Macro F1", direction: "max", limits: { min: 0, max: 1 } },
] as const satisfies readonly MetricFacts[];

export type MetricName = (typeof METRICS)[number]["name"];
export type ClassMetricName = (typeof CLASS_METRICS)[number]["name"];
export type Metric = MetricFacts & { readonly name: MetricName };
export type ClassMetric = MetricFacts & { readonly name: ClassMetricName };
/** A figure that every epoch of every run has: a metric over the training set, or over the validation set. */
export type CommonFigureName = MetricName | `val_${MetricName}`;
/** A class metric over the validation set. Runs of older versions do not have these figures. */
export type ClassFigureName = `val_${ClassMetricName}`;
/** A figure of an epoch. */
export type FigureName = CommonFigureName | ClassFigureName;

/** Returns the name of a metric's figure over the validation set. */
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

/** The values of the metrics over one set of images. */
export type MetricValues = Readonly<Record<MetricName, number>>;
/** The values of all metrics over a validation set. */
export type ValidationValues = Readonly<Record<MetricName | ClassMetricName, number>>;

/** Returns the figures of an epoch: the metrics over the training set, and those over the validation set. */
export function epochFigures(training: MetricValues, validation: ValidationValues): Record<FigureName, number> {
  return {
    ...byFigure((figure) => (isValidation(figure) ? validation : training)[metricOf(figure).name]),
    ...byClassFigure((figure) => validation[metricOf(figure).name]),
  };
}

/** The figures that early stopping can monitor: those that every run has, the most useful ones first, then the others. */
export const MONITORS: readonly FigureName[] = [...FIGURE_NAMES.toReversed(), ...CLASS_FIGURES];

/** The figure that early stopping monitors by default, as the lesson does. */
export const DEFAULT_MONITOR = "val_accuracy" satisfies FigureName;

/** Returns the metric that a figure is of. */
export function metricOf<F extends FigureName>(figure: F): F extends CommonFigureName ? Metric : ClassMetric;
export function metricOf(figure: FigureName): Metric | ClassMetric {
  const metrics: readonly (Metric | ClassMetric)[] = [...METRICS, ...CLASS_METRICS];
  const found = metrics.find(({ name }) => figure === name || figure === validationFigure(name));
  if (!found) throw new RangeError(`no metric for the figure ${figure}`);
  return found;
}

/** Whether a figure is measured over the validation set. */
export function isValidation(figure: FigureName): boolean {
  return [...VALIDATION_FIGURES, ...CLASS_FIGURES].some((name) => name === figure);
}

/** Whether a text names a figure. */
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
