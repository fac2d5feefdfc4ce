/** Measures the cost of drawing once: the dashboard of a recorded run, drawn frame after frame without output. */
import process from "node:process";
import { z } from "zod";
import { reduce } from "../../src/dashboard/view/state.ts";
import { type EventOf, parseEvent } from "../../src/events.ts";
import { printResult, readRequest } from "./children.ts";
import { drawnDashboard, recordedRun } from "./drawn_dashboard.ts";

const requestSchema = z.object({
  /** The events.jsonl of a recorded run. */
  stream: z.string(),
  /** The last of its epochs are repeated up to this number. */
  epochs: z.int(),
  columns: z.int(),
  rows: z.int(),
  frames: z.int(),
});

export const frameResultSchema = z.object({ msPerFrame: z.number(), bytesPerFrame: z.number() });

/** Fifty seconds of a dashboard, so that the measurement shows its steady state after V8 has compiled it. */
const WARM_UP_FRAMES = 200;

if (import.meta.main) {
  const { stream, epochs, columns, rows, frames } = readRequest(requestSchema);
  const events = Deno.readTextFileSync(stream).trim().split("\n").flatMap((line) => parseEvent(JSON.parse(line)) ?? []);
  let state = await recordedRun(events, epochs, { columns, rows });
  const dashboard = await drawnDashboard(state, { columns, rows });
  const progress = events.findLast((event) => event.type === "progress");
  const draw = async (frame: number) => {
    if (progress) state = reduce(state, movedOn(progress, frame, state.run.epochs.length + 1));
    await dashboard.draw(state);
  };
  for (let frame = 0; frame < WARM_UP_FRAMES; frame++) await draw(frame);
  const [before, bytesBefore] = [process.cpuUsage(), dashboard.bytes];
  for (let frame = 0; frame < frames; frame++) await draw(WARM_UP_FRAMES + frame);
  const { user, system } = process.cpuUsage(before);
  if (dashboard.bytes === bytesBefore) throw new Error("nothing was drawn");
  printResult({ msPerFrame: (user + system) / 1000 / frames, bytesPerFrame: (dashboard.bytes - bytesBefore) / frames });
  dashboard.close();
  Deno.exit(0);
}

/**
 * Returns progress half a second later and some units further. In training it belongs to the current epoch, because the
 * dashboard does not show an older one's.
 */
function movedOn(progress: EventOf<"progress">, frame: number, epoch: number): EventOf<"progress"> {
  const time = new Date(Date.parse(progress.time) + frame * 500).toISOString();
  const place = progress.phase === "train" ? { epoch } : {};
  return { ...progress, ...place, time, done: (frame * 7) % Math.max(1, progress.total), per_second: 40 + (frame % 5) };
}
