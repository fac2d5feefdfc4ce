/** `watch`: shows a run, live or finished. Leaving does not affect the run. */
import process from "node:process";
import { chooseRun } from "../../components/choose_run.ts";
import { FOR_EVER } from "../dashboard/session/stay.ts";
import { initialSeries, placeAndNextText, placeText } from "../dashboard/view/series.ts";
import { chooseView } from "../dashboard/session/choose_view.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { attach } from "../run/control/attach.ts";
import { newestFirst, type Overview } from "../run/overview/overview.ts";
import { readOverview } from "../run/overview/read_overview.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { listRuns } from "../run/folder/find_run.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { type NotedSeries, seriesGoesOn } from "../run/folder/series_place.ts";
import { runOrLatest } from "./find.ts";
import type { ViewFlags } from "./command_flags.ts";
import { viewHere, viewRun } from "./view_run.ts";
import { complain, print } from "./output.ts";

export interface Watched {
  readonly run: string | undefined;
  /** A second run, whose curves are drawn over those of the first one. */
  readonly beside: string | undefined;
}

/** Shows the run. Returns the exit status, which is 0 even if the run failed or none was chosen. */
export async function watch(
  wanted: Watched,
  runs: string,
  { read_only: readOnly, ...flags }: ViewFlags & { readonly read_only: boolean },
): Promise<number> {
  if (wanted.beside !== undefined && (flags.plain || flags.json)) {
    throw new HeadlightError("--plain and --json show only one run. Remove the second one.");
  }
  const chosen = wanted.run ?? await choose(runs, flags);
  if (chosen === null) return 0;
  const run = runOrLatest(chosen, runs);
  const beside = wanted.beside === undefined ? undefined : runOrLatest(wanted.beside, runs);
  const series = seriesOf(run);
  if (series && viewHere(flags) === "plain") {
    const shown = initialSeries(series);
    print(seriesGoesOn(series) ? placeAndNextText(shown) : placeText(shown));
  }
  const exit = await viewRun({
    connect: () => attach(run, { role: "viewer", stopOnLoss: false, since: "start" }),
    role: "watch",
    run,
    flags,
    stayMs: FOR_EVER,
    readOnly,
    ...(series ? { series, seriesGoesOn: () => seriesGoesOn(series) } : {}),
    ...(beside ? { beside } : {}),
  });
  if (exit.how !== "lost") return 0;
  complain(`The trainer of run ${run.id} exited without finishing it. See ${run.trainerLog}`);
  return 1;
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
 * Lets the person choose a run from a list. Returns null if the person leaves without a choice. Returns undefined,
 * which stands for the newest run, if there is no choice or no terminal to ask on.
 */
async function choose(runs: string, flags: ViewFlags): Promise<string | undefined | null> {
  const env = (name: string) => Deno.env.get(name);
  const { stdin, stdout } = process;
  if (chooseView({ isTTY: stdout.isTTY && stdin.isTTY, env, ...flags }) !== "ink") return undefined;
  const path = fromCaller(runs);
  const read = (): Overview[] => newestFirst(listRuns(path).map((run) => readOverview(run)));
  if (read().length < 2) return undefined;
  return await chooseRun({ read, stdin, stdout, env });
}
