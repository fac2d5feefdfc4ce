/** What a run recorded of its predictions. Pure. */
import type { EventOf, RunEvent } from "../../events.ts";
import { bestEpochOf, type RunState } from "../../run_state/run_state.ts";

/** The predictions that a run recorded: the confusion matrix, and the most confident mistakes. */
export type Recorded = Pick<RunState, "confusion" | "samples">;

/**
 * Returns what a run recorded of its best epoch, which the page is about, or else of the newest epoch that it recorded.
 * A run records its predictions at most twice a second, so that those of the best epoch may be missing.
 *
 * @param events all events of the run, read only if the newest predictions are of another epoch
 */
export function recordedOfBest(state: RunState, events: () => Iterable<RunEvent>): Recorded {
  const best = bestEpochOf(state);
  const { confusion, samples } = state;
  if (best === null || (confusion?.epoch === best && samples?.epoch === best)) return { confusion, samples };
  let [matrix, mistakes]: [EventOf<"confusion"> | null, EventOf<"samples"> | null] = [null, null];
  for (const event of events()) {
    if (event.type === "confusion" && event.epoch === best) matrix = event;
    if (event.type === "samples" && event.epoch === best) mistakes = event;
    // The run trained the best epoch again.
    if (event.type === "resume" && event.epoch < best) [matrix, mistakes] = [null, null];
  }
  return matrix === null ? { confusion, samples } : { confusion: matrix, samples: mistakes ?? samples };
}
