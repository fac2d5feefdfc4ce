/** The options of `predict` and `evaluate` for a model from a file instead of a run. */
import type { Preprocess } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { flagOf } from "../options.ts";
import { fromCaller } from "../paths.ts";
import { type OpenedModel, openModel } from "../results/model_classifier.ts";
import { stripControl } from "../text.ts";
import { complain } from "./output.ts";

export interface ModelFlags {
  /** The path of a model file, instead of a run. */
  readonly model?: string | undefined;
  readonly classes?: string | undefined;
  readonly preprocess?: Preprocess | undefined;
  readonly size?: number | undefined;
  /** The checkpoint of a run; by default the best. */
  readonly checkpoint?: string | undefined;
}

/** The options that only a model from a file has. A run knows its own. */
const MODEL_ONLY = ["classes", "preprocess", "size"] as const;

/** Refuses the options of a model where there is none. @throws HeadlightError (2) */
export function refuseModelFlags(flags: ModelFlags): void {
  const alone = MODEL_ONLY.find((name) => flags[name] !== undefined);
  if (alone !== undefined) throw new HeadlightError(`${flagOf(alone)} needs --model FILE. Remove it, or name a model.`);
}

/**
 * Opens the model that was named, and says where the names of its classes come from.
 *
 * @throws HeadlightError (2) if it cannot be used
 */
export async function openNamedModel(model: string, flags: ModelFlags): Promise<OpenedModel> {
  refuseCheckpoint(flags);
  const { classes, preprocess, size } = flags;
  const opened = await openModel({
    path: fromCaller(model),
    classes: classes === undefined ? undefined : fromCaller(classes),
    preprocess,
    size,
  });
  const { namedBy } = opened;
  if (classes === undefined && namedBy !== null) complain(stripControl(`The classes are named by ${namedBy}`));
  return opened;
}

function refuseCheckpoint({ checkpoint }: ModelFlags): void {
  if (checkpoint === undefined) return;
  throw new HeadlightError("--checkpoint cannot be combined with --model, which names no run. Remove one of them.");
}
