/** The events with which a resumed run begins again. */
import type { EventBody } from "../events.ts";
import { byClassFigure, byFigure } from "../metrics.ts";
import { goingOn, outlook } from "../training/early_stopping.ts";
import { bestFigures } from "../training/history.ts";
import type { TrainingSnapshot } from "../training/snapshot.ts";
import { earlyStoppingBody } from "./early_stopping_event.ts";
import type { RunConfig } from "./folder/run_config.ts";
import type { Restored } from "./resume/restore.ts";
import { placeOf, placeText } from "./resume/usable.ts";
import { earlyStoppingOptions } from "./training_options.ts";

/**
 * Returns what is said of a run that goes on: from where, which checkpoints were passed over, and the epochs that the
 * log has lost.
 */
export function resumeEvents(
  { config, checkpoint, damaged, changes, seconds, unlogged }: Restored,
): EventBody[] {
  const { options } = config;
  const { epoch, step } = placeOf(checkpoint);
  const resumed: EventBody = {
    type: "resume",
    checkpoint: checkpoint?.name ?? null,
    epoch,
    step,
    early_stopping: checkpoint && stoppingAt(checkpoint.snapshot, options),
    seconds,
    ...(damaged.length === 0 ? {} : { damaged: [...damaged] }),
    changes: changes.map(({ name, from, to }) => ({ option: name, from, to })),
  };
  const passedOver = damaged.map(({ name, problem }): EventBody => ({
    type: "log",
    level: "warn",
    text: `Checkpoint ${name} cannot be used, so the run goes on from the one before it. ${problem}`,
  }));
  const lost = unlogged.map((figures): EventBody => ({
    type: "epoch",
    epoch: figures.epoch,
    epochs: optionAt("epochs", figures.epoch, config),
    ...byFigure((name) => figures[name]),
    ...byClassFigure((name) => figures[name]),
    seconds: 0,
    learning_rate: optionAt("learning_rate", figures.epoch, config),
  }));
  const place: EventBody = { type: "log", level: "info", text: placeText(checkpoint?.name ?? null, epoch, step) };
  return [resumed, place, ...passedOver, ...lost];
}

/**
 * Returns the value that an option had when an epoch ended, which is the one before the first change after this epoch.
 * Changes are searched from the newest one back: a run that went back to an earlier checkpoint has trained the epoch
 * again, so the changes before that do not count.
 */
function optionAt(
  name: "epochs" | "learning_rate",
  epoch: number,
  { options, changes = [] }: Pick<RunConfig, "options" | "changes">,
): number {
  const ofOption = changes.filter((change) => change.name === name);
  const before = ofOption.findLastIndex((change) => change.epoch < epoch);
  const undone = ofOption[before + 1]?.from;
  return typeof undone === "number" ? undone : options[name];
}

function stoppingAt({ epoch, earlyStopping, history }: TrainingSnapshot, options: Restored["config"]["options"]) {
  if (epoch === 0) return null;
  const stopping = earlyStoppingOptions(options);
  const state = goingOn(earlyStopping, stopping);
  const best = bestFigures(history, stopping.monitor, stopping.mode);
  return earlyStoppingBody({ best, state, outlook: outlook(state, epoch - 1, stopping) }, stopping);
}
