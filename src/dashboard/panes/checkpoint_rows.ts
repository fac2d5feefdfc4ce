/** The checkpoint pane's rows. */
import { basename } from "node:path";
import { bytes, clock, figure } from "../text/formats.ts";
import { DEFAULT_MONITOR } from "../../metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";

const ORDER = { best: 0, last: 1, manual: 2 } as const;
const NAMES = { best: "best", last: "last", manual: "asked" } as const;

/** Best, last, then those asked for, the newest first; each row's parts in order of importance. */
export function checkpointRows(run: Pick<RunState, "checkpoints" | "epochs">, rows: number): string[][] {
  return [...run.checkpoints]
    .sort((one, other) => ORDER[one.kind] - ORDER[other.kind] || other.seq - one.seq)
    .slice(0, rows)
    .map(({ kind, path, epoch, time, bytes: size }) => {
      const figures = run.epochs.find((candidate) => candidate.epoch === epoch);
      return [
        `${NAMES[kind].padEnd(5)} ${basename(path)}`,
        ...(figures ? [`${DEFAULT_MONITOR} ${figure(figures[DEFAULT_MONITOR])}`] : []),
        clock(time),
        bytes(size),
      ];
    });
}
