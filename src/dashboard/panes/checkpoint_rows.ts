/** The rows of the checkpoint pane. Pure. */
import { basename } from "node:path";
import { CHECKPOINT_WORDS } from "../run_text/describe.ts";
import { bytes, clock, figure } from "../text/formats.ts";
import { fit, stringWidth } from "../text/width.ts";
import { DEFAULT_MONITOR, isFigureName } from "../../metrics.ts";
import { bestEpochOf, type Epoch, epochAt, type RunState } from "../../run_state/run_state.ts";

const ORDER = { best: 0, last: 1, damaged: 2, manual: 3, kept: 4 } as const;

/** What is shown of a checkpoint: its figure, time and size, which may be empty, or a note instead of them. */
interface CheckpointRow {
  readonly kind: string;
  readonly name: string;
  readonly cells: Readonly<Record<Column, string>> | { readonly note: string };
}

type Column = "value" | "time" | "size";

/** The columns beside the names, in the order in which they are tried. */
const COLUMN_SETS: readonly (readonly Column[])[] = [["value", "time", "size"], ["value", "time"], ["value"]];
/** The space between two columns. */
const GAP = "  ";

/**
 * Returns a line for the best checkpoint, the last one, those that the last resume passed over, those requested, and
 * those kept for their figure, the newest first. All lines have the same columns: those for which every line has room,
 * the monitored figure first, without its name if necessary, because early stopping names it too. Checkpoints from
 * within an epoch have no figure, because nothing has been measured for them.
 */
export function checkpointLines(
  run: Pick<RunState, "checkpoints" | "damaged" | "epochs" | "earlyStopping" | "end">,
  rows: number,
  width: number,
): string[] {
  const monitor = run.earlyStopping?.monitor ?? DEFAULT_MONITOR;
  const all = checkpointRows(run, rows, monitor);
  const variants = [
    ...COLUMN_SETS.map((columns) => linesOf(all, columns, `${monitor} `)),
    ...COLUMN_SETS.map((columns) => linesOf(all, columns, "")),
  ];
  return variants.find((lines) => lines.every((line) => stringWidth(line) <= width)) ?? linesOf(all, [], "");
}

/** Returns lines with these columns. Values begin with `prefix`. Columns that are empty in every line are left out. */
function linesOf(all: readonly CheckpointRow[], columns: readonly Column[], prefix: string): string[] {
  const cellsOf = ({ name, cells }: CheckpointRow) =>
    "note" in cells
      ? null
      : [name, ...columns.map((key) => (key === "value" && cells[key] !== "" ? prefix : "") + cells[key])];
  const widest = (column: number) => Math.max(0, ...all.map((row) => stringWidth(cellsOf(row)?.[column] ?? "")));
  const widths = ["name", ...columns].map((_, column) => widest(column));
  const kindWidth = Math.max(0, ...all.map(({ kind }) => stringWidth(kind)));
  return all.map((row) => {
    const cells = cellsOf(row)?.flatMap((cell, column) => {
      const columnWidth = widths[column] ?? 0;
      return columnWidth === 0 ? [] : [fit(cell, columnWidth)];
    });
    const rest = cells ?? [row.name, ...("note" in row.cells && columns.length > 0 ? [row.cells.note] : [])];
    return [fit(row.kind, kindWidth), ...rest].filter((cell) => cell !== "").join(GAP).trimEnd();
  });
}

function checkpointRows(
  run: Pick<RunState, "checkpoints" | "damaged" | "epochs" | "earlyStopping" | "end">,
  rows: number,
  monitor: string,
): CheckpointRow[] {
  const damaged = run.damaged.map(({ name }) => ({ kind: "damaged", path: name, seq: 0 }) as const);
  const shown = [...run.checkpoints, ...damaged]
    .sort((one, other) => ORDER[one.kind] - ORDER[other.kind] || other.seq - one.seq)
    .slice(0, rows);
  return shown.map((checkpoint): CheckpointRow => {
    if (checkpoint.kind === "damaged") {
      return { kind: "damaged", name: checkpoint.path, cells: { note: "not used, see the log" } };
    }
    const { kind, path, epoch, step, time, bytes: size } = checkpoint;
    const word = CHECKPOINT_WORDS[kind];
    if (kind === "best" && isBehind(run, epoch)) {
      return { kind: word, name: `epoch ${bestEpochOf(run)} is not saved yet`, cells: { note: "" } };
    }
    const value = step > 0 ? undefined : monitoredValue(epochAt(run.epochs, epoch), monitor);
    return {
      kind: word,
      name: basename(path),
      cells: {
        value: value === undefined ? "" : figure(value),
        time: kind === "kept" ? "" : clock(time),
        size: bytes(size),
      },
    };
  });
}

/** Returns whether the newest epoch is the best one but has not been saved as such yet. */
function isBehind(run: Pick<RunState, "epochs" | "earlyStopping" | "end">, saved: number): boolean {
  const best = bestEpochOf(run);
  return run.end === null && best !== null && saved < best && best === run.epochs.at(-1)?.epoch;
}

/** Returns an epoch's value of the figure that early stopping monitors, or undefined if the epoch does not have it. */
function monitoredValue(epoch: Epoch | undefined, monitor: string): number | null | undefined {
  return isFigureName(monitor) ? epoch?.[monitor] : undefined;
}
