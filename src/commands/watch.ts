/** `watch`: shows a run, live or finished. Leaving does not affect the run. */
import process from "node:process";
import { chooseRun } from "../../components/choose_run.ts";
import { howLost } from "../dashboard/run_text/describe.ts";
import { FOR_EVER } from "../dashboard/session/stay.ts";
import { initialSeries, placeAndNextText, placeText } from "../dashboard/view/series.ts";
import { chooseView } from "../dashboard/session/choose_view.ts";
import { count } from "../counted.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { shellWord } from "../shell.ts";
import { signalStatus } from "../stop_signals.ts";
import { attach } from "../run/control/attach.ts";
import type { Choice } from "../dashboard/runs/chooser.ts";
import { newestFirst, type Overview } from "../run/overview/overview.ts";
import { readOverview } from "../run/overview/read_overview.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { listRuns } from "../run/folder/find_run.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { type NotedSeries, seriesGoesOn } from "../run/folder/series_place.ts";
import { runOrLatest } from "./find.ts";
import type { ViewFlags } from "./command_flags.ts";
import { Trainers } from "./trainers.ts";
import { viewHere, viewRun } from "./view_run.ts";
import { complain, print } from "./output.ts";

export interface Watched {
  readonly run: string | undefined;
  /** A second run, whose curves are drawn over those of the first one. */
  readonly beside: string | undefined;
  /** Further runs, for which there is no room. */
  readonly more: readonly string[];
}

/**
 * Shows the run. Returns the exit status, which is 0 even if the run failed or none was chosen, 1 if its trainer was
 * lost, and 128 + the signal's number if a signal other than SIGINT closed the viewer. If the run goes on from here,
 * returns the status of the run, as `train --resume` does.
 */
export async function watch(
  wanted: Watched,
  runs: string,
  { read_only: readOnly, ...flags }: ViewFlags & { readonly read_only: boolean },
): Promise<number> {
  refuseMore(wanted, runs);
  if (wanted.beside !== undefined && (flags.plain || flags.json)) {
    throw new HeadlightError("--plain and --json show only one run. Remove the second one.");
  }
  const choice = wanted.run === undefined ? await choose(runs, { readOnly, ...flags }) : null;
  if (choice?.type === "left") return 0;
  const run = runOrLatest(wanted.run ?? choice?.id, runs);
  if (choice?.type === "resumed") {
    // Loaded here because watching alone does not need it.
    const { goOnWith } = await import("./resume.ts");
    const given = { flags: {}, file: {}, path: null };
    return await goOnWith({ run, given, allowed: [] }, { ...flags, stay: true, leave: false, detach: false });
  }
  const beside = wanted.beside === undefined ? undefined : runOrLatest(wanted.beside, runs);
  const series = seriesOf(run);
  if (series && viewHere(flags) === "plain") {
    const shown = initialSeries(series);
    print(seriesGoesOn(series) ? placeAndNextText(shown) : placeText(shown));
  }
  const trainers = new Trainers(run, false);
  const exit = await viewRun({
    connect: () => attach(run, { role: "viewer", stopOnLoss: false, since: "start" }),
    ...(readOnly ? {} : { goOn: trainers.goOn, trainerSignal: () => trainers.endedBy() }),
    role: "watch",
    run,
    flags,
    stayMs: FOR_EVER,
    readOnly,
    ...(series ? { series, seriesGoesOn: () => seriesGoesOn(series) } : {}),
    ...(beside ? { beside } : {}),
    asksGoOn: choice?.type === "extended",
  });
  if (trainers.any) return trainers.statusOf(exit);
  if (exit.how !== "signal" && exit.by) return signalStatus(exit.by);
  if (exit.how !== "lost") return 0;
  complain(`The trainer of run ${run.id} ${howLost(null, false)} without finishing it. See ${run.trainerLog}`);
  return 1;
}

/** @throws HeadlightError (2) if more than two runs are named */
function refuseMore({ run = "", beside = "", more }: Watched, runs: string): void {
  if (more.length === 0) return;
  const all = [run, beside, ...more];
  throw new HeadlightError(
    `watch shows at most two runs, not ${count(all.length)}. To see them in one plot and one table: ` +
      `deno task compare ${all.map(shellWord).join(" ")}${runsFlag(fromCaller(runs))}`,
  );
}

/** Returns the run's place in its series, or null if it is a run of its own. */
function seriesOf(run: RunDirectory): NotedSeries | null {
  try {
    return readRunConfig(run.config).series ?? null;
  } catch {
    // The log shows the run without its config.json.
    return null;
  }
}

/**
 * Lets the person choose a run from a list. Returns null, which stands for the newest run, if there is no choice or no
 * terminal to ask on.
 */
async function choose(
  runs: string,
  { readOnly, ...flags }: ViewFlags & { readonly readOnly: boolean },
): Promise<Choice | null> {
  const env = (name: string) => Deno.env.get(name);
  const { stdin, stdout } = process;
  if (chooseView({ isTTY: stdout.isTTY && stdin.isTTY, env, ...flags }) !== "ink") return null;
  const path = fromCaller(runs);
  const read = (): Overview[] => newestFirst(listRuns(path).map((run) => readOverview(run)));
  if (read().length < 2) return null;
  return await chooseRun({ read, readOnly, stdin, stdout, env });
}
