/** `train --detach`: starts a run without a viewer, and exits once the run has begun. */
import type { RunOptions } from "../config.ts";
import { row } from "../dashboard/summary/card.ts";
import { howLost } from "../dashboard/run_text/describe.ts";
import { holdSignals, listenForSignals } from "../dashboard/session/signals.ts";
import type { EventOf, RunEvent } from "../events.ts";
import { commandName } from "../paths.ts";
import { attach } from "../run/control/attach.ts";
import { endUnbegun } from "../run/end_unbegun.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { launchTrainer, type TrainerProcess } from "../run/launch.ts";
import { signalStatus, type StopSignal, type ViewerSignal } from "../stop_signals.ts";
import type { TrainViewFlags } from "./command_flags.ts";
import { endStatus } from "../exit_status.ts";
import { complain } from "./output.ts";
import { LOOK_EVERY_MS, REFUSED, REPORTED_WITHIN_MS, statusOfLost } from "./trainers.ts";
import { checkBeforehand, newRun, type TrainerRequest } from "./train.ts";

/**
 * How long to wait until training begins, in milliseconds. Errors that end the run before that are reported here. A
 * download or the extraction of features may take minutes, and goes on without this process.
 */
const TRAINS_WITHIN_MS = 10_000;

/** How the wait for the beginning of a run ended. */
type Beginning =
  /** The run is training, or goes on with the work before it. `by`: a hang-up ended the wait. */
  | { readonly kind: "begun"; readonly training: boolean; readonly by?: "SIGHUP" }
  | { readonly kind: "ended"; readonly end: EventOf<"end"> }
  /** The trainer exited without an `end` event. */
  | { readonly kind: "lost" }
  | { readonly kind: "signal"; readonly signal: StopSignal };

/**
 * Starts a run that nobody watches. It survives this process and its terminal. Returns 0 once the run has begun, or the
 * exit status of a run that ended before its training began.
 * @throws HeadlightError (2) for errors that are found before the run starts
 */
export async function trainDetached(
  options: RunOptions,
  flags: TrainViewFlags,
  output: (line: string) => void,
  patienceMs: number = TRAINS_WITHIN_MS,
): Promise<number> {
  const found = await checkBeforehand(options, flags);
  // From here on, a signal must not leave behind a run that never started.
  holdSignals();
  return await detach({ run: newRun(options), found, resume: null, flags, after: 0 }, output, patienceMs);
}

export interface DetachRequest extends Omit<TrainerRequest, "stayMs"> {
  /** A sentence that says where a run goes on; null for a run that begins. */
  readonly place?: string | null;
}

/**
 * Starts the trainer of a run that nobody watches, see `trainDetached`. With `resume`, the run goes on; its events up
 * to the number `after` are of earlier sessions.
 */
export async function detach(
  { run, found, resume, flags, after = 0, place = null }: DetachRequest,
  output: (line: string) => void,
  patienceMs: number = TRAINS_WITHIN_MS,
): Promise<number> {
  holdSignals();
  const trainer = launchTrainer(run, { found, stopWithOwner: false, detached: true, resume });
  const beginning = await waitForBeginning({ run, trainer, after }, patienceMs);
  switch (beginning.kind) {
    case "begun":
      for (const line of flags.json ? [jsonLine(run, beginning.training)] : lines(run, beginning.training, place)) {
        output(line);
      }
      return beginning.by ? signalStatus(beginning.by) : 0;
    case "ended":
      complain(endText(run, beginning.end));
      return endStatus(beginning.end);
    case "lost":
      if (trainer.exitStatus() === REFUSED) {
        complain(`The run cannot go on. See ${run.trainerLog}`);
        return REFUSED;
      }
      complain(`The trainer ${howLost(trainer.endedBy(), true)} without finishing the run. See ${run.trainerLog}`);
      return statusOfLost(trainer.endedBy());
    case "signal":
      trainer.signal(beginning.signal);
      complain(`${beginning.signal} stops run ${run.id}`);
      return signalStatus(beginning.signal);
  }
}

/** A trainer that was just started. */
interface Started {
  readonly run: RunDirectory;
  readonly trainer: TrainerProcess;
  readonly after: number;
}

async function waitForBeginning(started: Started, patienceMs: number): Promise<Beginning> {
  const signalled = Promise.withResolvers<Beginning>();
  const stopListening = listenForSignals((signal) => {
    signalled.resolve(afterSignal(signal));
    return true;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<Beginning>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "begun", training: false }), patienceMs);
  });
  try {
    return await Promise.race([signalled.promise, preparation(started), patience]);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

/** The terminal closed while the run was starting. The run goes on. */
function afterSignal(signal: ViewerSignal): Beginning {
  return signal === "SIGHUP" ? { kind: "begun", training: false, by: signal } : { kind: "signal", signal };
}

/** Waits until the run is training or has ended. */
async function preparation({ run, trainer, after }: Started): Promise<Beginning> {
  const trainerMayCome = () => trainer.alive();
  const connection = await attach(run, { role: "viewer", stopOnLoss: false, since: "start", trainerMayCome });
  const signal = trainer.endedBy();
  if (signal !== null) endUnbegun(run, signal);
  const first = await firstThatTells(connection.events, after);
  await connection.close("detach");
  // The system reports the end of a process a little later than the end of its connection.
  for (const deadlineMs = performance.now() + REPORTED_WITHIN_MS; first === null && trainer.alive();) {
    if (performance.now() > deadlineMs) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  if (first?.type === "end") return { kind: "ended", end: first };
  return first === null ? { kind: "lost" } : { kind: "begun", training: true };
}

/**
 * Returns the event that says that training has begun or that the run ended, or null if there is none. Unusable images
 * are found while their features are computed, so the beginning of that phase does not tell.
 */
async function firstThatTells(events: AsyncIterable<RunEvent>, after: number): Promise<RunEvent | null> {
  for await (const event of events) {
    if (event.seq <= after) continue;
    if (event.type === "end" || (event.type === "phase" && event.name === "train")) return event;
  }
  return null;
}

function endText({ id }: RunDirectory, { reason, error, signal, refused }: EventOf<"end">): string {
  return refused ?? error ?? `run ${id}: ${signal === undefined ? reason : `${signal} ended it`} before it had begun`;
}

function lines(run: RunDirectory, training: boolean, place: string | null): string[] {
  const name = runArgument(run);
  return [
    `${run.id}: ${training ? "training" : "preparing"} goes on without a viewer`,
    ...(place === null ? [] : [row("from", place)]),
    row("run", run.path),
    row("watch it", `deno task watch ${name}`),
    row("stop it", `deno task stop ${name}`),
  ];
}

function jsonLine(run: RunDirectory, training: boolean): string {
  const name = runArgument(run);
  const command = commandName();
  return JSON.stringify({
    run: run.id,
    directory: run.path,
    training,
    watch: `${command} watch ${name}`,
    stop: `${command} stop ${name}`,
  });
}
