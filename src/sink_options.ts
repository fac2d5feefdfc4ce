/** The options of a run that say where its figures and its end are told besides. They change no figure. */
import { z } from "zod";
import { isUrl, shownTarget } from "./notify_target.ts";
import { optionFacts } from "./options.ts";

export const sinkOptions = {
  tensorboard: z.string().min(1).optional().register(optionFacts, {
    value: "<DIR>",
    help: "write the run's figures for TensorBoard too, to a folder with the run's id in DIR",
    pathUnless: [],
  }),
  notify: z.string().trim().min(1).check(checkNotify).optional().register(optionFacts, {
    value: "<TARGET>",
    help: "a command or a URL that is told how the run ends, and that a disk is full, in JSON",
    secret: shownTarget,
  }),
};

/** Reports a URL that cannot be parsed. */
function checkNotify({ value, issues }: z.core.ParsePayload<string>): void {
  if (!isUrl(value) || URL.canParse(value)) return;
  issues.push({ code: "custom", input: value, message: "is not a URL. Correct it, or name a command." });
}
