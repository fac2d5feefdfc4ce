import { useEffect, useReducer, useRef } from "react";
import type { EventOf } from "../../src/events.ts";
import { afterStep, NOTHING_SHOWN, pauseMs, type Spread } from "../../src/dashboard/panes/samples_spread.ts";

/**
 * The samples to show now, on their way to the newest. While `hidden`, none: they come back one after the other.
 *
 * @param alone whether nothing else is drawn: the run has ended or is paused.
 */
export function useSpread(newest: EventOf<"samples"> | null, alone: boolean, hidden: boolean): Spread {
  // Not a state: to forget what was shown costs no frame.
  const spread = useRef(NOTHING_SHOWN);
  const [steps, step] = useReducer((count: number) => count + 1, 0);
  const steppedAt = useRef(-Infinity);
  if (hidden) spread.current = NOTHING_SHOWN;
  useEffect(() => {
    const pause = hidden ? null : pauseMs(spread.current, newest, alone);
    if (pause === null) return;
    const timer = setTimeout(() => {
      steppedAt.current = performance.now();
      spread.current = afterStep(spread.current, newest);
      step();
    }, Math.max(0, steppedAt.current + pause - performance.now()));
    return () => clearTimeout(timer);
  }, [steps, newest, alone, hidden]);
  return spread.current;
}
