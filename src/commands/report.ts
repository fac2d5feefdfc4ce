/** `report`: writes one HTML page about one run, or about several runs compared. */
import { join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { at } from "../at.ts";
import { bytes } from "../dashboard/text/formats.ts";
import type { RunStory } from "../dashboard/summary/run_card.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller, spellCommands } from "../paths.ts";
import { drawCurves } from "../report/drawing/draw_curves.ts";
import { matrixPicture, recordedThumbnails, shownMistakes, thumbnailsOf } from "../report/drawing/pictures.ts";
import { reportHtml } from "../report/html/page.tsx";
import { comparisonPart } from "../report/parts/comparison_part.ts";
import { judgementOf, recordedJudgement, recordedTally } from "../report/parts/judgement.ts";
import { recordedOfBest } from "../report/parts/recorded.ts";
import type { Judgement, Report, RunPart } from "../report/parts/report.ts";
import { limitsFor, type PageLimits } from "../report/parts/page_limits.ts";
import { minuteOf, type RunInput, runPart } from "../report/parts/run_part.ts";
import { checkPageName, writePage } from "../report/write_report.ts";
import type { BrokenImage } from "../data/dataset/dataset.ts";
import { checkFilePlace } from "../files/writable.ts";
import { type Answers, compareRuns } from "../results/comparison/comparison.ts";
import { plottedRun } from "../results/plotted_run.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readRunImages, type RunImages } from "../run/folder/run_images.ts";
import { eventsAfter, readEvents } from "../run/log/event_log.ts";
import { type RunState, runStateOf, SILENT_RUN } from "../run_state/run_state.ts";
import { sentence } from "../sentence.ts";
import { stripControl } from "../text.ts";
import { correctByImage, type EvaluatedRun, NO_EPOCH, RunEvaluator } from "./evaluate_runs.ts";
import { distinctRuns, runOrLatest } from "./find.ts";
import { readStory } from "./run_story.ts";
import { findFacts, inOrder } from "./show_comparison.ts";

export interface ReportFlags {
  readonly runs: string;
  readonly out?: string | undefined;
}

/**
 * Writes the page, and prints its path and its size. Returns the exit status.
 * @throws HeadlightError (2) if there is no such run, or the file cannot be written
 */
export async function report(
  wanted: readonly string[],
  { runs, out }: ReportFlags,
  output: (line: string) => void,
): Promise<number> {
  if (out !== undefined) {
    checkPageName(out);
    checkFilePlace(fromCaller(out), `--out ${out}`);
  }
  const named = wanted.length === 0 ? [undefined] : wanted;
  const found = distinctRuns(named.map((name) => runOrLatest(name, runs)));
  const isAlone = found.length === 1;
  // As `plot`: in the folder of the first run. The page about that run alone stays.
  const path = out === undefined
    ? join(at(found, 0).path, isAlone ? "report.html" : "comparison.html")
    : fromCaller(out);
  if (out === undefined) checkFilePlace(path);
  const page = reportHtml(isAlone ? await reportOfOne(at(found, 0)) : await reportOfSeveral(found));
  output(stripControl(`${path} (${bytes(writePage(path, page))})`));
  return 0;
}

function written(): string {
  return `Written by Headlight ${project.version} on ${minuteOf(new Date().toISOString())}.`;
}

async function reportOfOne(run: RunDirectory): Promise<Report> {
  const read = readRun(run);
  const limits = limitsFor(1);
  const curves = await drawCurves([plottedRun(run.id, read.state)]);
  const judged = await judge(read, new RunEvaluator(), limits);
  return { written: written(), runs: [partOf(read, judged, { curves, limits })], comparison: null, curves: null };
}

async function reportOfSeveral(runs: readonly RunDirectory[]): Promise<Report> {
  const found = inOrder(runs.map(findFacts)).map((one) => ({ ...one, story: readStory(one.run) }));
  const limits = limitsFor(found.length);
  const evaluator = new RunEvaluator();
  const judged: Judged[] = [];
  for (const one of found) judged.push(await judge(one, evaluator, limits));
  const comparison = compareRuns(found.map(({ compared }) => compared), judged.map(({ answers }) => answers));
  const plotted = found.filter(({ compared }) => compared.best).map(({ run, state }) => plottedRun(run.id, state));
  return {
    written: written(),
    runs: found.map((one, place) => partOf(one, at(judged, place), { curves: null, limits })),
    comparison: comparisonPart(comparison),
    curves: await drawCurves(plotted),
  };
}

/** What a run's folder says. It is read at once, so that all figures of a live run are of the same time. */
interface ReadRun {
  readonly run: RunDirectory;
  readonly state: RunState;
  readonly story: RunStory;
}

function readRun(run: RunDirectory): ReadRun {
  return { run, state: readState(run), story: readStory(run) };
}

/** Returns the state that the log says, or that of a run without events if the log cannot be read. */
function readState({ events }: RunDirectory): RunState {
  try {
    return runStateOf(readEvents(events));
  } catch (error) {
    // The page says it, as the run's overview does.
    if (error instanceof HeadlightError) return SILENT_RUN;
    throw error;
  }
}

/** How well a run predicts its validation images, for its own section and for the comparison. */
interface Judged {
  readonly judgement: RunPart["judgement"];
  readonly answers: Answers;
  readonly broken: readonly BrokenImage[] | null;
}

async function judge({ run, state, story }: ReadRun, evaluator: RunEvaluator, limits: PageLimits): Promise<Judged> {
  if (story.overview.epochs === 0) {
    return {
      judgement: { missing: "No epoch was finished, so no images were classified." },
      answers: { problem: NO_EPOCH },
      broken: null,
    };
  }
  const evaluated = await evaluator.evaluate(run, async (one): Promise<Judged> => ({
    judgement: await evaluatedJudgement(one, story.overview.best?.epoch ?? null, limits),
    answers: correctByImage(one.evaluation),
    broken: one.evaluation.broken,
  }));
  if (!("problem" in evaluated)) return evaluated;
  const problem = spellCommands(evaluated.problem);
  const missing = { missing: `The validation images were not classified. ${sentence(stripControl(problem))}` };
  return { judgement: await recorded(run, state, problem, limits) ?? missing, answers: { problem }, broken: null };
}

async function evaluatedJudgement(
  { trained, images, evaluation }: EvaluatedRun,
  best: number | null,
  limits: PageLimits,
): Promise<Judgement> {
  const { checkpoint, manifest: { epoch, step } } = trained;
  const head = { run: trained.run.id, checkpoint, epoch, step, images: images.name };
  const rows = shownMistakes(evaluation.metrics, limits);
  return judgementOf(head, best, evaluation, {
    matrix: await matrixPicture(head, evaluation.metrics, limits),
    thumbnails: await thumbnailsOf(images.dataset.validation, rows.map(evaluation.indexOf)),
  });
}

/** Returns what the run recorded itself, for a run whose images or weights are gone. */
async function recorded(
  { id, events }: RunDirectory,
  known: RunState,
  problem: string,
  limits: PageLimits,
): Promise<Judgement | null> {
  const state = { ...known, ...recordedOfBest(known, () => eventsAfter(events, 0)) };
  const counts = recordedTally(state);
  if (counts === null) return null;
  const epoch = state.confusion?.epoch ?? 0;
  const head = { run: id, checkpoint: `epoch ${epoch}`, epoch, step: 0, images: "the validation set" };
  return recordedJudgement(state, problem, {
    matrix: await matrixPicture(head, counts, limits),
    thumbnails: await recordedThumbnails(state, limits),
  });
}

function partOf(
  { run, state, story }: ReadRun,
  { judgement, broken }: Judged,
  { curves, limits }: Pick<RunInput, "curves" | "limits">,
): RunPart {
  const part = runPart({ id: run.id, story, state, images: imagesOf(run), broken, curves, judgement, limits });
  const { command } = part.again;
  return { ...part, again: { ...part.again, command: command === null ? null : spellCommands(command) } };
}

/** Returns the run's list of images, or null if it has none or it cannot be read; the judgement says why then. */
function imagesOf({ images }: RunDirectory): RunImages | null {
  try {
    return readRunImages(images);
  } catch (error) {
    if (error instanceof HeadlightError) return null;
    throw error;
  }
}
