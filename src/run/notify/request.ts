/** What the trainer asks of the process that notifies. */
import { z } from "zod";

export const notifyRequestSchema = z.object({
  /** A URL or a command. It comes on standard input, because every user of the machine can read arguments. */
  target: z.string(),
  /** The JSON to send. */
  message: z.string(),
  /** The working directory of a command. */
  cwd: z.string(),
  limitMs: z.number(),
});
export type NotifyRequest = z.infer<typeof notifyRequestSchema>;

/** What the process answers: one line that says why it failed, or null. */
export const notifyAnswerSchema = z.object({ problem: z.string().nullable() });
