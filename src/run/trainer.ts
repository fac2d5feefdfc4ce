/** Runs a run from its directory to its end. The trainer process adds only the signal handlers. */
import { errorLine, HeadlightError, UnusableDataError, UnusableOptionsError } from "../errors.ts";
import type { FoundSource } from "../data/open.ts";
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
import { type Outcome, runPhases } from "./phases.ts";
import { readRunConfig } from "./folder/run_config.ts";
import type { ResumeRequest } from "./resume/request.ts";
import { restoreRun } from "./resume/restore.ts";
import { resumeEvents } from "./resume_events.ts";
import { findSocketPath } from "./control/socket_path.ts";
import { sweepLeftovers } from "./upkeep/sweep.ts";
import { SystemWatch } from "./system/system_watch.ts";

/** How long the trainer waits for viewers to receive the last events before it exits, in milliseconds. */
const FAREWELL_MS = 1000;

/**
 * Takes ownership of the run, trains it, and sends its events to the log and to the socket. Returns the exit status.
 * @param ownerPid the process id of the viewer whose loss ends the run, or null
 * @param control may already contain a stop request
 * @param findData returns the data that the command has found; without it, the trainer looks for the data itself
 * @param resume what to go on with, or null for a run that begins
 */
export async function runTrainer(
  run: RunDirectory,
  ownerPid: number | null,
  control: Control,
  findData?: () => Promise<FoundSource>,
  resume: ResumeRequest | null = null,
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
  const take = (command: Command) => answer(command, { phase: ledger.phase, ended: over }, control);
  const server = await ControlServer.listen(socket, {
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
  const ended = await runPhases(run, config, { journal, ledger, control, findData, restored }).catch((error) => {
    if (error instanceof UnusableDataError || error instanceof UnusableOptionsError) ledger.repeat = null;
    return failed(error, run);
  });
  // A write may have failed because the folder was removed, before the watch noticed it.
  const outcome = ownership.folderIsThere() ? ended : folderGone(run);
  const { monitor, mode } = config.options;
  try {
    ownership.refuseIfTaken();
    journal.say(ledger.end(run, { monitor, mode: resolveMode(mode, monitor) }, outcome));
    journal.sync();
  } catch (error) {
    // The full disk that ended the run cannot store its end event either. Viewers get it over the socket. If another
    // process has taken over the run, its log must not get an end.
    console.error(errorLine(error));
  }
  over = true;
  system.stop();
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
  return {
    reason: "failed",
    error: errorLine(error),
    ...(error instanceof UnusableOptionsError ? { exit_status: 2 } : {}),
  };
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
