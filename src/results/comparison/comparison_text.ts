/** Describes a comparison of runs in a table and sentences, for a terminal or a file. Pure. */
import { at } from "../../at.ts";
import { END_WORDS } from "../../dashboard/run_text/describe.ts";
import { count } from "../../counted.ts";
import { duration, figure } from "../../dashboard/text/formats.ts";
import { cut, stringWidth, wrapWords } from "../../dashboard/text/width.ts";
import { stripControl } from "../../text.ts";
import type { ComparedRun } from "./compared_run.ts";
import { letter } from "../terminal_plot.ts";
import { type Comparison, pairsToShow, type RunPair, strangersToShow } from "./comparison.ts";

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  readonly cell: (run: ComparedRun) => string;
}

const NONE = "–";
const STILL = "still training";
/** The word of the list of runs for a run without an end and without a trainer. */
const LOST = "lost";
const GAP = 2;
const ELLIPSIS = "…";
/** The usual level of significance. Below this p-value, a difference is more than chance. */
const SIGNIFICANT = 0.05;

const COLUMNS = [
  { title: "run", align: "left", cell: ({ name, id }) => name ?? stampOf(id) },
  { title: "base", align: "left", cell: ({ base }) => base },
  { title: "weights", align: "left", cell: ({ weights }) => weights ?? NONE },
  { title: "preprocess", align: "left", cell: ({ preprocess }) => preprocess ?? NONE },
  { title: "engine", align: "left", cell: ({ engine }) => engine ?? NONE },
  { title: "best", align: "right", cell: ({ best }) => (best ? figure(best.accuracy, 3) : NONE) },
  {
    title: "95 % interval",
    align: "left",
    cell: ({ best }) => best?.interval.map((end) => end.toFixed(3)).join("–") ?? NONE,
  },
  {
    title: "best epoch",
    align: "right",
    cell: ({ epochs, best }) => `${best?.epoch ?? NONE} of ${epochs}`,
  },
  { title: "time", align: "right", cell: ({ seconds }) => (seconds === null ? NONE : duration(seconds)) },
  { title: "parameters", align: "right", cell: ({ parameters }) => (parameters ? count(parameters.total) : NONE) },
  { title: "trainable", align: "right", cell: ({ parameters }) => (parameters ? count(parameters.trainable) : NONE) },
  {
    title: "images/s",
    align: "right",
    cell: ({ imagesPerSecond }) => imagesPerSecond === null ? NONE : count(imagesPerSecond),
  },
  { title: "ended", align: "left", cell: ({ end, live }) => (end ? END_WORDS[end] : live ? STILL : LOST) },
] as const satisfies readonly Column[];
type Title = (typeof COLUMNS)[number]["title"];

/** The columns that are moved out of the first table if it is too wide, in this order. */
const DISPENSABLE: readonly Title[] = [
  "engine",
  "ended",
  "trainable",
  "weights",
  "parameters",
  "images/s",
  "time",
  "preprocess",
  "best epoch",
];
/** The maximum width of a run's name, in columns. It is applied before any column is moved out of the first table. */
const RUN_WIDTH = 24;
/** The width to which a run's name is shortened if the first table is still too wide. */
const LEAST_RUN_WIDTH = 10;

/** Returns the table and the sentences below it, line by line. If `width` is 60 or more, no line is wider. */
export function comparisonLines(comparison: Comparison, width: number): string[] {
  return [...tables(comparison.runs, comparison.bests, width), "", ...comparisonTexts(comparison)].flatMap((
    line,
  ) => (line === "" || line.startsWith("  ") || stringWidth(line) <= width ? [line] : wrapWords(line, width)));
}

/** Returns the sentences below the table: what its words mean, and which runs differ by more than chance. */
export function comparisonTexts(comparison: Comparison): string[] {
  const { runs, problems } = comparison;
  return [
    "best: the validation accuracy of the best epoch, on the images that also chose that epoch" + starText(comparison),
    ...classesTexts(comparison),
    ...preprocessTexts(runs),
    ...pairsToShow(comparison).map((pair) => pairText(pair, runs)),
    ...strangersToShow(comparison).map(([one, other]) =>
      `${nameOf(at(runs, one))} and ${nameOf(at(runs, other))} have no validation image in common, so no test tells ` +
      "whether they differ by more than chance."
    ),
    ...failureTexts(comparison),
    ...runs.filter(({ live }) => live).map((run) => `${nameOf(run)} is ${STILL}, so its figures may change.`),
    ...problems.flatMap(({ run, problem }) =>
      // The reason why a run failed is already in the table.
      at(runs, run).error === null ? [`${nameOf(at(runs, run))} cannot be compared image by image: ${problem}`] : []
    ),
  ];
}

/** Says what the star means, if a run has one. */
function starText({ bests, groups }: Comparison): string {
  if (bests.length === 0) return "";
  return groups.length === 1 ? "; * is the best run" : "; * is the best of the runs with the same classes";
}

/** Says which runs cannot be compared because of their classes. */
function classesTexts({ runs, groups, unlike }: Comparison): string[] {
  const [couple] = unlike;
  if (couple === undefined) return [];
  if (unlike.length === 1) {
    const [one, other] = couple.map((place) => nameOf(at(runs, place)));
    return [`${one} and ${other} have different classes, so their accuracies cannot be compared.`];
  }
  const texts = groups.map((group) => group.map(letter).join(", "));
  return [
    `The runs have different classes. Only the accuracies of runs with the same classes can be compared: ${
      texts.join("; ")
    }.`,
  ];
}

/** A column of the table, with the text of each run. */
export interface FilledColumn {
  readonly title: Title;
  readonly align: "left" | "right";
  readonly texts: readonly string[];
}

/** Returns all columns that say something about these runs. */
export function comparisonColumns(runs: readonly ComparedRun[]): FilledColumn[] {
  // Most runs that are compared have the same engine, which the table then need not repeat.
  const hasEngines = new Set(runs.map(({ engine }) => engine)).size > 1;
  return COLUMNS.filter(({ title }) => title !== "engine" || hasEngines)
    .map(({ title, align, cell }) => ({ title, align, texts: runs.map((run) => stripControl(cell(run))) }));
}

/** Returns the table. Columns that do not fit follow in further tables, whose rows have the same marks. */
function tables(runs: readonly ComparedRun[], bests: readonly number[], width: number): string[] {
  const marks = runs.map((_, place) => `${bests.includes(place) ? "*" : " "}${letter(place)} `);
  const room = width - MARK_COLUMNS;
  const [first, ...others] = divided(runs, room);
  return [first ?? [], ...others].flatMap((columns, index) => [
    ...(index === 0 ? [] : [""]),
    " ".repeat(MARK_COLUMNS) + rowText(columns, columns.map(({ title }) => title)),
    ...marks.map((mark, place) => mark + rowText(columns, columns.map(({ texts }) => at(texts, place)))),
  ]);
}

interface SizedColumn extends FilledColumn {
  readonly width: number;
}

function divided(runs: readonly ComparedRun[], room: number): SizedColumn[][] {
  const columns = comparisonColumns(runs).map((column): SizedColumn => {
    const widest = Math.max(...[column.title, ...column.texts].map((text) => stringWidth(text)));
    return { ...column, width: column.title === "run" ? Math.min(RUN_WIDTH, widest) : widest };
  });
  let first = columns;
  for (const title of DISPENSABLE) if (widthOf(first) > room) first = first.filter((column) => column.title !== title);
  const excess = Math.max(0, widthOf(first) - room);
  const tables = [
    first.map((column) =>
      column.title === "run" ? { ...column, width: Math.max(LEAST_RUN_WIDTH, column.width - excess) } : column
    ),
  ];
  let last: SizedColumn[] = [];
  for (const column of columns.filter((candidate) => !first.includes(candidate))) {
    if (last.length === 0 || widthOf([...last, column]) > room) tables.push(last = []);
    last.push(column);
  }
  return tables;
}

function widthOf(columns: readonly SizedColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width + GAP, -GAP);
}

function rowText(columns: readonly SizedColumn[], texts: readonly string[]): string {
  return columns.map(({ align, width }, index) => {
    const text = cut(at(texts, index), width, ELLIPSIS);
    const blanks = " ".repeat(width - stringWidth(text));
    return align === "right" ? blanks + text : text + blanks;
  }).join(" ".repeat(GAP)).trimEnd();
}

/** The columns before each run: a star for a best one, the letter of its curves, and a space. */
const MARK_COLUMNS = 3;

/** Returns a sentence that explains the values of `--preprocess`, if a run has `imagenet`. */
function preprocessTexts(runs: readonly ComparedRun[]): string[] {
  const modes = runs.flatMap(({ mode }, place) => (mode === null ? [] : [{ mode, mark: letter(place) }]));
  const [first] = modes;
  if (first === undefined) return [];
  const isSame = modes.every(({ mode }) => mode === first.mode);
  const said = isSame ? first.mode : modes.map(({ mode, mark }) => `${mode} (${mark})`).join(", ");
  return [`preprocess: scale divides by 255, imagenet is the mode that the base was trained with: ${said}`];
}

/** Returns a sentence for each run that failed, with the reason. */
export function failureTexts({ runs }: Comparison): string[] {
  return runs.flatMap((run) => (run.error === null ? [] : [`${nameOf(run)} failed: ${run.error}`]));
}

/** Returns the sentence about two runs on the images that both were validated on. */
export function pairText(
  { first, second, images, onlyFirst, onlySecond, p }: RunPair,
  runs: readonly ComparedRun[],
): string {
  const [one, other] = [nameOf(at(runs, first)), nameOf(at(runs, second))];
  const pText = p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
  if (onlyFirst + onlySecond === 0) {
    return `${one} and ${other} predict the same of their ${count(images)} images correctly.`;
  }
  const verdict = p < SIGNIFICANT
    ? `${one} is better than ${other} by more than chance`
    : `Chance alone can explain the difference between ${one} and ${other}`;
  return `${verdict} (exact McNemar test, ${pText}). Of ${count(images)} images, ${
    count(onlyFirst)
  } are predicted correctly only by ` +
    `the first run, and ${count(onlySecond)} only by the second.`;
}

function nameOf({ name, base, id }: ComparedRun): string {
  return stripControl(name ?? `${base} (${stampOf(id)})`);
}

/** Returns the time in a run's id, by which commands find the run. */
function stampOf(id: string): string {
  return id.slice(0, "20261123-205501".length);
}
