import { useEffect, useReducer, useRef } from "react";
import type { EventOf } from "../../src/events.ts";
import { afterStep, NOTHING_SHOWN, pauseMs, type Spread } from "../../src/dashboard/panes/samples_spread.ts";

/**
 * The samples to show now, on their way to the newest.
 *
 * @param alone whether nothing else is drawn: the run has ended or is paused.
 */
export function useSpread(newest: EventOf<"samples"> | null, alone: boolean): Spread {
  // Not a state: to forget what was shown costs no frame.
  const spread = useRef(NOTHING_SHOWN);
  const [steps, step] = useReducer((count: number) => count + 1, 0);
  const steppedAt = useRef(-Infinity);
  useEffect(() => {
    const pause = pauseMs(spread.current, newest, alone);
    if (pause === null) return;
    const timer = setTimeout(() => {
      steppedAt.current = performance.now();
      spread.current = afterStep(spread.current, newest);
      step();
    }, Math.max(0, steppedAt.current + pause - performance.now()));
    return () => clearTimeout(timer);
  }, [steps, newest, alone]);
  return spread.current;
}
