/** The options that commands take besides those of a run (src/config.ts), each told once. */
import { z } from "zod";
import { DEFAULT_FPS } from "../dashboard/session/pace.ts";
import { optionFacts } from "../options.ts";

/** Of every command. */
export const debugSchema = z.boolean().default(false)
  .register(optionFacts, { help: "show the stack of an error" });

/** @param what one line of the output, such as "one event a line" */
export function jsonSchema(what: string) {
  return z.boolean().default(false).register(optionFacts, { help: `${what} on standard output` });
}

/** How a run is shown. */
export const viewFlagsSchema = z.object({
  plain: z.boolean().default(false).register(optionFacts, { help: "plain lines instead of the dashboard" }),
  json: jsonSchema("one event a line"),
  fps: z.int().min(1).max(30).default(DEFAULT_FPS)
    .register(optionFacts, { value: "<N>", help: "frames a second of the dashboard, at most" }),
}).refine(({ plain, json }) => !(plain && json), "--plain and --json cannot be combined. Remove one of them.");
export type ViewFlags = z.infer<typeof viewFlagsSchema>;

/** How `train` shows the run that it starts. */
export const trainViewFlagsSchema = viewFlagsSchema.safeExtend({
  stay: z.boolean().default(false)
    .register(optionFacts, { help: "keep the dashboard open after the run's end until you leave it" }),
  leave: z.boolean().default(false)
    .register(optionFacts, { help: "close the dashboard at the run's end instead of a minute later" }),
}).refine(({ stay, leave }) => !(stay && leave), "--stay and --leave cannot be combined. Remove one of them.");
export type TrainViewFlags = z.infer<typeof trainViewFlagsSchema>;

/** Of `watch`. */
export const readOnlySchema = z.boolean().default(false)
  .register(optionFacts, { help: "only look: no key commands the trainer" });

/** Of `train`. */
export const configFileSchema = z.string().optional()
  .register(optionFacts, { value: "<FILE>", help: "options from a JSON file; flags win over it" });

/** Which of a run's weights to use. */
export const checkpointSchema = z.string().default("best")
  .register(optionFacts, { value: "<NAME>", help: "best, last, final, or a name in checkpoints/" });

/** Of `evaluate`. */
export const otherDataSchema = z.string().optional().register(optionFacts, {
  value: "<DIR>",
  help: "a folder of images or .npy files to judge it by",
  otherwise: "its own validation set",
});

/**
 * A file to draw into.
 * @param otherwise where to if it is not named
 */
export function outSchema(otherwise: string) {
  return z.string().optional()
    .register(optionFacts, { value: "<FILE>", help: "a .png or .svg file to draw into", otherwise });
}

/** Of `plot`. */
export const termSchema = z.boolean().default(false).register(optionFacts, { help: "draw in the terminal" });

/** Of `predict`. */
export const topSchema = z.int().min(1).default(3)
  .register(optionFacts, { value: "<N>", help: "how many classes to print for each image" });

/** Of `runs rm`. */
export const yesSchema = z.boolean().default(false).register(optionFacts, { help: "do not ask" });
