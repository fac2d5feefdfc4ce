/** Runs `deno task train` without a terminal, as a person or a script starts it, and measures its time from outside. */
import { HeadlightError } from "../../src/errors.ts";
import { type EventOf, parseEvent, type RunEvent } from "../../src/events.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { perSecond, type Reading } from "./numbers.ts";
import { MemoryWatch } from "./process_tree.ts";

export interface HeadlightRun {
  /** The time from the start of `deno task` to its end. */
  readonly wallSeconds: number;
  /** The time from the start of `deno task` until the first epoch was trained and validated. */
  readonly firstEpochSeconds: number;
  readonly epochSeconds: readonly number[];
  readonly seconds: EventOf<"end">["seconds"];
  /** Images per second from the end of the first batch to the end of the last, or null if there were fewer than two. */
  readonly extractedPerSecond: number | null;
  /** The peak memory of the process tree (PSS), or null if it was not sampled. */
  readonly peakBytes: number | null;
}

/** Returns an environment in which a run's cache is `<cacheHome>/headlight`. */
export interface RunPlace {
  readonly cacheHome: string;
  readonly runs: string;
}

export function trainWords(args: readonly string[], { runs }: RunPlace): string[] {
  return ["task", "--quiet", "train", ...args, "--runs", runs];
}

/** Runs `train` to its end. @throws HeadlightError (1) with the last line of its output if it fails. */
export async function runHeadlight(
  args: readonly string[],
  place: RunPlace,
  { watchMemory = false, onStart }: {
    readonly watchMemory?: boolean;
    /** Called with the id of the process that is the root of all others. */
    readonly onStart?: (pid: number) => void;
  } = {},
): Promise<HeadlightRun> {
  const startedMs = performance.now();
  const startedAtMs = Date.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: trainWords([...args, "--json"], place),
    cwd: PROJECT_ROOT,
    env: { XDG_CACHE_HOME: place.cacheHome, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  onStart?.(child.pid);
  const memory = watchMemory ? new MemoryWatch(child.pid) : null;
  const { success, stdout, stderr } = await child.output();
  memory?.stop();
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const events = parseEvents(new TextDecoder().decode(stdout));
  const end = events.find((event) => event.type === "end");
  if (!success || !end) {
    const words = end?.error ?? new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
    throw new HeadlightError(`deno task train ${args.join(" ")} failed: ${words}`, 1);
  }
  return {
    wallSeconds,
    firstEpochSeconds: (firstEpochAtMs(events) - startedAtMs) / 1000,
    epochSeconds: events.flatMap((event) => (event.type === "epoch" ? [event.seconds] : [])),
    seconds: end.seconds,
    extractedPerSecond: perSecond(extractionReadings(events)),
    peakBytes: memory?.peakBytes ?? null,
  };
}

/** Returns the time of the first `epoch` event, or NaN if there is none. */
function firstEpochAtMs(events: readonly RunEvent[]): number {
  return Date.parse(events.find(({ type }) => type === "epoch")?.time ?? "");
}

/** Returns the events of a log or of `--json`, without those that this version does not know. */
export function parseEvents(lines: string): RunEvent[] {
  return lines.split("\n").filter((line) => line.startsWith("{")).flatMap((line) => {
    const event = parseEvent(JSON.parse(line));
    return event ? [event] : [];
  });
}

/** Returns how many images were done at each time in the log, from the end of the first batch on. */
export function extractionReadings(events: readonly RunEvent[]): Reading[] {
  return events.flatMap((event) =>
    event.type === "progress" && event.phase === "extract" && event.done > 0
      ? [{ atMs: Date.parse(event.time), value: event.done }]
      : []
  );
}
