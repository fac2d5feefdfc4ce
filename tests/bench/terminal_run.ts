/**
 * Runs `train` in a pseudo-terminal whose output is read and discarded, to measure the dashboard and not a terminal
 * emulator.
 */
import { type IPty, spawn } from "@lydell/node-pty";
import { HeadlightError } from "../../src/errors.ts";
import type { RunEvent } from "../../src/events.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { parseEvents, type RunPlace, trainWords } from "./headlight_run.ts";
import { perSecond } from "./numbers.ts";
import { ProcessorWatch } from "./process_tree.ts";

export interface TerminalRun {
  /** The seconds of the phase extract. */
  readonly extractSeconds: number;
  /** The dashboard process's processor time per second during extraction, or null if that was too short. */
  readonly dashboardMsPerSecond: number | null;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export function trainInTerminal(
  args: readonly string[],
  place: RunPlace,
  size: TerminalSize,
  env: Readonly<Record<string, string>> = {},
): IPty {
  return inTerminal(trainWords(args, place), place, size, env);
}

/**
 * Starts Deno with these words in a pseudo-terminal. Like PseudoTerminal, it unsets variables that are not set in a
 * person's terminal.
 */
export function inTerminal(
  words: readonly string[],
  place: RunPlace,
  { columns, rows }: TerminalSize,
  env: Readonly<Record<string, string>> = {},
): IPty {
  const { CI: _ci, NO_COLOR: _none, FORCE_COLOR: _forced, ...inherited } = Deno.env.toObject();
  return spawn(Deno.execPath(), [...words], {
    cols: columns,
    rows,
    cwd: PROJECT_ROOT,
    env: {
      ...inherited,
      ...{ TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", XDG_CACHE_HOME: place.cacheHome },
      ...env,
    },
  });
}

/** Runs `train` with its dashboard to the end. @throws HeadlightError (1) if the run fails. */
export async function runInTerminal(
  args: readonly string[],
  place: RunPlace,
  size: TerminalSize,
): Promise<TerminalRun> {
  const before = new Set(runsIn(place));
  const terminal = trainInTerminal([...args, "--leave"], place, size);
  terminal.onData(() => {});
  const watch = new ProcessorWatch(Deno.pid, isViewer);
  const status = await new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  watch.stop();
  const run = runsIn(place).find((name) => !before.has(name));
  if (status !== 0 || run === undefined) throw new HeadlightError(`a run in a terminal ended with status ${status}`, 1);
  const events = parseEvents(Deno.readTextFileSync(`${place.runs}/${run}/events.jsonl`));
  const end = events.find((event) => event.type === "end");
  if (!end) throw new HeadlightError(`${run} has no end`, 1);
  const { fromMs, toMs } = extractionTime(events);
  return { extractSeconds: end.seconds.extract, dashboardMsPerSecond: perSecond(watch.readings, fromMs, toMs) };
}

/** Finds the process that draws. The trainer has its own main file. */
function isViewer(words: readonly string[]): boolean {
  return words.some((word) => word === "main.ts" || word.endsWith("/main.ts")) && words.includes("train") &&
    !words.includes("task");
}

/** Returns the time from the end of the first batch to the end of the phase, without the start-up. */
export function extractionTime(events: readonly RunEvent[]): { fromMs: number; toMs: number } {
  const times = (wanted: (event: RunEvent) => boolean) => events.filter(wanted).map(({ time }) => Date.parse(time));
  const batches = times((event) => event.type === "progress" && event.phase === "extract" && event.done > 0);
  const after = times((event) => event.type === "phase" && event.name === "train");
  return { fromMs: batches[0] ?? Infinity, toMs: after[0] ?? -Infinity };
}

export function runsIn({ runs }: RunPlace): string[] {
  try {
    return [...Deno.readDirSync(runs)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
