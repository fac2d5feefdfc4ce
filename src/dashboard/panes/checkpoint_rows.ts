/** The rows of the checkpoint pane. Pure. */
import { basename } from "node:path";
import { CHECKPOINT_WORDS } from "../run_text/describe.ts";
import { bytes, clock, figure } from "../text/formats.ts";
import { DEFAULT_MONITOR, isFigureName } from "../../metrics.ts";
import { bestEpochOf, type Epoch, type RunState } from "../../run_state/run_state.ts";

const ORDER = { best: 0, last: 1, damaged: 2, manual: 3, kept: 4 } as const;

/**
 * Returns a row for the best checkpoint, the last one, those that the last resume passed over, those requested, and
 * those kept for their figure, the newest first. The parts of a row are in order of importance. Checkpoints from the end
 * of an epoch have the monitored figure. Those from within an epoch have none, because nothing has been measured for
 * them.
 */
export function checkpointRows(
  run: Pick<RunState, "checkpoints" | "damaged" | "epochs" | "earlyStopping" | "end">,
  rows: number,
): string[][] {
  const monitor = run.earlyStopping?.monitor ?? DEFAULT_MONITOR;
  const damaged = run.damaged.map(({ name }) => ({ kind: "damaged", path: name, seq: 0 }) as const);
  const shown = [...run.checkpoints, ...damaged]
    .sort((one, other) => ORDER[one.kind] - ORDER[other.kind] || other.seq - one.seq)
    .slice(0, rows);
  const words = { ...CHECKPOINT_WORDS, damaged: "damaged" };
  const nameWidth = Math.max(...shown.map(({ kind }) => words[kind].length));
  return shown.map((checkpoint) => {
    const name = words[checkpoint.kind].padEnd(nameWidth);
    if (checkpoint.kind === "damaged") return [`${name}  ${checkpoint.path}`, "not used, see the log"];
    const { kind, path, epoch, step, time, bytes: size } = checkpoint;
    if (kind === "best" && isBehind(run, epoch)) return [`${name}  epoch ${bestEpochOf(run)} is not saved yet`];
    const value = step > 0 ? undefined : monitoredValue(run.epochs.find((one) => one.epoch === epoch), monitor);
    return [
      `${name}  ${basename(path)}`,
      ...(value === undefined ? [] : [`${monitor} ${figure(value)}`]),
      ...(kind === "kept" ? [] : [clock(time)]),
      bytes(size),
    ];
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
