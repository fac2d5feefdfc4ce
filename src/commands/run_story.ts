/** Reads the story of a run from its folder, in any state of the folder. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { RunStory } from "../dashboard/summary/run_card.ts";
import type { RunEvent } from "../events.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readRunConfig, type RunConfig } from "../run/folder/run_config.ts";
import { eventsFromEnd } from "../run/log/log_end.ts";
import { readOverview } from "../run/overview/read_overview.ts";
import { repeatBeside } from "../run/repeat.ts";

/** Reads what a run was and how it ended. Never throws: what cannot be read is left out. */
export function readStory(run: RunDirectory): RunStory {
  const events = lastEvents(run.events);
  return {
    overview: readOverview(run),
    config: readConfig(run),
    end: events.find((event) => event.type === "end") ?? null,
    stopping: events.find((event) => event.type === "early_stopping") ?? null,
    saved: existsSync(run.checkpoints),
  };
}

/** Returns the last events, the last one first. Errors are left out, because the overview reports them. */
function lastEvents(path: string): RunEvent[] {
  try {
    return [...eventsFromEnd(path)];
  } catch {
    return [];
  }
}

/** Returns the config, or null if it cannot be read. The overview reports the error. */
function readConfig({ config: file, path }: RunDirectory): RunConfig | null {
  try {
    const config = readRunConfig(file);
    const runs = dirname(path);
    if (config.repeat === null || config.options.runs === runs) return config;
    // The folder was moved. The repeated run belongs beside it.
    return { ...config, repeat: repeatBeside(config.repeat, config.options.runs, runs) };
  } catch {
    return null;
  }
}
