/** Runs a run from its directory to its end. The trainer process adds only the signal handlers. */
import { errorLine, HeadlightError, TRY_AGAIN, UnusableDataError, UnusableOptionsError } from "../errors.ts";
import type { FoundSource } from "../data/open.ts";
import { diskProblem } from "../files/room.ts";
import { explainSystemError } from "../files/system_error.ts";
import type { EventBody } from "../events.ts";
import type { Command } from "../protocol.ts";
import { signalStatus } from "../stop_signals.ts";
import type { Control } from "../training/control.ts";
import { resolveMode } from "../training/early_stopping.ts";
import { EMPTY_HISTORY } from "../training/history.ts";
import { answer } from "./answers.ts";
import { listenToFile } from "./control/command_file.ts";
import { ControlServer } from "./control/control_server.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { EventLog } from "./log/event_log.ts";
import { Journal } from "./journal.ts";
import { keepRun } from "./control/keep_run.ts";
import { Ledger } from "./ledger.ts";
import { ownedError, writtenOwner } from "./owner/claim.ts";
import { RunTakenError, TAKEN_STATUS, takeOwnership } from "./owner/ownership.ts";
import { OwnerWatch } from "./control/owner_watch.ts";
import { type Outcome, runPhases, stoppedOutcome } from "./phases.ts";
import { readRunConfig } from "./folder/run_config.ts";
import type { ResumeRequest } from "./resume/request.ts";
import { NotSavedError, Room } from "./room.ts";
import { restoreRun } from "./resume/restore.ts";
import { resumeEvents } from "./resume_events.ts";
import { findSocketPath } from "./control/socket_path.ts";
import { sweepLeftovers } from "./upkeep/sweep.ts";
import { SystemWatch } from "./system/system_watch.ts";

/** How long the trainer waits for viewers to receive the last events before it exits, in milliseconds. */
const FAREWELL_MS = 1000;

/** What a run without viewers does while the disk has no room. */
export interface Alone {
  /** Whether it was started with `--detach`: it then waits as long as necessary. */
  readonly detached?: boolean;
  /** How long it waits otherwise, in milliseconds. */
  readonly patienceMs?: number;
}

/**
 * Takes ownership of the run, trains it, and sends its events to the log and to the socket. Returns the exit status.
 * @param ownerPid the process id of the viewer whose loss ends the run, or null
 * @param control may already contain a stop request
 * @param findData returns the data that the command has found; without it, the trainer looks for the data itself
 * @param resume what to go on with, or null for a run that begins
 * @param alone how long the run waits for room on the disk while nobody watches it; see `Room`
 */
export async function runTrainer(
  run: RunDirectory,
  ownerPid: number | null,
  control: Control,
  findData?: () => Promise<FoundSource>,
  resume: ResumeRequest | null = null,
  alone: Alone = {},
): Promise<number> {
  const socket = findSocketPath(run.path);
  const ownership = await takeOwnership(run, socket);
  if (!ownership) throw ownedError(run, await writtenOwner(run));
  const before = readRunConfig(run.config);
  const restored = resume && restoreRun(run, before, resume);
  const config = restored?.config ?? before;
  const log = new EventLog(run.events);
  const journal = new Journal(log);
  const ledger = new Ledger();
  if (restored) ledger.goOn(restored.seconds, restored.checkpoint?.snapshot.history ?? EMPTY_HISTORY);
  let over = false;
  const lost = () => control.requestStop({ signal: "SIGTERM" });
  const owner = new OwnerWatch(ownerPid, lost);
  const isAttended = () => alone.detached === true || server.isAttended;
  const room = new Room({ run, journal, control, isAttended, aloneForMs: alone.patienceMs });
  const take = (command: Command) =>
    answer(command, { phase: ledger.phase, ended: over, waitsFor: room.need }, control);
  const server: ControlServer = await ControlServer.listen(socket, {
    eventsAfter: (seq) => log.after(seq),
    command: take,
    ownerLost: lost,
    ownerLeft: () => owner.stop(),
  });
  const stopListening = listenToFile(run, { token: ownership.token, command: take });
  const stop = () => control.requestStop();
  const stopKeeping = keepRun({ run, server, ownership, onGone: stop, onTaken: stop });
  // It is not awaited because nothing depends on it, and it never throws.
  void sweepLeftovers(run);
  journal.listen((event) => server.publish(event));

  const system = new SystemWatch((seen) => sayIfPossible(journal, seen));
  control.stopped.addEventListener("abort", () => sayIfPossible(journal, { type: "control", state: "stopping" }), {
    once: true,
  });

  for (const event of restored ? resumeEvents(restored) : []) journal.say(event);
  const ended = await runPhases(run, config, { journal, ledger, control, room, findData, restored }).catch((error) => {
    if (error instanceof UnusableDataError || error instanceof UnusableOptionsError) ledger.repeat = null;
    if (error instanceof NotSavedError) {
      ledger.notices = [...ledger.notices, error.message];
      return stoppedOutcome(control);
    }
    return failed(error, run);
  });
  // A write may have failed because the folder was removed, before the watch noticed it.
  const outcome = ownership.folderIsThere() ? ended : folderGone(run);
  const { monitor, mode } = config.options;
  over = true;
  system.stop();
  try {
    ownership.refuseIfTaken();
    journal.say(ledger.end(run, { monitor, mode: resolveMode(mode, monitor) }, outcome));
    await room.write(() => journal.unwrittenBytes, () => journal.sync());
  } catch (error) {
    // The disk that ended the run has no room for its end event either. Viewers get it over the socket. If another
    // process has taken over the run, its log must not get an end.
    console.error(errorLine(error));
  }
  owner.stop();
  stopKeeping();
  stopListening();
  await server.close(FAREWELL_MS);
  log.close();
  const taken = !ownership.stillMine();
  ownership.release();
  return taken ? TAKEN_STATUS : exitStatus(outcome);
}

function sayIfPossible(journal: Journal, body: EventBody): void {
  try {
    journal.say(body);
  } catch (error) {
    // A full disk must not prevent a stop. Viewers get the event over the socket. A takeover is reported at the end.
    if (!(error instanceof RunTakenError)) console.error(errorLine(error));
  }
}

function failed(thrown: unknown, run: RunDirectory): Outcome {
  // Errors of other places (the cache, the data) already name them, so any other system error comes from writing to the
  // run.
  const error = explainSystemError(thrown, `writing to ${run.path}`);
  if (!(error instanceof HeadlightError)) console.error(error);
  const status = failedStatus(thrown, error);
  return { reason: "failed", error: errorLine(error), ...(status === null ? {} : { exit_status: status }) };
}

/** Returns the exit status of a failed run, or null for 1. */
function failedStatus(thrown: unknown, error: unknown): 2 | typeof TRY_AGAIN | null {
  if (error instanceof UnusableOptionsError) return 2;
  const mayTryAgain = error instanceof HeadlightError && error.exitStatus === TRY_AGAIN;
  return mayTryAgain || diskProblem(thrown) !== null ? TRY_AGAIN : null;
}

function folderGone({ path }: RunDirectory): Outcome {
  return {
    reason: "failed",
    error: `The run's folder ${path} was removed or moved during the run. Start the run again.`,
  };
}

function exitStatus({ reason, exit_status, signal }: Outcome): number {
  if (reason === "failed") return exit_status ?? 1;
  if (reason === "interrupted") return signalStatus(signal ?? "SIGTERM");
  return 0;
}
