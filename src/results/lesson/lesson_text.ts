/** Describes the lesson's models, trained here, beside the lesson's own figures, in a table. Pure. */
import { at } from "../../at.ts";
import { duration, figure } from "../../dashboard/text/formats.ts";
import { stringWidth, wrapWords } from "../../dashboard/text/width.ts";
import type { Comparison, RunPair } from "../comparison/comparison.ts";
import { failureTexts, pairText } from "../comparison/comparison_text.ts";
import { letter } from "../terminal_plot.ts";
import type { LessonGroup, LessonRow } from "./lesson_result.ts";

const TITLES = ["", "seed", "best", "95 % interval", "last", "best epoch", "time"];
const GAP = "  ";

/**
 * Returns the table and the sentences below it, line by line.
 * @param comparison the comparison of the runs, in the order of the rows; those without an epoch come last
 * @param width the maximum width of the sentences, in columns
 */
export function lessonLines(groups: readonly LessonGroup[], comparison: Comparison, width: number): string[] {
  const letters = new Map(comparison.runs.map(({ id, best }, place) => [id, best ? letter(place) : " "]));
  const rows = groups.map(({ rows }) => rows.map((row) => cells(row, letters)));
  const widths = TITLES.map((title, column) =>
    Math.max(...[title, ...rows.flat().map((texts) => at(texts, column))].map((text) => stringWidth(text)))
  );
  const line = (texts: readonly string[]) =>
    texts.map((text, column) => column === 0 ? text.padEnd(at(widths, 0)) : text.padStart(at(widths, column)))
      .join(GAP).trimEnd();
  return [
    line(TITLES),
    ...groups.flatMap(({ model }, index) => [model, ...at(rows, index).map(line)]),
    "",
    ...[
      "best, last: the validation accuracy of the best and of the last epoch",
      "The lesson reports one run of each model.",
      ...pairsOfModels(groups, comparison).map((pair) => pairText(pair, comparison.runs)),
      ...failureTexts(comparison),
    ].flatMap((sentence) => wrapWords(sentence, width)),
  ];
}

/** Returns the pairs of the best runs of different models, because the models are compared and not the seeds. */
function pairsOfModels(groups: readonly LessonGroup[], { runs, pairs }: Comparison): RunPair[] {
  const accuracyOf = (place: number) => at(runs, place).best?.accuracy ?? -1;
  const bests = groups.flatMap(({ rows }) => {
    const own = [...runs.keys()].filter((place) => rows.some(({ run }) => run === at(runs, place).id));
    return own.length === 0 ? [] : [own.reduce((most, one) => (accuracyOf(one) > accuracyOf(most) ? one : most))];
  });
  return pairs.filter(({ first, second }) => bests.includes(first) && bests.includes(second));
}

function cells({ who, run, seed, best, interval, last, epochs, seconds }: LessonRow, letters: Map<string, string>) {
  return [
    `${(run === null ? undefined : letters.get(run)) ?? " "} ${who}`,
    seed === null ? "" : String(seed),
    best === null ? "–" : figure(best, 3),
    interval === null ? "" : interval.map((end) => end.toFixed(3)).join("–"),
    last === null ? "–" : figure(last, 3),
    epochs === null ? "" : `${epochs.best ?? "–"} of ${epochs.all}`,
    seconds === null ? "" : duration(seconds),
  ];
}
