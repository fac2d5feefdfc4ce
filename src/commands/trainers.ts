/** The trainers of a run that this process starts: one at first, and one more each time the run goes on. */
import process from "node:process";
import type { EventOf } from "../events.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import type { Begun, GoOn } from "../dashboard/session/going_on.ts";
import { howLost } from "../dashboard/run_text/describe.ts";
import { HeadlightError } from "../errors.ts";
import { attach } from "../run/control/attach.ts";
import type { RunConnection, ViewerOptions } from "../run/control/connection.ts";
import { endUnbegun } from "../run/end_unbegun.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { type LaunchOptions, launchTrainer, type TrainerProcess } from "../run/launch.ts";
import { ownedError } from "../run/owner/claim.ts";
import { custodyOf } from "../run/owner/custody.ts";
import type { Owner } from "../run/owner/owner_record.ts";
import { signalStatus, STOP_SIGNALS, type StopSignal } from "../stop_signals.ts";
import { endStatus, isRefusal } from "../exit_status.ts";
import { complain } from "./output.ts";

/** How long the trainer of a run that has just ended may take to exit, in milliseconds. */
const EXITS_WITHIN_MS = 3000;
/** How long the system takes at most to report the end of a process. */
export const REPORTED_WITHIN_MS = 1000;
export const LOOK_EVERY_MS = 50;
/** The exit status of a trainer that cannot go on with a run. */
export const REFUSED = 2;

/**
 * Returns the exit status for a trainer that was lost. A signal that stops runs ends a trainer only before it listens
 * for signals, so the run is as it was.
 */
export function statusOfLost(signal: NodeJS.Signals | null): number {
  const stop = STOP_SIGNALS.find((known) => known === signal);
  return stop === undefined ? 1 : signalStatus(stop);
}

/** What a trainer is started with, and since when its viewer needs the events. */
type Start = Pick<LaunchOptions, "found" | "resume"> & Pick<ViewerOptions, "since">;

export class Trainers {
  readonly #launched: TrainerProcess[] = [];

  /** @param stopOnLoss whether the run ends with this process */
  constructor(private readonly run: RunDirectory, private readonly stopOnLoss: boolean) {}

  /** Whether any trainer was started. */
  get any(): boolean {
    return this.#launched.length > 0;
  }

  /** Whether any of them is running. */
  alive(): boolean {
    return this.#launched.some((trainer) => trainer.alive());
  }

  signal(name: StopSignal): void {
    for (const trainer of this.#launched) trainer.signal(name);
  }

  /**
   * Waits a moment until the end of the last trainer is reported, and returns the signal that ended it, or null. The
   * system reports the end of a process a little later than the end of its connection.
   */
  async endedBy(): Promise<string | null> {
    for (const deadlineMs = performance.now() + REPORTED_WITHIN_MS; performance.now() < deadlineMs;) {
      if (this.#launched.at(-1)?.alive() !== true) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return this.#signal();
  }

  #signal(): NodeJS.Signals | null {
    return this.#launched.at(-1)?.endedBy() ?? null;
  }

  /** Starts a trainer and connects to it. @throws HeadlightError (2) if the run goes on with another one */
  async start(options: Start): Promise<RunConnection> {
    const { trainer, connection } = await this.#launch(options);
    const other = options.resume === null ? null : this.#otherOwner(trainer);
    if (other === null) return connection;
    await connection.close("detach");
    throw ownedError(this.run, other);
  }

  /** Starts a trainer and connects to it, or watches the run if it goes on with another one. */
  async #startOrWatch(options: Start): Promise<Begun> {
    const { trainer, connection } = await this.#launch(options);
    if (this.#otherOwner(trainer) === null) return { connection, byOthers: false };
    await connection.close("detach");
    // How that trainer ended says nothing about the run.
    this.#launched.splice(this.#launched.indexOf(trainer), 1);
    const watched = await attach(this.run, { role: "viewer", stopOnLoss: false, since: "start" });
    return { connection: watched, byOthers: true };
  }

  async #launch({ found, resume, since }: Start) {
    const { run, stopOnLoss } = this;
    const trainer = launchTrainer(run, { found, stopWithOwner: stopOnLoss, resume });
    this.#launched.push(trainer);
    const trainerMayCome = () => trainer.alive();
    const connection = await attach(run, { role: "owner", stopOnLoss, since, trainerMayCome });
    const signal = trainer.endedBy();
    if (signal !== null) endUnbegun(run, signal);
    return { trainer, connection };
  }

  /** Lets the run go on in the same dashboard, through the checks of `train --resume`. */
  readonly goOn: GoOn = async ({ ...flags }, say) => {
    const { run } = this;
    // The trainer of a run that has ended sends its last events before it exits.
    const deadlineMs = performance.now() + EXITS_WITHIN_MS;
    while (custodyOf(run).kind === "owned" && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    // Loaded here because the first frame of a run that does not go on must not wait for it.
    const { checkResume } = await import("./check_resume.ts");
    const check = await checkResume({ run, given: { flags, file: {}, path: null }, allowed: [] }, say);
    if (check.kind === "finished") throw new HeadlightError(check.text);
    return { after: check.after, begin: () => this.#startOrWatch({ ...check, since: "start" }) };
  };

  /** Returns the exit status of a command that has shown its run to this exit. */
  statusOf(exit: DashboardExit): number {
    switch (exit.how) {
      case "ended":
        return exit.state.run.end ? this.#statusOfEnd(exit.state.run.end) : 0;
      case "detached":
        return exit.by ? signalStatus(exit.by) : 0;
      case "signal":
        // A command sent over the socket is lost if the trainer is not listening yet. A second request to stop does no
        // harm.
        this.signal(exit.signal);
        return signalStatus(exit.signal);
      case "lost":
        // It may have exited before this process connected to it, and the run's log says nothing of it.
        if (this.#launched.at(-1)?.exitStatus() === REFUSED) {
          complain(`The run cannot go on. See ${this.run.trainerLog}`);
          return REFUSED;
        }
        complain(`The trainer ${howLost(this.#signal(), true)} without finishing the run. See ${this.run.trainerLog}`);
        return statusOfLost(this.#signal());
    }
  }

  #statusOfEnd(end: EventOf<"end">): number {
    // Otherwise the summary is on the same terminal.
    if (end.refused !== undefined && isRefusal(end) && !process.stdout.isTTY) complain(end.refused);
    return endStatus(end);
  }

  /**
   * Returns the owner of the run if that is not this trainer. Two commands may resume a run at the same time, and the
   * trainer of one of them gets it.
   */
  #otherOwner(trainer: TrainerProcess): Owner | null {
    const custody = custodyOf(this.run);
    if (!("owner" in custody) || custody.owner === null) return null;
    return custody.owner.pid === trainer.pid ? null : custody.owner;
  }
}
