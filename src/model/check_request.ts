/** The messages to and from the worker that checks a weights file. */
import { z } from "zod";
import { baseNameSchema, poolingSchema } from "../config.ts";

/** A request to check a weights file. */
export const checkRequestSchema = z.object({
  path: z.string(),
  base: baseNameSchema,
  size: z.int(),
  pooling: poolingSchema,
});
export type CheckRequest = z.infer<typeof checkRequestSchema>;

/** The result of the check. `error` is null if the weights fit. */
export const checkOutcomeSchema = z.object({ error: z.string().nullable() });
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;
