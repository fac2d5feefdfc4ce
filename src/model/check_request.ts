/** The messages to and from the worker that checks a base and its weights. */
import { z } from "zod";
import { poolingSchema } from "../config.ts";

/** A request to check a weights file. */
export const checkRequestSchema = z.object({
  /** The weights file; null if the weights are not in one. */
  weights: z.string().nullable(),
  /** A name, or the path of a model file. */
  base: z.string(),
  /** The layer that a base from a file ends with; null for the one before its top. */
  cut: z.string().nullable(),
  /** Null for the one that the model in a file was made for. */
  size: z.int().nullable(),
  pooling: poolingSchema,
});
export type CheckRequest = z.infer<typeof checkRequestSchema>;

/** The result of the check. `error` is null if the weights fit. */
export const checkOutcomeSchema = z.object({ error: z.string().nullable() });
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;
