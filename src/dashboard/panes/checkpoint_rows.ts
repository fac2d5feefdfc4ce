/** The checkpoint pane's rows. Pure. */
import { basename } from "node:path";
import { CHECKPOINT_WORDS } from "../run_text/describe.ts";
import { bytes, clock, figure } from "../text/formats.ts";
import { DEFAULT_MONITOR, isFigureName } from "../../metrics.ts";
import { bestEpochOf, type Epoch, type RunState } from "../../run_state/run_state.ts";

const ORDER = { best: 0, last: 1, manual: 2 } as const;

/**
 * Best, last, then those requested, the newest first; each row's parts in order of importance. The monitored figure
 * stands beside weights of the end of an epoch. Within an epoch nothing has been measured.
 */
export function checkpointRows(
  run: Pick<RunState, "checkpoints" | "epochs" | "earlyStopping" | "end">,
  rows: number,
): string[][] {
  const monitor = run.earlyStopping?.monitor ?? DEFAULT_MONITOR;
  const shown = [...run.checkpoints]
    .sort((one, other) => ORDER[one.kind] - ORDER[other.kind] || other.seq - one.seq)
    .slice(0, rows);
  const nameWidth = Math.max(...shown.map(({ kind }) => CHECKPOINT_WORDS[kind].length));
  return shown.map(({ kind, path, epoch, step, time, bytes: size }) => {
    const name = CHECKPOINT_WORDS[kind].padEnd(nameWidth);
    if (kind === "best" && isBehind(run, epoch)) return [`${name}  epoch ${bestEpochOf(run)} is not saved yet`];
    const value = step > 0 ? undefined : monitoredValue(run.epochs.find((one) => one.epoch === epoch), monitor);
    return [
      `${name}  ${basename(path)}`,
      ...(value === undefined ? [] : [`${monitor} ${figure(value)}`]),
      clock(time),
      bytes(size),
    ];
  });
}

/** Whether an epoch that has just become the best one is not in the checkpoint yet, but in the panes beside it. */
function isBehind(run: Pick<RunState, "epochs" | "earlyStopping" | "end">, saved: number): boolean {
  const best = bestEpochOf(run);
  return run.end === null && best !== null && saved < best && best === run.epochs.at(-1)?.epoch;
}

/** The figure that early stopping monitors, in an epoch; undefined if the epoch does not have it. */
function monitoredValue(epoch: Epoch | undefined, monitor: string): number | null | undefined {
  return isFigureName(monitor) ? epoch?.[monitor] : undefined;
}
