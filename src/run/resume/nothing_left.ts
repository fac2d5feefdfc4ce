/** Whether a run has anything left to train. */
import { type EarlyStoppingOptions, goingOn } from "../../training/early_stopping.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";

/** Returns a sentence that says why nothing is left to train, or null if something is. */
export function nothingLeft(
  { epoch, earlyStopping }: Pick<TrainingSnapshot, "epoch" | "earlyStopping">,
  options: { readonly epochs: number; readonly earlyStopping: EarlyStoppingOptions },
): string | null {
  if (epoch >= options.epochs) return `it has trained all of its ${options.epochs} epochs.`;
  if (goingOn(earlyStopping, options.earlyStopping).stop) {
    return `early stopping ended it after epoch ${epoch}, with a patience of ${options.earlyStopping.patience}.`;
  }
  return null;
}
