/** The history of a run as one JSON object: a line of `plot --json`. Pure. */
import { z } from "zod";
import { byClassFigure, byFigure, type FigureName } from "../metrics.ts";
import { bestEpochOf, type RunState } from "../run_state/run_state.ts";

const column = z.array(z.number().nullable());

export const historyJsonSchema = z.object({
  /** Tells this object apart from other lines of JSON, see docs/events.md. */
  type: z.literal("history"),
  /** The run's id. */
  run: z.string(),
  /** The run's `--name`, or null. */
  name: z.string().nullable(),
  /** The first epoch with the best monitored figure, counted from 1; null if there is none. */
  best_epoch: z.int().nullable(),
  /** A value for each finished epoch, as in Keras's `History.history`. Null if it was not a number, or not recorded. */
  history: z.object({
    /** Counted from 1. */
    epoch: z.array(z.int()),
    ...byFigure(() => column),
    ...byClassFigure(() => column),
    learning_rate: column,
    seconds: column,
  }),
});
export type HistoryJson = z.infer<typeof historyJsonSchema>;

/**
 * Returns the history of a run.
 * @param id the name of the run's folder
 */
export function historyJson(id: string, run: RunState): HistoryJson {
  const epochs = [...run.epochs];
  const columnOf = (name: FigureName) => epochs.map((epoch) => epoch[name] ?? null);
  return {
    type: "history",
    run: id,
    name: run.facts?.name ?? null,
    best_epoch: bestEpochOf(run),
    history: {
      epoch: epochs.map(({ epoch }) => epoch),
      ...byFigure(columnOf),
      ...byClassFigure(columnOf),
      learning_rate: epochs.map(({ learning_rate: rate }) => rate),
      seconds: epochs.map(({ seconds }) => seconds),
    },
  };
}
