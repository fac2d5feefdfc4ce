/** An evaluation in words and columns, for a terminal or a file. */
import { at } from "../at.ts";
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
/** Class names are cut to so many columns. */
const NAME_WIDTH = 20;

export interface EvaluationHead {
  readonly run: string;
  readonly checkpoint: string;
  readonly epoch: number;
  /** Steps of the epoch after it that these weights have seen. */
  readonly step: number;
  /** Which images. */
  readonly images: string;
}

const share = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** The lines of the report, none wider than `width` columns from 80 on. */
export function evaluationLines(head: EvaluationHead, evaluation: Evaluation, width: number): string[] {
  const { metrics, majority, loss, broken, caveats } = evaluation;
  const { count, correct, accuracy, interval: [low, high], balancedAccuracy, macroF1 } = metrics;
  return [
    cut(`${head.run}, checkpoint ${head.checkpoint} (epoch ${head.epoch})`, width, ELLIPSIS),
    ...(head.step === 0 ? [] : wrapWords(`These weights are ${stepsText(head)}.`, width)),
    cut(`${count} images: ${stripControl(head.images)}`, width, ELLIPSIS),
    ...caveatLines(caveats).flatMap((line) => wrapWords(line, width)),
    `loss ${loss.toFixed(4)}  accuracy ${accuracy.toFixed(4)} (${correct} of ${count}), ` +
    `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`,
    `balanced accuracy ${balancedAccuracy.toFixed(4)}  macro F1 ${macroF1.toFixed(4)}`,
    ...(majority ? wrapWords(majoritySentence(majority, accuracy), width) : []),
    ...broken.slice(0, 1).map(({ path }) =>
      broken.length === 1
        ? `left out, because it cannot be decoded: ${stripControl(path)}`
        : `left out, because they cannot be decoded: ${broken.length} images, ${stripControl(path)} first`
    ),
    "",
    ...classLines(evaluation),
    "",
    ...matrixLines(metrics, width),
    ...pairLines(metrics),
    ...mistakeLines(evaluation, width),
    ...wrapWords(
      "These figures hold for images like these. Before you use the model on others, evaluate it on a folder of them: " +
        "deno task evaluate RUN --data DIR",
      width,
    ),
  ];
}

/** What of the epoch under way a checkpoint within it has seen. */
function stepsText({ epoch, step }: EvaluationHead): string {
  const steps = step === 1 ? "1 training step" : `${step} training steps`;
  return epoch === 0 ? `${steps} old: epoch 1 was not finished` : `${steps} past the end of epoch ${epoch}`;
}

/** A class's figures, how many of these images are of it, and how many images of it the run was trained on. */
function classLines({ metrics: { classes }, trainedOn }: Evaluation): string[] {
  const means = (["precision", "recall", "f1"] as const).map((key) => mean(classes.map((figures) => figures[key])));
  const counted = (name: string, shares: readonly (number | null)[], counts: readonly (number | undefined)[]) =>
    classRow(name, [...shares.map(share), ...counts.filter((number) => number !== undefined).map(String)]);
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

/** Over the classes that have a figure. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The confusion matrix, where it fits; the pairs below it say the most important in any case. */
function matrixLines({ classes, confusion }: Metrics, width: number): string[] {
  const cell = Math.max(4, ...confusion.flat().map((count) => String(count).length + 1));
  if (NAME_WIDTH + classes.length * cell > width) {
    return [`confusion matrix: too wide for ${width} columns; it is in the PNG and in --json`, ""];
  }
  const head = classes.map((_, label) => String(label).padStart(cell)).join("");
  return [
    fit("true \\ predicted", NAME_WIDTH) + head,
    ...classes.map(({ name }, label) => {
      const counts = at(confusion, label).map((count) => (count === 0 ? "·" : String(count)).padStart(cell));
      return fit(`${String(label).padStart(2)} ${shortName(name, NAME_WIDTH - 4)}`, NAME_WIDTH) + counts.join("");
    }),
    "",
  ];
}

function pairLines({ pairs }: Metrics): string[] {
  if (pairs.length === 0) return ["no image was taken for another class", ""];
  return ["most frequent mistakes:", ...pairs.slice(0, PAIRS_SHOWN).map(pairText), ""];
}

function pairText({ actual, predicted, count, share }: Pair): string {
  return `  ${shownName(actual)} taken for ${shownName(predicted)}: ${count} (${percent(share)} of its images)`;
}

function mistakeLines({ metrics: { mistakes }, imageOf }: Evaluation, width: number): string[] {
  if (mistakes.length === 0) return [];
  const rows = mistakes.slice(0, MISTAKES_SHOWN).map(({ row, actual, predicted, probability }) => {
    const start = `  ${probability.toFixed(3)}  ${shortName(actual)} taken for ${shortName(predicted)}  `;
    const room = Math.max(10, width - stringWidth(start));
    return start + cut(stripControl(imageOf(row)), room, ELLIPSIS);
  });
  return ["most confident mistakes:", ...rows, ""];
}

function shortName(name: string, width = NAME_WIDTH - 1): string {
  return cut(stripControl(name), width, ELLIPSIS);
}
