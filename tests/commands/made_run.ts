/** Runs that only have events, for tests of commands that need no checkpoint. */
import { join } from "node:path";
import type { RunEvent } from "../../src/events.ts";

/** Creates a run folder with these events. */
export function makeRun(runs: string, id: string, events: readonly RunEvent[]): string {
  const path = join(runs, id);
  Deno.mkdirSync(path, { recursive: true });
  const options = { base: "squeezenet11", epochs: 30 };
  const config = { version: 1, created: "2026-11-23T20:55:01.000Z", options, resolved: null };
  Deno.writeTextFileSync(join(path, "config.json"), JSON.stringify(config));
  Deno.writeTextFileSync(join(path, "events.jsonl"), events.map((event) => JSON.stringify(event) + "\n").join(""));
  return path;
}
