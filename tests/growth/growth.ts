/** What `growth_child.ts` and `reading_child.ts` are asked for and what they answer. */
import { z } from "zod";

/** What costs something for each epoch. */
const costSchema = z.enum([
  "events",
  "plain",
  "frame",
  "window",
  "smoothed",
  "compact",
  "training",
  "keeping",
  "saving",
]);
export type Cost = z.infer<typeof costSchema>;

export const growthRequestSchema = z.object({ what: z.array(costSchema) });

export const growthResultSchema = z.object({
  /** The bytes that are allocated for one more epoch, after few (`growth_child.ts`) and after 30,000. */
  costs: z.array(z.object({ what: costSchema, few: z.number(), many: z.number() })),
  /** The bytes that stay of an epoch in a dashboard, with room for later ones; null if viewers were not asked for. */
  kept: z.number().nullable(),
});
export type GrowthResult = z.infer<typeof growthResultSchema>;

export const readingRequestSchema = z.object({
  /** A unix socket. */
  path: z.string(),
  /** The numbers of reads after which the memory is measured. */
  few: z.int(),
  many: z.int(),
});

/** The bytes that native code holds after many reads more than after few. */
export const readingResultSchema = z.object({ grown: z.number() });
export type ReadingResult = z.infer<typeof readingResultSchema>;
