/** Runs a run from its directory to its end. The trainer process adds only the signal handlers. */
import { hostname } from "node:os";
import { errorLine, HeadlightError, TRY_AGAIN, UnusableDataError, UnusableOptionsError } from "../errors.ts";
import type { FoundSource } from "../data/open.ts";
import { ROW_MEMORY, type RowMemory } from "../features/rows/row_memory.ts";
import { diskProblem } from "../files/room.ts";
import { explainSystemError } from "../files/system_error.ts";
import type { EventBody, EventOf } from "../events.ts";
import type { Command } from "../protocol.ts";
import { endStatus } from "../exit_status.ts";
import type { Control } from "../training/control.ts";
import { resolveMode } from "../training/early_stopping.ts";
import { EMPTY_HISTORY } from "../training/history.ts";
import { answer } from "./answers.ts";
import { listenToFile } from "./control/command_file.ts";
import { ControlServer } from "./control/control_server.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { EventLog } from "./log/event_log.ts";
import { Journal } from "./journal.ts";
import { postEnd } from "./control/posted_end.ts";
import { keepRun } from "./control/keep_run.ts";
import { Ledger } from "./ledger.ts";
import { sayStaying } from "./notices.ts";
import { notifiedRun } from "./notify/message.ts";
import { Notifier } from "./notify/notifier.ts";
import { ownedError, writtenOwner } from "./owner/claim.ts";
import { type Ownership, RunTakenError, TAKEN_STATUS, takeOwnership } from "./owner/ownership.ts";
import { OwnerWatch } from "./control/owner_watch.ts";
import { runPhases } from "./phases.ts";
import { type Outcome, stoppedOutcome } from "./work.ts";
import { readRunConfig } from "./folder/run_config.ts";
import type { ResumeRequest } from "./resume/request.ts";
import { NotSavedError, Room } from "./room.ts";
import { markRequested, restoreRun, saidBefore } from "./resume/restore.ts";
import { UnloggedWork } from "./resume/unlogged_work.ts";
import { type Refusal, refusalOf, refusedEvents, stoppedBeforeFirstStep } from "./refused_resume.ts";
import { resumeEvents } from "./resume_events.ts";
import { findSocketPath } from "./control/socket_path.ts";
import { sweepLeftovers } from "./upkeep/sweep.ts";
import type { GpuSource } from "./system/gpu_source.ts";
import { whySlurmSignalled } from "./system/slurm_job.ts";
import { watchJob } from "./system/slurm_step.ts";
import { SystemWatch } from "./system/system_watch.ts";
import { Withheld } from "./withheld.ts";

/** How long the trainer waits for viewers to receive the last events before it exits, in milliseconds. */
const FAREWELL_MS = 1000;
/** How long a viewer that has started the trainer may take to connect, in milliseconds. */
const VIEWER_JOINS_MS = 3000;

/** What a run without viewers does while the disk has no room. */
export interface Alone {
  /** Whether it was started with `--detach`: it then waits as long as necessary. */
  readonly detached?: boolean;
  /** How long it waits otherwise, in milliseconds. */
  readonly patienceMs?: number;
}

export interface TrainerOptions {
  /** May already contain a stop request. */
  readonly control: Control;
  /** The process id of the viewer whose loss ends the run. Default: none. */
  readonly ownerPid?: number | undefined;
  /** Returns the data that the command has found. Without it, the trainer looks for the data itself. */
  readonly findData?: (() => Promise<FoundSource>) | undefined;
  /** What to go on with. Default: the run begins. */
  readonly resume?: ResumeRequest | undefined;
  readonly alone?: Alone;
  /** Where the figures of the GPUs come from. Default: that for this machine. */
  readonly gpus?: GpuSource | undefined;
  /** What decides where feature rows are held. Default: the memory of this machine. */
  readonly memory?: RowMemory | undefined;
}

/**
 * Takes ownership of the run, trains it, and sends its events to the log and to the socket. Returns the exit status.
 * @throws HeadlightError (2) if another trainer owns the run, if config.json cannot be used, or if an option may not
 * change; (1) if none of its checkpoints can be used
 */
export async function runTrainer(run: RunDirectory, options: TrainerOptions): Promise<number> {
  const socket = findSocketPath(run.path);
  const ownership = await takeOwnership(run, socket);
  if (!ownership) throw ownedError(run, await writtenOwner(run));
  try {
    return await trainOwned(run, { ownership, socket }, options);
  } finally {
    ownership.release();
  }
}

interface Owned {
  readonly ownership: Ownership;
  readonly socket: string;
}

async function trainOwned(
  run: RunDirectory,
  { ownership, socket }: Owned,
  { control, ownerPid, findData, resume, alone = {}, gpus, memory = ROW_MEMORY }: TrainerOptions,
): Promise<number> {
  const before = readRunConfig(run.config);
  const restored = resume ? restoreRun(run, before, resume) : null;
  const config = restored?.config ?? before;
  const log = new EventLog(run.events, undefined, restored !== null);
  const withheld = new Withheld(log, restored !== null);
  const journal = new Journal(log);
  const ledger = new Ledger();
  if (restored) ledger.goOn(restored.seconds, restored.checkpoint?.snapshot.history ?? EMPTY_HISTORY);
  const work = restored && new UnloggedWork(run, restored.after, restored.seconds, () => ledger.seconds);
  let over = false;
  const lost = () => control.requestStop({ signal: "SIGTERM" });
  const owner = new OwnerWatch(ownerPid ?? null, lost);
  const leaveJob = watchJob(lost);
  const isAttended = () => alone.detached === true || server.isAttended;
  const room = new Room({ run, journal, control, isAttended, aloneForMs: alone.patienceMs });
  const take = (command: Command) =>
    answer(
      command,
      { phase: ledger.phase, hasState: ledger.hasState, ended: over, waitsFor: room.need },
      control,
    );
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
  await withheld.write(() => void sweepLeftovers(run));
  if (restored) await withheld.write(() => room.write(() => 0, () => markRequested(run, restored)));
  await withheld.write(() => work?.logged());
  const { monitor, mode, notify } = config.options;
  const monitored = { monitor, mode: resolveMode(mode, monitor) };
  const notifier = notify === undefined ? null : new Notifier({
    target: notify,
    run: notifiedRun(run, config.options, hostname()),
    reached: () => ledger.end(run, monitored, { reason: "stopped" }),
    notice: (text) => sayStaying([text], { journal: { say: (body) => sayIfPossible(journal, body) }, ledger }),
  });
  let saidEnd = null as EventOf<"end"> | null;
  journal.listen((event) => {
    if (event.type === "end") saidEnd = event;
    server.publish(event);
    notifier?.heard(event);
  });

  const system = new SystemWatch((seen) => sayIfPossible(journal, seen), gpus === undefined ? {} : { gpus });
  control.stopped.addEventListener("abort", () => sayIfPossible(journal, { type: "control", state: "stopping" }), {
    once: true,
  });

  for (const event of restored ? resumeEvents(restored) : []) journal.say(event);
  // Assigned by the callback below, which the type checker does not see.
  let refused = null as Refusal | null;
  const services = { journal, ledger, control, room, findData, restored, withheld, memory, system };
  const ended = await runPhases(run, config, services).catch((error) => {
    if (withheld.isHolding) refused = refusalOf(error);
    if (error instanceof UnusableDataError || error instanceof UnusableOptionsError) ledger.repeat = null;
    if (error instanceof NotSavedError) {
      ledger.notices = [...ledger.notices, error.message];
      return stoppedOutcome(control);
    }
    return failed(error, run);
  });
  // A write may have failed because the folder was removed, before the watch noticed it.
  const outcome = ownership.folderIsThere() ? ended : folderGone(run);
  const cause = outcome.signal === "SIGTERM" ? await whySlurmSignalled() : null;
  // Work that a stop has cut short may have failed because of that.
  if (withheld.isHolding && control.stop !== null) refused = stoppedBeforeFirstStep(control.stop.signal);
  const endOf = (how: Outcome) => ledger.end(run, monitored, cause === null ? how : { ...how, cause });
  over = true;
  system.stop();
  let status = endStatus(outcome);
  try {
    ownership.refuseIfTaken();
    if (restored && refused !== null && outcome === ended) {
      status = refused.status;
      work?.over(control.stop !== null);
      // Viewers get these events, and the log none: the folder stays as it was.
      console.error(`headlight: ${refused.text}`);
      const said = saidBefore(run);
      for (const event of refusedEvents(run, { ...restored, said }, refused, endOf)) journal.say(event);
      if (saidEnd !== null) postEnd(run, ownership.token, saidEnd);
    } else {
      await withheld.release().catch((error) => console.error(errorLine(error)));
      await notifier?.ended(endOf(outcome), status);
      journal.say(endOf(outcome));
    }
    await room.write(() => journal.unwrittenBytes, () => journal.sync());
  } catch (error) {
    // The disk that ended the run has no room for its end event either. Viewers get it over the socket. If another
    // process has taken over the run, its log must not get an end.
    console.error(errorLine(error));
  }
  // The viewer that resumed the run may still be connecting, and would not find the events in the log.
  if (refused !== null) await server.firstViewer(VIEWER_JOINS_MS);
  work?.dispose();
  owner.stop();
  leaveJob();
  stopKeeping();
  stopListening();
  await server.close(FAREWELL_MS);
  log.close();
  return ownership.stillMine() ? status : TAKEN_STATUS;
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
