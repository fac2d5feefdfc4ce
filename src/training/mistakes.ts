/** The images that a head gets wrong with the most confidence. */
import { at } from "../at.ts";

/** What a head takes each row of a set for. */
export interface HeadAnswers {
  readonly classes: Int32Array;
  /** The probability of that class, of all classes: 0 to 1. */
  readonly confidences: Float32Array;
}

export interface Mistake {
  readonly row: number;
  readonly actual: number;
  readonly predicted: number;
  readonly confidence: number;
}

/**
 * Returns at most `count` wrong rows, the most confident first. Of equal ones the earlier row comes first. Rows whose
 * confidence is not finite are left out.
 */
export function mostConfidentMistakes(labels: Int32Array, answers: HeadAnswers, count: number): Mistake[] {
  const mistakes: Mistake[] = [];
  answers.classes.forEach((predicted, row) => {
    const actual = at(labels, row);
    const confidence = at(answers.confidences, row);
    if (predicted !== actual && Number.isFinite(confidence)) mistakes.push({ row, actual, predicted, confidence });
  });
  return mistakes.sort((one, other) => other.confidence - one.confidence || one.row - other.row).slice(0, count);
}
