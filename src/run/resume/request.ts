/** What a command asks of the trainer that goes on with a run. */
import { z } from "zod";
import { runOptionsSchema } from "../../config.ts";
import { allowedChangeSchema } from "./changes.ts";

/** Passed to the trainer process as JSON. The trainer writes nothing of it before it owns the run. */
export const resumeRequestSchema = z.object({
  /** The options to go on with. */
  options: runOptionsSchema,
  /** The changes that the person allows. */
  allowed: z.array(allowedChangeSchema),
});
export type ResumeRequest = z.infer<typeof resumeRequestSchema>;
