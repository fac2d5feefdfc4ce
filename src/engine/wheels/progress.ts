/** Limits how often the progress of a setup is reported. */
import type { OnSetupProgress } from "../engine.ts";

/**
 * Returns a listener that passes on the first and the last report of each label, and others when enough time has passed
 * since the last one.
 */
export function atMostEvery(milliseconds: number, onProgress: OnSetupProgress): OnSetupProgress {
  let label = "";
  let at = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.label === label && progress.done < progress.total && now - at < milliseconds) return;
    label = progress.label;
    at = now;
    onProgress(progress);
  };
}
