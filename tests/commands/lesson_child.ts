/** `lesson_child.ts JSON [MS]`: runs the command `lesson` with other models, and files from other places. Without a terminal it prints progress as often as MS says. */
import { z } from "zod";
import { lesson } from "../../src/commands/lesson.ts";
import { StatusLine } from "../../src/commands/status_line.ts";

const request = z.object({
  models: z.array(z.object({
    name: z.string(),
    lesson: z.object({
      seed: z.int(),
      epochs: z.int(),
      best: z.object({ epoch: z.int(), correct: z.int() }),
      last: z.object({ correct: z.int() }),
      images: z.int(),
    }),
    seeds: z.array(z.int()),
    options: z.record(z.string(), z.unknown()),
  })),
  sources: z.object({ folder: z.string(), recordUrl: z.string(), weightsUrl: z.string().optional() }),
  runs: z.string(),
  json: z.boolean(),
}).parse(JSON.parse(Deno.args[0] ?? ""));

const { runs, json } = request;
const flags = { runs, json, plain: !json, fps: 4, stay: false, leave: false, bell: false };
const everyMs = Deno.args[1];
const status = new StatusLine(everyMs === undefined ? undefined : Number(everyMs));
Deno.exit(await lesson(flags, request.models, request.sources, status));
