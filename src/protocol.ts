/**
 * The messages on a run's control socket, as JSON lines: commands and events. The events themselves are defined in
 * events.ts. The types are inferred from the schemas.
 */
import { z } from "zod";
import { shown } from "./event_parts.ts";
import { STOP_SIGNALS } from "./stop_signals.ts";

export const commandSchema = z.discriminatedUnion("type", [
  /**
   * Ends the run after the current step and saves it. The reason is `interrupted` if a signal is given, else
   * `stopped`.
   */
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
    /** The trainer sends all events with a larger seq, and then every new one. */
    after: z.int().min(0),
    /** `owner` is the viewer that started the run. With `stop_on_loss`, losing this viewer stops the run. */
    role: z.enum(["owner", "viewer"]),
    stop_on_loss: z.boolean(),
  }),
  /** Sent by an owner that leaves on purpose, so that closing the connection does not stop the run. */
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
    /** What the command does and when it takes effect, or why it cannot be carried out. */
    text: shown,
  }),
]);
export type Response = z.infer<typeof responseSchema>;
export type Reply = Extract<Response, { type: "reply" }>;
