/** The table of runs as texts that fit a width; nothing in it wraps. */
import { at } from "../../at.ts";
import { DEFAULT_MONITOR, metricOf } from "../../metrics.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { age, bytes, figure } from "../text/formats.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { stripControl } from "../../text.ts";
import { CURVE_KEY, layoutRuns, RUNS_KEYS, type RunsColumn, type RunsKey, STAMP_WIDTH } from "./runs_layout.ts";
import { sparkline } from "../drawing/sparkline.ts";
import { cut, stringWidth } from "../text/width.ts";

export interface RunsTable {
  readonly columns: readonly RunsColumn[];
  /** Texts without padding, none wider than its column. */
  readonly rows: readonly Readonly<Record<RunsKey, string>>[];
}

/** As wide as its heading; wider only where there is room to spare. */
const CURVE = { least: CURVE_KEY.length, most: 30 };
const MOST = { name: 24, data: 24 };

export interface RunsView {
  /** Columns of the screen; Infinity where there is none. */
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly glyphs: Glyphs;
  /** How a text is shown, see `toAscii`. */
  readonly text: (value: string) => string;
}

/** As many columns as fit. Where there is little room, a run is named by as much of its id as tells it from the others. */
export function runsTable(runs: readonly Overview[], view: RunsView): RunsTable {
  const { glyphs, text } = view;
  const ids = runs.map(({ id }) => id);
  const shortTexts = runs.map((run) => ({
    run: text(stripControl(shortId(run.id, ids))),
    when: ageText(run, view).replace(" ago", ""),
  }));
  const rows = runs.map((run) => rowOf(run, view));
  const widest = (key: RunsKey, texts: readonly string[]) =>
    Math.max(key.length, ...texts.map((line) => stringWidth(line)));
  const widths = Object.fromEntries(
    RUNS_KEYS.map((key) => [key, widest(key, rows.map((row) => row[key]))]),
  ) as Record<RunsKey, number>;
  const { columns, short } = layoutRuns({
    widths: { ...widths, [CURVE_KEY]: CURVE.least },
    shortWidths: {
      run: widest("run", shortTexts.map(({ run }) => run)),
      when: widest("when", shortTexts.map(({ when }) => when)),
    },
    longestCurve: Math.min(CURVE.most, Math.max(CURVE.least, ...runs.map((run) => run[CURVE_KEY].length))),
    named: runs.some(({ name }) => name !== null),
  }, view.width);
  const curve = columns.find(({ key }) => key === CURVE_KEY)?.width ?? 0;
  return {
    columns,
    rows: rows.map((row, index) => {
      const drawn = {
        ...row,
        ...(short ? shortTexts[index] : {}),
        [CURVE_KEY]: sparkline(at(runs, index)[CURVE_KEY], curve, glyphs.bars, metricOf(DEFAULT_MONITOR)),
      };
      for (const { key, width } of columns) drawn[key] = cut(drawn[key], width, glyphs.ellipsis);
      return drawn;
    }),
  };
}

function rowOf(run: Overview, view: RunsView): Record<RunsKey, string> {
  const { text, glyphs } = view;
  const shown = (value: string | null, most = Infinity) => cut(text(stripControl(value ?? "?")), most, glyphs.ellipsis);
  return {
    run: shown(run.id),
    when: ageText(run, view),
    name: run.name === null ? "" : shown(run.name, MOST.name),
    data: shown(run.data, MOST.data),
    base: shown(run.base),
    epochs: `${run.epochs}/${run.epochs_asked ?? "?"}`,
    best: run.epochs === 0 ? "" : figure(run.best?.[DEFAULT_MONITOR] ?? null, 3),
    // Drawn once its width is known.
    [CURVE_KEY]: "",
    reason: reasonText(run),
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

/** How the run ended, in one word; or that it is live and what it does. */
export function reasonText({ status, phase, paused, reason }: Overview): string {
  if (status === "live") return `live, ${paused ? "paused" : PHASE_WORDS[phase ?? "starting"]}`;
  return status === "ended" ? reason ?? "?" : status;
}

/** The shortest beginning of an id, its time at least, that no other id has; an id itself always names its run. */
function shortId(id: string, ids: readonly string[]): string {
  for (let length = STAMP_WIDTH; length < id.length; length++) {
    const start = id.slice(0, length);
    if (ids.filter((other) => other.startsWith(start)).length === 1) return start;
  }
  return id;
}
