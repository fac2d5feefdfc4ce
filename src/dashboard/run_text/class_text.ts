/** Describes the sizes of the classes and the majority baseline. Pure. */
import { at } from "../../at.ts";
import type { EventOf } from "../../events.ts";
import type { MetricName } from "../../metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { shownName } from "../../text.ts";
import { count } from "../../counted.ts";
import { cut } from "../text/width.ts";

type Dataset = EventOf<"run">["dataset"];

/** From this ratio of the largest to the smallest training class on, the sizes are shown. */
const UNEQUAL_FROM = 1.5;
/** The maximum number of classes whose names are listed. */
const CLASSES_NAMED = 12;
/** The maximum length of the short list of sizes. */
const LIST_CHARACTERS = 30;

/**
 * Returns texts with the sizes of the classes (training + validation), the longest first: `Apple 40 + 13, Juice 8 + 3`,
 * `40/8 + 13/3`, `8 to 40 per class`. Returns none if the sizes are similar or unknown.
 */
export function classSizeTexts({ classes, per_class: sizes }: Dataset): string[] {
  if (!sizes || classes.length < 2) return [];
  const { train, validation } = sizes;
  // In a damaged log the numbers of sizes and classes may differ.
  if (train.length !== classes.length || validation.length !== classes.length) return [];
  const [least, most] = [Math.min(...train), Math.max(...train)];
  if (most < UNEQUAL_FROM * least) return [];
  const list = `${train.join("/")} + ${validation.join("/")}`;
  return [
    ...(classes.length > CLASSES_NAMED ? [] : [
      classes.map((name, label) => `${shownName(name)} ${count(at(train, label))} + ${count(at(validation, label))}`)
        .join(", "),
    ]),
    ...(list.length > LIST_CHARACTERS ? [] : [list]),
    `${count(least)} to ${count(most)} per class`,
  ];
}

/** Returns the names of the classes in one text, or null if there are too many. */
export function classListText({ classes }: Pick<Dataset, "classes">): string | null {
  return classes.length > CLASSES_NAMED ? null : classes.map(shownName).join(", ");
}

/** The majority baseline: the name of the largest class, and the accuracy of always predicting it. */
export interface NamedMajority {
  readonly name: string;
  readonly accuracy: number;
}

/** Returns the run's majority baseline, or null if it is not known yet. */
export function majorityOf({ facts, classes }: Pick<RunState, "facts" | "classes">): NamedMajority | null {
  if (!facts || !classes) return null;
  const { majority } = classes;
  const name = facts.dataset.classes[majority.class];
  return name === undefined ? null : { name, accuracy: majority.accuracy };
}

/** The numbers of decimals to try until the two figures differ. */
const DIGITS = [2, 3, 4] as const;

/** Returns `always predicting cup gives accuracy 0.77, the model gives 0.79`. */
export function majoritySentence({ name, accuracy }: NamedMajority, model: number): string {
  const digits = DIGITS.find((places) => accuracy.toFixed(places) !== model.toFixed(places)) ?? DIGITS[0];
  const [baseline, reached] = [accuracy, model].map((value) => value.toFixed(digits));
  return `always predicting ${shownName(name)} gives accuracy ${baseline}, the model gives ${reached}`;
}

/** The metric whose chart has the majority baseline. */
const MAJORITY_METRIC = "accuracy" satisfies MetricName;

/** A horizontal line of a chart with its possible captions, the longest first. */
export interface ReferenceLine {
  readonly y: number;
  readonly captions: readonly string[];
}

const NAME_COLUMNS = { long: 32, short: 12 };

/** Returns the line of the majority baseline in the chart of a metric, or null if the chart has none. */
export function majorityLine(majority: NamedMajority | null, metric: MetricName): ReferenceLine | null {
  if (majority === null || metric !== MAJORITY_METRIC) return null;
  const name = shownName(majority.name);
  const value = majority.accuracy.toFixed(2);
  return {
    y: majority.accuracy,
    captions: [
      `always predicting ${cut(name, NAME_COLUMNS.long)}: ${value}`,
      `always ${cut(name, NAME_COLUMNS.short)}: ${value}`,
    ],
  };
}
