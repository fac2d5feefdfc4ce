/**
 * `train`: makes all checks that are possible beforehand, creates the run directory, starts the trainer and shows the
 * run.
 */
import { existsSync } from "node:fs";
import { basename, extname } from "node:path";
import { isBaseFile, type RunOptions } from "../config.ts";
import type { FoundSource } from "../data/open.ts";
import { dollarstreetFolder } from "../data/dollarstreet.ts";
import { HeadlightError } from "../errors.ts";
import { attach } from "../run/control/attach.ts";
import { createRunDirectory, type RunDirectory } from "../run/folder/directory.ts";
import { launchTrainer, type TrainerProcess } from "../run/launch.ts";
import { describeMachine, describeVersions } from "../run/machine.ts";
import { type CheckedData, preflight } from "../run/preflight.ts";
import { writeRunConfig } from "../run/folder/run_config.ts";
import { noteSeries, type SeriesPlace } from "../run/folder/series_place.ts";
import { findSocketPath } from "../run/control/socket_path.ts";
import { ownedError } from "../run/owner/claim.ts";
import { custodyOf } from "../run/owner/custody.ts";
import type { RunConnection } from "../run/control/connection.ts";
import type { ResumeRequest } from "../run/resume/request.ts";
import { makeRunId } from "../run/folder/run_id.ts";
import { fromCaller } from "../paths.ts";
import { folderName } from "../data/dataset/folder_name.ts";
import { holdSignals } from "../dashboard/session/signals.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import { stayMs } from "../dashboard/session/stay.ts";
import { endUnbegun } from "../run/end_unbegun.ts";
import { shellWord } from "../shell.ts";
import { signalStatus } from "../stop_signals.ts";
import { endStatus } from "./exit_status.ts";
import type { TrainViewFlags } from "./command_flags.ts";
import { howLost } from "../dashboard/run_text/describe.ts";
import { complain, OutputError } from "./output.ts";
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
  const found = await preflight(options, before);
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
  /** The number of the last event before this session, which plain lines leave out. */
  readonly after?: number;
}

/** Starts the trainer of a run and shows the run until it ends or the viewer leaves. */
export async function showTrainer(request: TrainerRequest): Promise<ShownRun> {
  const { run, found, resume, flags, series, after } = request;
  holdSignals();
  // Without a terminal, nobody can come back to the run, so it ends with its viewer.
  const stopOnLoss = !hasTerminal();
  const launched: TrainerProcess[] = [];
  const connect = async () => {
    const trainer = launchTrainer(run, { found, stopWithOwner: stopOnLoss, resume });
    launched.push(trainer);
    const trainerMayCome = () => trainer.alive();
    const connection = await attach(run, { role: "owner", stopOnLoss, since: "start", trainerMayCome });
    const signal = trainer.endedBy();
    if (signal !== null) endUnbegun(run, signal);
    if (resume !== null) await refuseOtherTrainer(run, trainer, connection);
    return connection;
  };
  const exit = await viewRun({
    connect,
    role: "owner",
    run,
    flags,
    stayMs: request.stayMs,
    trainerSignal: () => signalSoon(launched),
    series,
    after,
  }).catch((error) => {
    // The reader closed the pipe (`| head`), and the run goes on without a viewer.
    if (error instanceof Deno.errors.BrokenPipe && !stopOnLoss) complain(pipeClosedMessage(run));
    if (error instanceof OutputError) return stopAfterOutputError(error, run, launched);
    throw error;
  });
  return { run, exit, status: statusOf(exit, run, launched) };
}

/**
 * Two commands may resume a run at the same time. The trainer of one of them gets the run.
 * @throws HeadlightError (2) if it is the other one
 */
async function refuseOtherTrainer(run: RunDirectory, trainer: TrainerProcess, connection: RunConnection) {
  const custody = custodyOf(run);
  if (!("owner" in custody) || custody.owner === null || custody.owner.pid === trainer.pid) return;
  await connection.close("detach");
  throw ownedError(run, custody.owner);
}

function statusOf(exit: DashboardExit, run: RunDirectory, launched: readonly TrainerProcess[]): number {
  switch (exit.how) {
    case "ended":
      return exit.state.run.end ? endStatus(exit.state.run.end) : 0;
    case "detached":
      return 0;
    case "signal":
      // A command sent over the socket is lost if the trainer is not listening yet. A second request to stop does no
      // harm.
      for (const trainer of launched) trainer.signal(exit.signal);
      return signalStatus(exit.signal);
    case "lost":
      complain(`The trainer ${howLost(signalOf(launched))} without finishing the run. See ${run.trainerLog}`);
      return 1;
  }
}

/** The system reports the end of a process a little later than the end of its connection. */
const REPORTED_WITHIN_MS = 1000;

/** Waits until the end of the last trainer is reported, and returns the signal that ended it, or null. */
async function signalSoon(launched: readonly TrainerProcess[]): Promise<string | null> {
  for (const deadline = performance.now() + REPORTED_WITHIN_MS; performance.now() < deadline;) {
    if (launched.at(-1)?.alive() !== true) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return signalOf(launched);
}

/** Returns the signal that ended the last trainer, or null. */
function signalOf(launched: readonly TrainerProcess[]): string | null {
  return launched.at(-1)?.endedBy() ?? null;
}

/** How long to wait for the end of a run that is stopped because its output cannot be written, in milliseconds. */
const END_PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Stops a run whose events cannot be written to standard output. @throws HeadlightError (1) that says how it ended */
async function stopAfterOutputError(
  error: OutputError,
  run: RunDirectory,
  launched: readonly TrainerProcess[],
): Promise<never> {
  const lives = () => launched.some((trainer) => trainer.alive());
  for (const trainer of launched) trainer.signal("SIGTERM");
  for (const deadline = performance.now() + END_PATIENCE_MS; lives() && performance.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const saved = existsSync(run.checkpoints) ? " and saved" : "; there was nothing to save yet";
  const ended = lives() ? "is being stopped" : `was stopped${saved}`;
  throw new HeadlightError(`${error.problem}. The run in ${run.path} ${ended}.`, 1, { cause: error });
}

function pipeClosedMessage({ id, path }: RunDirectory): string {
  return `The reader closed the pipe, but run ${id} continues. To stop it: deno task stop ${shellWord(path)}`;
}

/** Creates the folder of a new run with its config.json. */
export function newRun(options: RunOptions, series?: SeriesPlace): RunDirectory {
  const now = new Date();
  const run = createRunDirectory(options.runs, makeRunId(now, baseName(options), dataName(options)));
  writeRunConfig(run.config, {
    version: 1,
    created: now.toISOString(),
    options,
    resolved: null,
    notices: [],
    machine: describeMachine(),
    versions: describeVersions(),
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
