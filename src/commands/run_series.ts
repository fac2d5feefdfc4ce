/** Trains several runs one after the other, and says what becomes of the others if it ends early. */
import { z } from "zod";
import type { RunOptions } from "../config.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import { FOR_EVER } from "../dashboard/session/stay.ts";
import { withOwnPreprocess } from "../run/choose_preprocess.ts";
import { holdBetweenViews, type SignalsBetween } from "../dashboard/session/signals.ts";
import { signalStatus, type ViewerSignal } from "../stop_signals.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import type { SeriesPlace } from "../run/folder/series_place.ts";
import type { CheckedData } from "../run/preflight.ts";
import { trainCommand } from "../run/repeat.ts";
import { shellWord } from "../shell.ts";
import { stripControl } from "../text.ts";
import type { TrainViewFlags } from "./command_flags.ts";
import { print } from "./output.ts";
import { checkBeforehand, type ShownRun, trainRun } from "./train.ts";

/** What `--json` prints before the events of each run of a series, which are numbered from 1 for each run. */
export const seriesSchema = z.object({
  type: z.literal("series"),
  /** Counted from 1. */
  place: z.int(),
  of: z.int(),
  /** The id of the run that begins, and its folder. */
  run: z.string(),
  directory: z.string(),
  base: z.string(),
});

export interface EndedSeries {
  /** The runs that were started. */
  readonly shown: readonly ShownRun[];
  /** How the viewer of the last one was left. A series goes on only after runs that ended. */
  readonly how: "ended" | "detached" | "signal";
  /** 0 if all runs ended well, or else the exit status of the first one that did not. */
  readonly status: number;
}

/**
 * Trains each run and shows it. The next run begins when one ends, also if it failed.
 * @throws HeadlightError (2) before the first run starts, if any of them cannot
 */
export async function runSeries(wanted: readonly RunOptions[], flags: TrainViewFlags): Promise<EndedSeries> {
  const checked: CheckedData[] = [];
  const list: RunOptions[] = [];
  for (const options of wanted) {
    checked.push({ options, found: await checkBeforehand(options, flags, checked.at(-1)) });
    // After the check, which reads the file with a time limit.
    list.push(await withOwnPreprocess(options));
  }
  const signals = holdBetweenViews();
  try {
    return await runEach(list, checked, flags, signals);
  } finally {
    signals.release();
  }
}

async function runEach(
  list: readonly RunOptions[],
  checked: readonly CheckedData[],
  flags: TrainViewFlags,
  signals: SignalsBetween,
): Promise<EndedSeries> {
  const shown: ShownRun[] = [];
  for (const [index, options] of list.entries()) {
    const next = list[index + 1];
    const series = { place: index + 1, of: list.length, next: next ? labelOf(next) : null };
    const last = await trainRun({
      ...{ options, flags, series },
      found: checked[index]?.found ?? null,
      // Only the last run has nothing to wait for it.
      stayMs: flags.stay && !next ? FOR_EVER : 0,
      onCreated: (run) =>
        print(
          flags.json ? jsonLine(series, run, options) : `run ${index + 1} of ${list.length}: ${labelOf(options)}`,
        ),
    });
    const ended = afterSignal(last, signals.first());
    shown.push(ended);
    if (endsSeries(ended.exit)) {
      if (!flags.json) { for (const line of restLines(shown, ended.exit, list.slice(index + 1))) print(line); }
      break;
    }
  }
  const how = shown.at(-1)?.exit.how;
  return {
    shown,
    how: how === "detached" || how === "signal" ? how : "ended",
    status: shown.find(({ status }) => status !== 0)?.status ?? 0,
  };
}

/** Returns how a run was left if a signal came when its view had closed already. */
function afterSignal(shown: ShownRun, signal: ViewerSignal | null): ShownRun {
  const { exit: { how, state }, status } = shown;
  if (signal === null || how === "signal" || how === "detached") return shown;
  return signal === "SIGHUP"
    ? { ...shown, exit: { how: "detached", state } }
    : { ...shown, exit: { how: "signal", signal, state }, status: status || signalStatus(signal) };
}

/** What a run of a series is called before it has an id. */
function labelOf({ name, base }: RunOptions): string {
  return stripControl(name ?? base);
}

function jsonLine({ place, of }: SeriesPlace, run: RunDirectory, { base }: RunOptions): string {
  const line: z.infer<typeof seriesSchema> = { type: "series", place, of, run: run.id, directory: run.path, base };
  return JSON.stringify(line);
}

function endsSeries({ how, state }: DashboardExit): boolean {
  return how === "detached" || how === "signal" || state.view.series?.ending === true;
}

function restLines(shown: readonly ShownRun[], { how }: DashboardExit, rest: readonly RunOptions[]): string[] {
  const last = shown.at(-1);
  return [
    ...(rest.length === 0 ? [] : [
      "The series ends here. To train what is left:",
      ...rest.map((options) => `  ${trainCommand(options, ["base"])}`),
    ]),
    ...(how === "detached" && last && shown.length > 1
      ? [`When run ${last.run.id} has ended, compare:`, `  ${compareCommand(shown)}`]
      : []),
  ];
}

function compareCommand(shown: readonly ShownRun[]): string {
  return ["deno task compare", ...shown.map(({ run }) => shellWord(run.path))].join(" ");
}
