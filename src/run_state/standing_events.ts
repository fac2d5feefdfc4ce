/** The events of a run that still hold. Pure. */
import type { RunEvent } from "../events.ts";

/**
 * Returns the events that still hold, in order. A `resume` event takes back what was said about later epochs, because
 * they are trained again, and an earlier `end`. So does an `epoch` event that is said again. Without its numbers and
 * times, the result for an interrupted run equals that for an undisturbed one in everything that is said about epochs
 * and the end.
 */
export function standingEvents(events: Iterable<RunEvent>): RunEvent[] {
  let standing: { readonly event: RunEvent; readonly epoch: number }[] = [];
  let finished = 0;
  for (const event of events) {
    if (event.type === "resume") {
      standing = standing.filter((said) => said.epoch <= event.epoch && said.event.type !== "end");
      finished = event.epoch;
    } else if (event.type === "epoch") {
      if (event.epoch <= finished) {
        standing = standing.filter((said) => !isOfEpochs(said.event) || said.epoch < event.epoch);
      }
      finished = event.epoch;
    }
    standing.push({ event, epoch: epochOf(event, finished) });
  }
  return standing.map(({ event }) => event);
}

function isOfEpochs({ type }: RunEvent): boolean {
  return type === "epoch" || type === "early_stopping";
}

/** Returns the epoch that an event is about, or 0 if it is not about an epoch. */
function epochOf(event: RunEvent, finished: number): number {
  if (event.type === "resume") return 0;
  // These events follow their epoch's and do not name it.
  if (event.type === "early_stopping") return finished;
  return "epoch" in event ? event.epoch ?? 0 : 0;
}
