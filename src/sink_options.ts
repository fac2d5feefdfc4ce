/** The options of a run that say where its figures and its end are told besides. They change no figure. */
import { z } from "zod";
import { optionFacts } from "./options.ts";

export const sinkOptions = {
  tensorboard: z.string().min(1).optional().register(optionFacts, {
    value: "<DIR>",
    help: "write the run's figures for TensorBoard too, to a folder with the run's id in DIR",
    pathUnless: [],
  }),
};
