/**
 * What goes over a run's control socket, as JSON lines: commands and events. `events.ts` has the events themselves. The
 * schema comes first, the type is inferred.
 */
import { z } from "zod";
import { shown } from "./events.ts";
import { STOP_SIGNALS } from "./stop_signals.ts";

export const commandSchema = z.discriminatedUnion("type", [
  /** End after the batch under way, saved. With a signal the reason is `interrupted`, else `stopped`. */
  z.object({ type: z.literal("stop"), signal: z.enum(STOP_SIGNALS).optional() }),
  z.object({ type: z.literal("checkpoint") }),
  z.object({ type: z.literal("pause") }),
  z.object({ type: z.literal("resume") }),
]);
export type Command = z.infer<typeof commandSchema>;

/** One line from a viewer to the trainer. */
export const requestSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("subscribe"),
    /** Every event with a larger seq is sent, then those to come. */
    after: z.int().min(0),
    /** `owner`: the viewer that started the run; with `stop_on_loss`, losing it stops the run. */
    role: z.enum(["owner", "viewer"]),
    stop_on_loss: z.boolean(),
  }),
  /** Said by an owner that leaves on purpose: its going is no loss. */
  z.object({ type: z.literal("leave") }),
  z.object({ type: z.literal("command"), id: z.int(), command: commandSchema }),
]);
export type Request = z.infer<typeof requestSchema>;

/** One line from the trainer to a viewer. */
export const responseSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("event"), event: z.unknown() }),
  z.object({
    type: z.literal("reply"),
    id: z.int(),
    ok: z.boolean(),
    /** What was asked and when it takes effect, or why it cannot be. */
    text: shown,
  }),
]);
export type Response = z.infer<typeof responseSchema>;
export type Reply = Extract<Response, { type: "reply" }>;
