/** The sizes of classes and the majority baseline in words. Pure. */
import { at } from "../../at.ts";
import type { EventOf } from "../../events.ts";
import type { MetricName } from "../../metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { shownName } from "../../text.ts";
import { count } from "../text/formats.ts";
import { cut } from "../text/width.ts";

type Dataset = EventOf<"run">["dataset"];

/** Classes are called unequal from here on: the largest training class over the smallest. */
const UNEQUAL_FROM = 1.5;
/** So many classes are named one by one. */
const CLASSES_NAMED = 12;
/** As wide as the short list of sizes may become. */
const LIST_CHARACTERS = 30;

/**
 * Returns the sizes of the classes, training + validation, the longest wording first: `Apple 40 + 13, Juice 8 + 3`, then
 * `40/8 + 13/3`, then `8 to 40 a class`. Returns no wording if the classes are about equal or the run does not say.
 */
export function classSizeTexts({ classes, per_class: sizes }: Dataset): string[] {
  if (!sizes || classes.length < 2) return [];
  const { train, validation } = sizes;
  // A damaged log may have another number of them.
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
    `${count(least)} to ${count(most)} a class`,
  ];
}

/** Returns the names of the classes in one text; null if there are too many to name. */
export function classListText({ classes }: Pick<Dataset, "classes">): string | null {
  return classes.length > CLASSES_NAMED ? null : classes.map(shownName).join(", ");
}

/** What the majority baseline is said with: a class's name, and the accuracy of always predicting it. */
export interface NamedMajority {
  readonly name: string;
  readonly accuracy: number;
}

/** Returns the majority baseline as the run says it; null where it has not said it. */
export function majorityOf({ facts, classes }: Pick<RunState, "facts" | "classes">): NamedMajority | null {
  if (!facts || !classes) return null;
  const { majority } = classes;
  const name = facts.dataset.classes[majority.class];
  return name === undefined ? null : { name, accuracy: majority.accuracy };
}

/** Digits that a comparison is made with, as few as tell the two figures apart. */
const DIGITS = [2, 3, 4] as const;

/** Returns `accuracy 0.79; always predicting cup would give 0.77`. */
export function majoritySentence({ name, accuracy }: NamedMajority, model: number): string {
  const digits = DIGITS.find((places) => accuracy.toFixed(places) !== model.toFixed(places)) ?? DIGITS[0];
  return `accuracy ${model.toFixed(digits)}; always predicting ${shownName(name)} would give ${
    accuracy.toFixed(digits)
  }`;
}

/** The metric whose chart has the majority baseline. */
const MAJORITY_METRIC = "accuracy" satisfies MetricName;

/** A horizontal line of a chart, with what is written on it, the longest wording first. */
export interface ReferenceLine {
  readonly y: number;
  readonly captions: readonly string[];
}

const NAME_COLUMNS = { long: 32, short: 12 };

/** Returns the line of the majority baseline in the chart of a metric; null where it has none. */
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
