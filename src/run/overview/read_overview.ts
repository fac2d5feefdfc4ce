/** Reads a run's overview from its folder, quickly and whatever state the folder is in. */
import { z } from "zod";
import { errorLine } from "../../errors.ts";
import type { RunEvent } from "../../events.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { folderSize } from "./folder_size.ts";
import { readHistory } from "../log/history_file.ts";
import { eventsFromEnd } from "../log/log_end.ts";
import { type ConfigFacts, configFactsSchema, type Or, type Overview, overview, type Standing } from "./overview.ts";
import { ownershipOf } from "../owner/owner.ts";
import { isThere } from "../folder/run_folders.ts";

/** A trainer takes its lock within a second or two of the run's being made; on a loaded machine it takes longer. */
const STARTS_WITHIN_MS = 30_000;

/**
 * The overview of a run. Never throws: what is missing or broken is said in it. Reads config.json, history.csv and the
 * log's end, so that a log of any length costs the same.
 */
export function readOverview(run: RunDirectory, now: number = Date.now()): Overview {
  return overview({
    id: run.id,
    directory: run.path,
    config: readConfig(run.config),
    standing: readStanding(run.events),
    history: readHistory(run.history),
    trainer: trainerOf(run, now),
    bytes: folderSize(run.path),
  });
}

/** Whether a trainer has the run, or was started a moment ago and has not taken it yet. */
export function trainerOf({ config, lock }: RunDirectory, now: number = Date.now()): "there" | "starting" | "none" {
  try {
    if (ownershipOf(lock).held) return "there";
    const made = Deno.statSync(config).mtime?.getTime() ?? 0;
    return !isThere(lock) && now - made < STARTS_WITHIN_MS ? "starting" : "none";
  } catch {
    // A lock that cannot be looked at: whoever wants to change the run finds out by taking it.
    return "none";
  }
}

function readConfig(path: string): Or<ConfigFacts> {
  let value: unknown;
  try {
    value = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { problem: "config.json is not there" };
    return { problem: `config.json cannot be read (${errorLine(error)})` };
  }
  const parsed = configFactsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  return { problem: `config.json is not a run's (${firstIssue(parsed.error)})` };
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join(".") || "the whole"}: ${issue.message}` : "unknown";
}

function readStanding(path: string): Or<Standing> {
  try {
    let sound = Deno.statSync(path).size === 0;
    for (const event of eventsFromEnd(path)) {
      const standing = standingOf(event);
      if (standing) return standing;
      sound = true;
    }
    return sound ? { said: "nothing" } : { problem: "events.jsonl has no event at its end" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { problem: "events.jsonl is not there" };
    return { problem: `events.jsonl cannot be read (${errorLine(error)})` };
  }
}

/** What an event says of where the run is; null where it does not tell. */
function standingOf(event: RunEvent): Standing | null {
  switch (event.type) {
    case "end":
      return { said: "end", end: event };
    case "phase":
      return { said: "phase", phase: event.name };
    case "progress":
      return { said: "phase", phase: event.phase };
    case "epoch":
    case "early_stopping":
    case "checkpoint":
      return { said: "phase", phase: "train" };
    case "run":
      return { said: "phase", phase: "prepare" };
    case "confusion":
    case "samples":
      return { said: "phase", phase: "train" };
    case "control":
    case "log":
    case "system":
      return null;
  }
}
