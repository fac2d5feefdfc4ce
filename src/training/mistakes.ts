/** Finds the most confident mistakes of a network. */
import { at } from "../at.ts";

/** The predictions of a network, by row of a feature set. */
export interface Answers {
  readonly classes: Int32Array;
  /** The probability of that class among all classes, from 0 to 1. */
  readonly confidences: Float32Array;
}

/** A misclassified row of a feature set. */
export interface Mistake {
  readonly row: number;
  readonly actual: number;
  readonly predicted: number;
  readonly confidence: number;
}

/**
 * Returns at most `count` misclassified rows, the most confident first. In a tie, the earlier row comes first. Rows
 * whose confidence is not finite are left out.
 */
export function mostConfidentMistakes(labels: Int32Array, answers: Answers, count: number): Mistake[] {
  const mistakes: Mistake[] = [];
  answers.classes.forEach((predicted, row) => {
    const actual = at(labels, row);
    const confidence = at(answers.confidences, row);
    if (predicted !== actual && Number.isFinite(confidence)) mistakes.push({ row, actual, predicted, confidence });
  });
  return mistakes.sort((one, other) => other.confidence - one.confidence || one.row - other.row).slice(0, count);
}
