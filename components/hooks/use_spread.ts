import { useEffect, useReducer, useRef } from "react";
import type { EventOf } from "../../src/events.ts";
import { afterStep, NOTHING_SHOWN, pauseMs, type Spread } from "../../src/dashboard/panes/samples_spread.ts";

/**
 * Returns the samples to show now. New samples appear one after the other.
 *
 * @param alone whether nothing else is drawn, because the run has ended or is paused
 */
export function useSpread(newest: EventOf<"samples"> | null, alone: boolean): Spread {
  // A ref instead of a state, because changing it must not cause a frame by itself.
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
