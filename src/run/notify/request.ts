/** The request of the trainer to the process that delivers a notification, and its answer. */
import { z } from "zod";

export const notifyRequestSchema = z.object({
  /** A URL or a command. Not an argument of the process, because every user of the machine can read those. */
  target: z.string(),
  /** The JSON to send. */
  message: z.string(),
  /** The working directory of a command. */
  cwd: z.string(),
  /** The maximum time that the command or the server may take, in milliseconds. */
  limitMs: z.number(),
});
export type NotifyRequest = z.infer<typeof notifyRequestSchema>;

/** The answer of the process: one line that says why the notification failed, or null. */
export const notifyAnswerSchema = z.object({ problem: z.string().nullable() });
