/** Describes a comparison of runs in a table and sentences, for a terminal or a file. Pure. */
import { at } from "../../at.ts";
import { count, duration, figure } from "../../dashboard/text/formats.ts";
import { cut, stringWidth, wrapWords } from "../../dashboard/text/width.ts";
import { stripControl } from "../../text.ts";
import type { ComparedRun } from "./compared_run.ts";
import { letter } from "../terminal_plot.ts";
import { type Comparison, pairsToShow, type RunPair } from "./comparison.ts";

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  readonly cell: (run: ComparedRun) => string;
}

const NONE = "–";
const GAP = 2;
const ELLIPSIS = "…";
/** The usual level of significance. Below this p-value, a difference is more than chance. */
const SIGNIFICANT = 0.05;

const COLUMNS = [
  { title: "run", align: "left", cell: ({ name, id }) => name ?? id },
  { title: "base", align: "left", cell: ({ base }) => base },
  { title: "weights", align: "left", cell: ({ weights }) => weights },
  { title: "preprocess", align: "left", cell: ({ preprocess }) => preprocess },
  { title: "best", align: "right", cell: ({ best }) => (best ? figure(best.accuracy, 3) : NONE) },
  {
    title: "95 % interval",
    align: "left",
    cell: ({ best }) => best?.interval.map((end) => end.toFixed(3)).join("–") ?? NONE,
  },
  {
    title: "epochs",
    align: "right",
    cell: ({ epochs, best }) => (best ? `${best.epoch} of ${epochs}` : String(epochs)),
  },
  { title: "time", align: "right", cell: ({ seconds }) => (seconds === null ? NONE : duration(seconds)) },
  { title: "parameters", align: "right", cell: ({ parameters }) => count(parameters.total) },
  { title: "trainable", align: "right", cell: ({ parameters }) => count(parameters.trainable) },
  {
    title: "images/s",
    align: "right",
    cell: ({ imagesPerSecond }) => imagesPerSecond === null ? NONE : count(imagesPerSecond),
  },
  { title: "ended", align: "left", cell: ({ end }) => end ?? "not yet" },
] as const satisfies readonly Column[];
type Title = (typeof COLUMNS)[number]["title"];

/** The columns to leave out if there is no room, in this order. */
const DISPENSABLE: readonly Title[] = [
  "ended",
  "trainable",
  "weights",
  "parameters",
  "images/s",
  "time",
  "preprocess",
  "epochs",
];
/** The maximum width of a run's name, in columns. It is applied before any column is left out. */
const RUN_WIDTH = 24;
const LEAST_RUN_WIDTH = 10;

/** Returns the lines of the table and what follows from it. If `width` is 60 or more, none is wider. */
export function comparisonLines(comparison: Comparison, width: number): string[] {
  const { runs, problems, best } = comparison;
  return [
    ...table(runs, best, width),
    "",
    `best: the validation accuracy of the best epoch, on the images that also chose that epoch${
      best === null ? "" : "; * is the best run"
    }`,
    ...pairsToShow(comparison).map((pair) => pairText(pair, runs)),
    ...problems.map(({ run, problem }) => `${nameOf(at(runs, run))} cannot be compared image by image: ${problem}`),
  ].flatMap((
    line,
  ) => (line === "" || line.startsWith("  ") || stringWidth(line) <= width ? [line] : wrapWords(line, width)));
}

function table(runs: readonly ComparedRun[], best: number | null, width: number): string[] {
  const cells = COLUMNS.map((column) => ({
    ...column,
    texts: runs.map((run) => stripControl(column.cell(run))),
  })).map((column) => ({
    ...column,
    width: Math.min(
      column.title === "run" ? RUN_WIDTH : Infinity,
      Math.max(...[column.title, ...column.texts].map((text) => stringWidth(text))),
    ),
  }));
  let shown: typeof cells = cells;
  const room = width - MARK_COLUMNS;
  const taken = () => shown.reduce((sum, column) => sum + column.width + GAP, -GAP);
  for (const title of DISPENSABLE) if (taken() > room) shown = shown.filter((column) => column.title !== title);
  const excess = Math.max(0, taken() - room);
  shown = shown.map((column) =>
    column.title === "run" ? { ...column, width: Math.max(LEAST_RUN_WIDTH, column.width - excess) } : column
  );
  const line = (texts: readonly string[]) =>
    shown.map(({ align, width }, index) => {
      const text = cut(at(texts, index), width, ELLIPSIS);
      const blanks = " ".repeat(width - stringWidth(text));
      return align === "right" ? blanks + text : text + blanks;
    }).join(" ".repeat(GAP)).trimEnd();
  return [
    " ".repeat(MARK_COLUMNS) + line(shown.map(({ title }) => title)),
    ...runs.map((_, place) =>
      `${place === best ? "*" : " "}${letter(place)} ` + line(shown.map(({ texts }) => at(texts, place)))
    ),
  ];
}

/** The columns before each run: a star for the best one, the letter of its curves, and a space. */
const MARK_COLUMNS = 3;

function pairText({ first, second, images, onlyFirst, onlySecond, p }: RunPair, runs: readonly ComparedRun[]): string {
  const [one, other] = [nameOf(at(runs, first)), nameOf(at(runs, second))];
  const pText = p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
  if (onlyFirst + onlySecond === 0) return `${one} and ${other} predict the same of their ${images} images correctly.`;
  const verdict = p < SIGNIFICANT
    ? `${one} is better than ${other} by more than chance`
    : `chance alone can explain the difference between ${one} and ${other}`;
  return `${verdict} (exact McNemar test, ${pText}). Of ${images} images, ${onlyFirst} are predicted correctly only by ` +
    `the first run, and ${onlySecond} only by the second.`;
}

function nameOf({ name, base, id }: ComparedRun): string {
  return stripControl(name ?? `${base} (${id.slice(0, STAMP)})`);
}

/** The length of the time stamp in a run's id. */
const STAMP = "20261123-205501".length;
