/** The texts of the table of runs, cut to the width of their columns. */
import { at } from "../../at.ts";
import { DEFAULT_MONITOR, metricOf } from "../../metrics.ts";
import { Sequence } from "../../sequence.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { END_WORDS } from "../run_text/describe.ts";
import { age, bytes, figure } from "../text/formats.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { stripControl } from "../../text.ts";
import {
  CURVE_KEY,
  layoutRuns,
  RESUME_KEY,
  RUNS_KEYS,
  type RunsColumn,
  type RunsKey,
  STAMP_WIDTH,
} from "./runs_layout.ts";
import { sparkline } from "../drawing/sparkline.ts";
import { cut, cutMiddle, stringWidth } from "../text/width.ts";

export interface RunsTable {
  readonly columns: readonly RunsColumn[];
  /** Texts without padding, not wider than their columns. */
  readonly rows: readonly Readonly<Record<RunsKey, string>>[];
}

/** The width of the sparkline. It is as wide as its heading, and wider if there is room to spare. */
const CURVE = { least: CURVE_KEY.length, most: 30 };
/**
 * `called` is for names that stand for their runs on narrow screens, so that one long name does not cost other columns.
 */
const MAX_WIDTHS = { name: 24, data: 24, called: 18 };

export interface RunsView {
  /** The columns of the screen, or Infinity without a screen. */
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly glyphs: Glyphs;
  /** Converts a text to the characters of the terminal, for example with `toAscii`. */
  readonly text: (value: string) => string;
}

/** Returns as many columns as fit. If there is little room, ids are shortened to unique prefixes. */
export function runsTable(runs: readonly Overview[], view: RunsView): RunsTable {
  const { glyphs, text } = view;
  const ids = runs.map(({ id }) => id);
  const rows = runs.map((run) => rowOf(run, view));
  const shortTexts = runs.map((run) => ({
    run: text(stripControl(shortId(run.id, ids))),
    begun: ageText(run, view).replace(" ago", ""),
  }));
  // Without room for names, a name stands for its run: it is what a person recognizes.
  const calledTexts = rows.map(({ name }, index) => ({
    ...at(shortTexts, index),
    ...(name !== "" && rows.filter((other) => other.name === name).length === 1
      ? { run: cutMiddle(name, MAX_WIDTHS.called, glyphs.ellipsis) }
      : {}),
  }));
  const widest = (key: RunsKey, texts: readonly string[]) =>
    Math.max(key.length, ...texts.map((line) => stringWidth(line)));
  const widths = Object.fromEntries(
    RUNS_KEYS.map((key) => [key, widest(key, rows.map((row) => row[key]))]),
  ) as Record<RunsKey, number>;
  const isNamed = runs.some(({ name }) => name !== null);
  const laidOut = (texts: typeof shortTexts, named: boolean) =>
    layoutRuns({
      widths: { ...widths, [CURVE_KEY]: CURVE.least },
      shortWidths: {
        run: widest("run", texts.map(({ run }) => run)),
        begun: widest("begun", texts.map(({ begun }) => begun)),
      },
      curveWidth: Math.min(CURVE.most, Math.max(CURVE.least, ...runs.map((run) => run[CURVE_KEY].length))),
      named,
      resumable: runs.some(({ resumable }) => resumable),
      engines: new Set(runs.flatMap(({ engine }) => engine ?? [])).size > 1,
    }, view.width);
  const withNames = laidOut(shortTexts, isNamed);
  const unnamed = isNamed && !withNames.columns.some(({ key }) => key === "name");
  const { columns, short } = unnamed ? laidOut(calledTexts, false) : withNames;
  const shorter = unnamed ? calledTexts : shortTexts;
  const curve = columns.find(({ key }) => key === CURVE_KEY)?.width ?? 0;
  return {
    columns,
    rows: rows.map((row, index) => {
      const drawn = {
        ...row,
        ...(short ? shorter[index] : {}),
        [CURVE_KEY]: sparkline(Sequence.of(at(runs, index)[CURVE_KEY]), curve, glyphs.bars, metricOf(DEFAULT_MONITOR)),
      };
      for (const { key, width } of columns) {
        // The ends differ where the beginnings are alike: lr-0.1 and lr-0.01, densenet121 and densenet169.
        const isId = key === "run" && row.run.startsWith(drawn.run);
        drawn[key] = (isId ? cut : cutMiddle)(drawn[key], width, glyphs.ellipsis);
      }
      return drawn;
    }),
  };
}

function rowOf(run: Overview, view: RunsView): Record<RunsKey, string> {
  const { text, glyphs } = view;
  const shown = (value: string | null, most = Infinity) =>
    cutMiddle(text(stripControl(value ?? "?")), most, glyphs.ellipsis);
  return {
    run: shown(run.id),
    begun: ageText(run, view),
    name: run.name === null ? "" : shown(run.name, MAX_WIDTHS.name),
    data: shown(run.data, MAX_WIDTHS.data),
    base: shown(run.base),
    engine: run.engine === null ? "" : shown(run.engine),
    epochs: `${run.epochs}/${run.epochs_asked ?? "?"}`,
    best: run.epochs === 0 ? "" : figure(run.best?.[DEFAULT_MONITOR] ?? null, 3),
    // Drawn when the width of the column is known.
    [CURVE_KEY]: "",
    state: runStateText(run),
    [RESUME_KEY]: run.resumable ? RESUME_KEY : "",
    size: bytes(run.bytes),
  };
}

function ageText({ created }: Overview, { now }: RunsView): string {
  return created === null ? "?" : age((now - Date.parse(created)) / 1000);
}

const PHASE_WORDS = {
  starting: "starting",
  prepare: "preparing",
  extract: "computing features",
  train: "training",
} as const;

/** How a run ended, in the words of the dashboard. The sentence about a loss that is not a number is too wide. */
export const END_STATES = { ...END_WORDS, nan: "loss is NaN" } as const satisfies typeof END_WORDS;

/** Returns in a few words how the run ended, or, for a live run, what it is doing. */
export function runStateText({ status, phase, paused, reason }: Overview): string {
  if (status === "live") return `live, ${paused ? "paused" : PHASE_WORDS[phase ?? "starting"]}`;
  if (status !== "ended") return status;
  return reason === null ? "?" : END_STATES[reason];
}

/**
 * Returns the shortest unique prefix of an id that contains at least its time stamp, or the id if no prefix is unique.
 */
export function shortId(id: string, ids: readonly string[]): string {
  for (let length = STAMP_WIDTH; length < id.length; length++) {
    const start = id.slice(0, length);
    if (ids.filter((other) => other.startsWith(start)).length === 1) return start;
  }
  return id;
}
