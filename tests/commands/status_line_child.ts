/**
 * A process that shows the steps of a setup on its status line. The argument is a JSON list of steps; each may say for
 * how many milliseconds it lasts.
 */
import { z } from "zod";
import { StatusLine } from "../../src/commands/status_line.ts";

const stepsSchema = z.array(z.object({
  label: z.string(),
  done: z.number().default(0),
  total: z.number().default(0),
  unit: z.enum(["bytes", "steps"]).default("steps"),
  ms: z.number().default(0),
}));

const status = new StatusLine();
for (const { ms, ...step } of stepsSchema.parse(JSON.parse(Deno.args[0] ?? ""))) {
  status.progress(step);
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
status.clear();
console.log("result");
