/**
 * `train`: makes all checks that are possible beforehand, creates the run directory, starts the trainer and shows the
 * run.
 */
import { existsSync } from "node:fs";
import { basename, extname } from "node:path";
import { isBaseFile, type RunOptions } from "../config.ts";
import type { FoundSource } from "../data/open.ts";
import { dollarstreetFolder } from "../data/dollarstreet.ts";
import { checkNamedDevice } from "../engine/engines/named_device.ts";
import { HeadlightError } from "../errors.ts";
import { createRunDirectory, type RunDirectory } from "../run/folder/directory.ts";
import { checkStart } from "../run/check_start.ts";
import { keepStart, readStartSource } from "../run/from/source.ts";
import { describeMachine, describeVersions } from "../run/machine.ts";
import { type CheckedData, preflight } from "../run/preflight.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { writeRunConfig } from "../run/folder/run_config.ts";
import { noteSeries, type SeriesPlace } from "../run/folder/series_place.ts";
import { checkRunName } from "../run/folder/run_name.ts";
import { findSocketPath } from "../run/control/socket_path.ts";
import type { ResumeRequest } from "../run/resume/request.ts";
import { makeRunId } from "../run/folder/run_id.ts";
import { cacheRoot, fromCaller } from "../paths.ts";
import { folderName } from "../data/dataset/folder_name.ts";
import { holdSignals } from "../dashboard/session/signals.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import { stayMs } from "../dashboard/session/stay.ts";
import type { TrainViewFlags } from "./command_flags.ts";
import { complain, OutputError } from "./output.ts";
import { Trainers } from "./trainers.ts";
import { viewHere, viewRun } from "./view_run.ts";

const NOTHING_STAYS =
  "--stay keeps the dashboard open, but it is not shown here: standard input and output must be a " +
  "terminal. Remove --stay.";

/**
 * Starts a run and shows it. Returns the exit status. @throws HeadlightError (2) for errors that are found before the
 * run starts
 */
export async function train(options: RunOptions, flags: TrainViewFlags): Promise<number> {
  const found = await checkBeforehand(options, flags);
  return (await trainRun({ options, found, flags, stayMs: stayMs(flags, (name) => Deno.env.get(name)) })).status;
}

/** Makes all checks that are possible before a run starts. Returns the data that was found, see `preflight`. */
export async function checkBeforehand(
  options: RunOptions,
  flags: TrainViewFlags,
  before?: CheckedData,
): Promise<FoundSource | null> {
  if (flags.stay && viewHere(flags) !== "ink") throw new HeadlightError(NOTHING_STAYS);
  checkRunName(options.name, options.runs);
  const found = await preflight(options, before);
  if (before === undefined) await checkNamedDevice(options, cacheRoot());
  await checkStart(options, found);
  // Checked here because a run without a socket could not be reached again.
  findSocketPath(options.runs);
  return found;
}

export interface RunRequest {
  readonly options: RunOptions;
  /** See `checkBeforehand`. */
  readonly found: FoundSource | null;
  readonly flags: TrainViewFlags;
  /** How long the dashboard stays after the end of the run, in milliseconds. */
  readonly stayMs: number;
  readonly series?: SeriesPlace;
  /** Called when the run has its folder. */
  readonly onCreated?: (run: RunDirectory) => void;
}

export interface ShownRun {
  readonly run: RunDirectory;
  readonly exit: DashboardExit;
  /** The exit status for this run alone. */
  readonly status: number;
}

/** Starts a run and shows it until it ends or the viewer leaves. */
export async function trainRun(request: RunRequest): Promise<ShownRun> {
  const { options, series, onCreated = () => {} } = request;
  holdSignals();
  const run = newRun(options, series);
  onCreated(run);
  return await showTrainer({ ...request, run, resume: null });
}

export interface TrainerRequest extends Pick<RunRequest, "found" | "flags" | "stayMs" | "series"> {
  readonly run: RunDirectory;
  /** What to go on with; null for a run that begins. */
  readonly resume: ResumeRequest | null;
  /** For a run that goes on: the number of the last event before that. */
  readonly after?: number;
}

/** Starts the trainer of a run and shows the run until it ends or the viewer leaves. */
export async function showTrainer(request: TrainerRequest): Promise<ShownRun> {
  const { run, found, resume, flags, series, after } = request;
  holdSignals();
  // Without a terminal, nobody can come back to the run, so it ends with its viewer.
  const stopOnLoss = !hasTerminal();
  const trainers = new Trainers(run, stopOnLoss);
  // JSON lines show only what follows. The other views need the whole run: its curves, or its figures at the end.
  const since = viewHere(flags) === "json" ? after ?? "start" : "start";
  const exit = await viewRun({
    connect: () => trainers.start({ found, resume, since }),
    goOn: trainers.goOn,
    role: "owner",
    run,
    flags,
    stayMs: request.stayMs,
    trainerSignal: () => trainers.endedBy(),
    series,
    resumesAfter: after,
  }).catch((error) => {
    // The reader closed the pipe (`| head`), and the run goes on without a viewer.
    if (error instanceof Deno.errors.BrokenPipe && !stopOnLoss) complain(pipeClosedMessage(run));
    if (error instanceof OutputError) return stopAfterOutputError(error, run, trainers);
    throw error;
  });
  return { run, exit, status: trainers.statusOf(exit) };
}

/** How long to wait for the end of a run that is stopped because its output cannot be written, in milliseconds. */
const END_PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Stops a run whose events cannot be written to standard output. @throws HeadlightError (1) that says how it ended */
async function stopAfterOutputError(
  error: OutputError,
  run: RunDirectory,
  trainers: Trainers,
): Promise<never> {
  trainers.signal("SIGTERM");
  for (const deadline = performance.now() + END_PATIENCE_MS; trainers.alive() && performance.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const saved = existsSync(run.checkpoints) ? " and saved" : "; there was nothing to save yet";
  const ended = trainers.alive() ? "is being stopped" : `was stopped${saved}`;
  throw new HeadlightError(`${error.problem}. The run in ${run.path} ${ended}.`, 1, { cause: error });
}

function pipeClosedMessage({ id, path }: RunDirectory): string {
  return `The reader closed the pipe, but run ${id} continues. To stop it: deno task stop ${runArgument({ id, path })}`;
}

/** Creates the folder of a new run with its config.json, and with the weights that it starts with (`--from`). */
export function newRun(options: RunOptions, series?: SeriesPlace): RunDirectory {
  const now = new Date();
  const start = options.from === undefined ? null : readStartSource(options.from, options.from_checkpoint);
  const run = createRunDirectory(options.runs, makeRunId(now, baseName(options), dataName(options)));
  if (start) keepStart(run, start);
  writeRunConfig(run.config, {
    version: 1,
    created: now.toISOString(),
    options,
    resolved: null,
    notices: [],
    machine: describeMachine(),
    versions: describeVersions(),
    ...(start ? { started_from: start.startedFrom } : {}),
    ...(series ? { series: noteSeries(series) } : {}),
    repeat: null,
  });
  return run;
}

/** As a run's id takes it: a file is called by its name without the extension. */
function baseName({ base }: RunOptions): string {
  return isBaseFile(base) ? basename(base, extname(base)) : base;
}

/**
 * Returns a short name of the data for the run's id and the first frame. Empty if the lesson's set was not named and is
 * not on this machine: it is not known yet whether it can be downloaded or the demo set will replace it.
 */
function dataName({ data }: RunOptions): string {
  if (data !== undefined) return folderName(fromCaller(data));
  return dollarstreetFolder() === null ? "" : "dollarstreet";
}

function hasTerminal(): boolean {
  return Deno.stdin.isTerminal() || Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
}
