/** Reads events of version 1, in which `best` is early stopping's reference. */
import { z } from "zod";
import { DIRECTIONS } from "./metrics.ts";

const earlyStoppingSchema = z.looseObject({
  mode: z.enum(DIRECTIONS),
  min_delta: z.number(),
  best: z.number().nullable(),
  best_epoch: z.int().nullable(),
});

/**
 * Returns an event with the fields that version 2 added, as far as they follow from this event alone. @throws ZodError
 */
export function fromVersion1(event: { readonly type: string }): unknown {
  if (event.type !== "early_stopping") return event;
  const stopping = earlyStoppingSchema.parse(event);
  const { best: reference, best_epoch: reference_epoch, mode, min_delta } = stopping;
  return {
    ...stopping,
    start_from_epoch: 0,
    reference,
    reference_epoch,
    threshold: reference === null ? null : reference + (mode === "max" ? min_delta : -min_delta),
    baseline_reached: true,
    stops_after: null,
  };
}
