/** The report of a bench: the shape of `--json`, from which the table is made too. */
import { z } from "zod";

/**
 * How to read a number. `ratio` 1.3 is 1.3 times, `share` 0.04 is a 25th, `relative` 0.02 is 2 %. `ms/s` is
 * milliseconds of processor time per second. The other units need no explanation.
 */
export const unitSchema = z.enum([
  ...["images/s", "s", "ms", "bytes", "files", "GFLOP/s", "ms/s"] as const,
  ...["ratio", "share", "relative"] as const,
]);
export type Unit = z.infer<typeof unitSchema>;

export const measureSchema = z.object({
  /** What was measured, e.g. "features per second". */
  quantity: z.string(),
  /** The contender, e.g. "Keras" or "Headlight, eager, float32". */
  of: z.string(),
  unit: unitSchema,
  /** The samples in the order in which they were measured. */
  samples: z.array(z.number()).min(1),
  median: z.number(),
  /** The median relative to that of another measure of the same quantity. */
  ratio: z.object({ to: z.string(), value: z.number() }).nullable(),
});
export type Measure = z.infer<typeof measureSchema>;

export const boundSchema = z.enum(["at least", "at most", "below"]);

export const checkSchema = z.object({
  what: z.string(),
  unit: unitSchema,
  bound: boundSchema,
  limit: z.number(),
  /** The measured value, or null if it was not measured. */
  got: z.number().nullable(),
  /** Whether the limit holds, or null if it was not measured. */
  holds: z.boolean().nullable(),
});
export type Check = z.infer<typeof checkSchema>;

export const sectionReportSchema = z.object({
  name: z.string(),
  title: z.string(),
  measures: z.array(measureSchema),
  checks: z.array(checkSchema),
  /** What readers must know to understand the figures. */
  notes: z.array(z.string()),
});
export type SectionReport = z.infer<typeof sectionReportSchema>;

export const reportSchema = z.object({
  version: z.literal(1),
  /** ISO 8601, UTC. */
  time: z.string(),
  machine: z.object({ os: z.string(), cpu: z.string(), cores: z.int(), memory_bytes: z.number() }),
  versions: z.record(z.string(), z.string()),
  /** Whether few images and one round were used. This shows that the bench works and says nothing about speed. */
  quick: z.boolean(),
  pairs: z.int(),
  sections: z.array(sectionReportSchema),
  /** Sections that could not be measured, with the reason. */
  failed: z.array(z.object({ section: z.string(), error: z.string() })),
});
export type Report = z.infer<typeof reportSchema>;
