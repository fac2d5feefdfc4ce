/** The text of an evaluation, for a terminal or a file. */
import { basename } from "node:path";
import { at } from "../at.ts";
import { count, counted } from "../counted.ts";
import { columnLetters, MATRIX_AXES } from "../dashboard/panes/confusion_view.ts";
import { majoritySentence } from "../dashboard/run_text/class_text.ts";
import { percent } from "../dashboard/text/formats.ts";
import { cut, fit, stringWidth, wrapWords } from "../dashboard/text/width.ts";
import { shownName, stripControl } from "../text.ts";
import { caveatLines } from "./caveats.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Metrics, Pair } from "./metrics.ts";

const ELLIPSIS = "…";
const PAIRS_SHOWN = 5;
const MISTAKES_SHOWN = 10;
/** The maximum width of a class name, in columns. */
const NAME_WIDTH = 20;

/** What was evaluated on which images. */
export type EvaluationHead = RunHead | ModelHead;

/** A checkpoint of a run that was evaluated. */
export interface RunHead {
  readonly run: string;
  readonly checkpoint: string;
  readonly epoch: number;
  /** The number of training steps after this epoch. */
  readonly step: number;
  /** The name of the images. */
  readonly images: string;
}

/** A model from a file that was evaluated. */
export interface ModelHead {
  /** The absolute path of the model's file. */
  readonly model: string;
  /** The name of the images. */
  readonly images: string;
}

/** Returns the name of what was evaluated. */
export function headTitle(head: EvaluationHead): string {
  return "model" in head ? stripControl(basename(head.model)) : `${head.run}, checkpoint ${head.checkpoint}`;
}

const share = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** Returns the lines of the report. If `width` is 80 or more, none is longer. */
export function evaluationLines(head: EvaluationHead, evaluation: Evaluation, width: number): string[] {
  const { metrics, majority, loss, broken, caveats } = evaluation;
  const { count: images, correct, accuracy, interval: [low, high], balancedAccuracy, macroF1 } = metrics;
  return [
    ...headLines(head, width),
    cut(`${counted(images, "image", "images")}: ${stripControl(head.images)}`, width, ELLIPSIS),
    ...caveatLines(caveats).flatMap((line) => wrapWords(line, width)),
    `loss ${loss.toFixed(4)}  accuracy ${accuracy.toFixed(4)} (${count(correct)} of ${count(images)}), ` +
    `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`,
    `balanced accuracy ${balancedAccuracy.toFixed(4)}  macro F1 ${macroF1.toFixed(4)}`,
    ...(majority ? wrapWords(majoritySentence(majority, accuracy), width) : []),
    ...broken.slice(0, 1).map(({ path }) =>
      broken.length === 1
        ? `1 image cannot be decoded and is left out: ${stripControl(path)}`
        : `${count(broken.length)} images cannot be decoded and are left out: ${stripControl(path)}, …`
    ),
    "",
    ...classLines(evaluation),
    "",
    ...matrixLines(metrics, width),
    ...pairLines(metrics),
    ...mistakeLines(evaluation, width),
    ...wrapWords(
      "These figures hold for images like these. Before you use the model on others, evaluate it on a folder of them: " +
        `deno task evaluate ${"model" in head ? "--model FILE" : "RUN"} --data DIR`,
      width,
    ),
  ];
}

/** Returns what was evaluated, and for a run at which point of its training. */
function headLines(head: EvaluationHead, width: number): string[] {
  if ("model" in head) return [cut(headTitle(head), width, ELLIPSIS)];
  // The epoch must not be cut: 129 would look like 12.
  const title = wrapWords(`${headTitle(head)} (epoch ${head.epoch})`, width);
  return [
    ...title.map((line) => cut(line, width, ELLIPSIS)),
    ...(head.step === 0 ? [] : wrapWords(`These weights are ${stepsText(head)}.`, width)),
  ];
}

/**
 * Returns a phrase that says how many steps of the next epoch the checkpoint has, such as "from 3 training steps …".
 */
function stepsText({ epoch, step }: RunHead): string {
  const steps = counted(step, "training step", "training steps");
  return epoch === 0 ? `from ${steps} into epoch 1` : `from ${steps} after the end of epoch ${epoch}`;
}

/**
 * Returns the table of classes: their figures, how many of these images they have, and how many images the run was
 * trained on.
 */
function classLines({ metrics: { classes }, trainedOn }: Evaluation): string[] {
  const means = (["precision", "recall", "f1"] as const).map((key) => mean(classes.map((figures) => figures[key])));
  const counted = (name: string, shares: readonly (number | null)[], counts: readonly (number | undefined)[]) =>
    classRow(name, [...shares.map(share), ...counts.filter((number) => number !== undefined).map(count)]);
  return [
    classRow("class", ["precision", "recall", "f1", "support", ...(trainedOn ? ["training"] : [])]),
    ...classes.map(({ name, precision, recall, f1, support }, label) =>
      counted(shortName(name), [precision, recall, f1], [support, trainedOn?.[label]])
    ),
    counted("mean", means, [sumOf(classes.map(({ support }) => support)), trainedOn ? sumOf(trainedOn) : undefined]),
  ];
}

function classRow(name: string, cells: readonly string[]): string {
  return fit(name, NAME_WIDTH) + cells.map((cell) => cell.padStart(11)).join("");
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Returns the mean of the values that are not null. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * Returns the confusion matrix, if it fits. If it does not, the pairs below it still show the most frequent mistakes.
 */
function matrixLines({ classes, confusion }: Metrics, width: number): string[] {
  const letters = columnLetters(classes.length);
  const cell = Math.max(4, ...confusion.flat().map((images) => count(images).length + 1));
  if (NAME_WIDTH + classes.length * cell > width) {
    return [`The confusion matrix does not fit into ${width} columns. See the image, or use --json.`, ""];
  }
  const head = letters.map((letter) => letter.padStart(cell)).join("");
  const letterWidth = Math.max(0, ...letters.map(({ length }) => length));
  return [
    fit(MATRIX_AXES, NAME_WIDTH) + head,
    ...classes.map(({ name }, label) => {
      const counts = at(confusion, label).map((images) => (images === 0 ? "·" : count(images)).padStart(cell));
      const letter = at(letters, label).padStart(letterWidth);
      return fit(`${letter} ${shortName(name, NAME_WIDTH - letterWidth - 2)}`, NAME_WIDTH) + counts.join("");
    }),
    "",
  ];
}

function pairLines({ pairs }: Metrics): string[] {
  if (pairs.length === 0) return ["no image was misclassified", ""];
  return ["most frequent mistakes:", ...pairs.slice(0, PAIRS_SHOWN).map(pairText), ""];
}

function pairText({ actual, predicted, count: images, share }: Pair): string {
  return `  ${shownName(actual)} predicted as ${shownName(predicted)}: ${count(images)} (${
    percent(share)
  } of its images)`;
}

function mistakeLines({ metrics: { mistakes }, imageOf }: Evaluation, width: number): string[] {
  if (mistakes.length === 0) return [];
  const rows = mistakes.slice(0, MISTAKES_SHOWN).map(({ row, actual, predicted, probability }) => {
    const start = `  ${probability.toFixed(3)}  ${shortName(actual)} predicted as ${shortName(predicted)}  `;
    const room = Math.max(10, width - stringWidth(start));
    return start + cut(stripControl(imageOf(row)), room, ELLIPSIS);
  });
  return ["most confident mistakes:", ...rows, ""];
}

function shortName(name: string, width = NAME_WIDTH - 1): string {
  return cut(stripControl(name), width, ELLIPSIS);
}
