/**
 * Connects a viewer with a run, independently of how it is drawn. The session folds events into the state, turns keys
 * and signals into commands, and ends in one of four ways (`DashboardExit`).
 */
import type { RunConnection } from "../../run/control/connection.ts";
import { errorLine } from "../../errors.ts";
import type { RunEvent } from "../../events.ts";
import type { Extension } from "../../run_state/way_on.ts";
import type { Command } from "../../protocol.ts";
import { type DashboardExit, exitAtEnd, exitOnLeaving } from "./exit.ts";
import type { Begun, Continuation, GoneOn, GoOn } from "./going_on.ts";
import { takesCommands } from "../keys/key_binding.ts";
import { intentOf } from "../keys/keys.ts";
import { outcomeOf, requested } from "../keys/outcome.ts";
import type { ViewerSignal } from "../../stop_signals.ts";
import { placed } from "./placed.ts";
import { endedByItself, FOR_EVER } from "./stay.ts";
import { goOnOffer } from "../view/go_on_offer.ts";
import { isTimeToLeave } from "../view/end_stay.ts";
import { type DashboardState, reduce } from "../view/state.ts";
import { nextRun } from "../view/series.ts";
import type { ViewAction } from "../view/view_state.ts";
import { Turns } from "../../turns.ts";

/** An earlier second ctrl-c is ignored: `deno task` delivers each one twice within 4 ms in cooked mode. */
const SECOND_PRESS_FROM_MS = 300;
const SECOND_PRESS_UNTIL_MS = 2000;
/** How long the viewer waits for the trainer to end after SIGTERM. */
const TERM_PATIENCE_MS = 5000;
/** How long a run of a series that was stopped stays on the screen. The key that stopped it then ends the series. */
const NEXT_RUN_MS = 4000;
/** The maximum time for closing the connection. */
const CLOSE_PATIENCE_MS = 1000;
/** The number of events that a replay folds before keys and signals are handled. */
const EVENTS_A_TURN = 200;

export interface SessionOptions {
  readonly connection: Promise<RunConnection>;
  readonly initial: DashboardState;
  /**
   * How long the view stays after the end of the run, or after the trainer was lost, in milliseconds. The viewer that
   * started the run stays only if nobody stopped the run.
   */
  readonly stayMs: number;
  /**
   * How the connection is closed after a hang-up. With `drop`, the trainer decides whether losing its owner ends the
   * run. Default: `detach`.
   */
  readonly hangUp?: "detach" | "drop";
  /** Lets the run go on after its end. Without it, the dashboard does not offer that. */
  readonly goOn?: GoOn;
  /** Whether to ask at once how far the run goes on, if it has reached its end before this viewer came. */
  readonly asksGoOn?: boolean;
  /** Notices after the end of the run that it goes on elsewhere. Without it, the dashboard shows the end. */
  readonly goneOn?: GoneOn;
  readonly onEvent?: (before: DashboardState, event: RunEvent) => void;
  /** `urgent` means that a person is waiting for the change. */
  readonly onState?: (state: DashboardState, urgent: boolean) => void;
  /** Gives the terminal back to the shell until the dashboard is resumed. The session continues. */
  readonly onSuspend?: () => void;
  /** Redraws the whole screen, in case another program has written to it. */
  readonly onRedraw?: () => void;
  readonly clock?: () => number;
  /** Resolves with the signal that ended the trainer, or null if it is unknown. */
  readonly trainerSignal?: () => Promise<string | null>;
}

export class Session {
  /** Rejects if the connection failed. */
  readonly exit: Promise<DashboardExit>;
  #state: DashboardState;
  readonly #options: SessionOptions;
  readonly #settle: PromiseWithResolvers<DashboardExit> = Promise.withResolvers();
  #connection: Promise<RunConnection>;
  /** The number of the last event that was folded and that the log has. */
  #seen = 0;
  /** The number of the last event before the run was last resumed. */
  #beforeResume = 0;
  /** Ends the waiting for somebody else who lets the run go on. */
  #waiting = new AbortController();
  #asksGoOn: boolean;
  #over = false;
  #stopAsked = false;
  #termTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#state = options.initial;
    this.#connection = options.connection;
    this.#asksGoOn = options.asksGoOn ?? false;
    this.exit = this.#settle.promise;
    this.#follow(this.#connection, 0).catch((error) => this.#fail(error));
  }

  get state(): DashboardState {
    return this.#state;
  }

  dispatch(action: ViewAction, urgent = false): void {
    this.#change(reduce(this.#state, action), urgent);
    if (isTimeToLeave(this.#state.view)) this.#finish(exitOnLeaving(this.#state));
  }

  /** Handles a key, given by its name in the key table. */
  press(key: string): void {
    this.#tick();
    // Any key, bound or not, shows that a person is there and cancels the countdown.
    if (this.#state.view.leavesAt !== null) this.dispatch({ type: "leaves", at: null }, true);
    const intent = intentOf(this.#state, key);
    if (!intent) return;
    const { actions, effects } = outcomeOf(this.#state, intent);
    for (const action of actions) this.dispatch(action, true);
    for (const effect of effects) {
      if (effect.type === "send") this.#send(effect.command);
      else if (effect.type === "leave") this.#finish(exitOnLeaving(this.#state));
      else if (effect.type === "suspend") this.#options.onSuspend?.();
      else if (effect.type === "redraw") this.#options.onRedraw?.();
      else if (effect.type === "go_on") void this.#goOn(effect.extension);
      else this.signal("SIGINT");
    }
  }

  /**
   * Handles a signal to this process, or ctrl-c from the keyboard as SIGINT. Returns false if the view closes already,
   * so that the signal has no effect here.
   */
  signal(signal: ViewerSignal): boolean {
    if (this.#over) return false;
    this.#handle(signal);
    return true;
  }

  #handle(signal: ViewerSignal): void {
    if (signal === "SIGHUP") return this.#finish(exitOnLeaving(this.#state, signal), this.#options.hangUp ?? "detach");
    if (this.#state.run.end && nextRun(this.#state.view) !== null) {
      // Between two runs of a series there is no run to stop, but the next one must not begin.
      return this.#finish({ how: "signal", signal, state: this.#state });
    }
    if (this.#state.view.role === "watch" || !takesCommands(this.#state)) {
      // In `watch`, ctrl-c is a way to leave like any other.
      return this.#finish(signal === "SIGINT" ? exitOnLeaving(this.#state) : exitOnLeaving(this.#state, signal));
    }
    if (signal === "SIGINT") return this.#interrupt();
    this.#ask({ type: "stop", signal });
    this.#termTimer ??= setTimeout(() => this.#finish({ how: "signal", signal, state: this.#state }), TERM_PATIENCE_MS);
  }

  /** Leaves the run as it is and closes the viewer. */
  leave(): Promise<DashboardExit> {
    this.#finish(exitOnLeaving(this.#state));
    return this.exit;
  }

  #interrupt(): void {
    const now = this.#now();
    const since = now - (this.#state.view.interruptedAt ?? -Infinity);
    if (since < SECOND_PRESS_FROM_MS) return;
    if (since <= SECOND_PRESS_UNTIL_MS) {
      this.#finish({ how: "signal", signal: "SIGINT", state: this.#state });
      return;
    }
    this.dispatch({ type: "interrupted", at: now });
    this.#ask({ type: "stop", signal: "SIGINT" }, "; ctrl-c again: leave at once");
  }

  #ask(command: Command, hint = ""): void {
    this.#tick();
    for (const action of requested(this.#state.view, command.type, hint)) this.dispatch(action, true);
    this.#send(command);
  }

  #send(command: Command): void {
    this.#stopAsked ||= command.type === "stop";
    let announced = this.#state.view.message;
    const onWait = (text: string) => {
      this.#wait(text);
      announced = this.#state.view.message;
    };
    this.#connection.then((connection) => connection.send(command, onWait)).then(
      ({ ok, text }) => {
        // If the requested change was confirmed by an event before this response, that message is more informative.
        if (ok && this.#state.view.message !== announced && !this.#state.view.message?.stays) return;
        this.#tick();
        this.dispatch({ type: "message", tone: ok ? "info" : "error", text }, true);
      },
      // The connection failed, which #follow reports.
      () => {},
    );
  }

  /** Lets the run go on. If it cannot, says why and stays as it was. */
  async #goOn(extension: Extension): Promise<void> {
    const ended = this.#connection;
    try {
      const continuation = await this.#checked(extension, await ended);
      // Meanwhile somebody else may have let the run go on.
      if (this.#over || this.#connection !== ended) return;
      this.#waiting.abort();
      this.#stopAsked = false;
      clearTimeout(this.#termTimer);
      this.#termTimer = undefined;
      this.dispatch({ type: "go_on", goOn: { stage: "starting", after: continuation.after } }, true);
      this.#connection = this.#connectionOf(continuation.begin());
      this.#follow(this.#connection, continuation.after).catch((error) => this.#fail(error));
    } catch (error) {
      // Somebody else has let the run go on, and it is shown already.
      if (this.#connection !== ended) return;
      this.#tick();
      this.dispatch({ type: "go_on", goOn: null });
      this.dispatch({ type: "message", tone: "error", text: errorLine(error) }, true);
    }
  }

  async #connectionOf(begun: Promise<Begun>): Promise<RunConnection> {
    const { connection, byOthers } = await begun;
    if (byOthers) this.dispatch({ type: "gone_on" }, true);
    return connection;
  }

  async #checked(extension: Extension, ended: RunConnection): Promise<Continuation> {
    const { goOn } = this.#options;
    if (!goOn) throw new Error("this viewer cannot let a run go on");
    // The trainer of the run may still wait for its viewers to leave.
    await ended.close("detach");
    return await goOn(extension, (line) => this.#wait(line));
  }

  /** Folds the events of a connection. Those up to the number `after` are known already. */
  async #follow(connected: Promise<RunConnection>, after: number): Promise<void> {
    const connection = await connected;
    const { id, directory, live } = connection;
    this.dispatch({ type: "connected", id, directory, live }, true);
    const turns = new Turns();
    let folded = 0;
    for await (const event of connection.events) {
      if (this.#over) return;
      if (event.seq <= after) continue;
      const before = this.#state;
      this.#note(event);
      this.#change(reduce(before, placed(event, connection)), event.type === "end");
      this.#options.onEvent?.(before, event);
      if (++folded % EVENTS_A_TURN === 0) await turns.next();
    }
    // The viewer has closed the connection itself, or the run goes on with another trainer already.
    if (this.#over || this.#connection !== connected) return;
    if (!this.#state.run.end) {
      this.dispatch({ type: "lost", by: (await this.#options.trainerSignal?.()) ?? null }, true);
    }
    const stayMs = this.#stayMs();
    if (stayMs === 0) this.#finish(exitAtEnd(this.#state));
    else {
      if (stayMs !== FOR_EVER) this.dispatch({ type: "leaves", at: this.#now() + stayMs }, true);
      if (!live) this.#askGoOn();
      void this.#waitForOthers(connected);
    }
  }

  /**
   * Notes which events are known. The log has none of a run that does not go on after all: the next ones repeat their
   * numbers.
   */
  #note(event: RunEvent): void {
    if (event.type === "resume") this.#beforeResume = event.seq - 1;
    this.#seen = event.type === "end" && event.refused !== undefined ? this.#beforeResume : event.seq;
  }

  #askGoOn(): void {
    if (!this.#asksGoOn || goOnOffer(this.#state) !== "extend") return;
    this.#asksGoOn = false;
    this.dispatch({ type: "go_on", goOn: { stage: "asking", typed: null } }, true);
  }

  /** Follows the run again if somebody else lets it go on while its end is shown. */
  async #waitForOthers(ended: Promise<RunConnection>): Promise<void> {
    const { goneOn } = this.#options;
    // The next run of a series begins at once.
    if (!goneOn || nextRun(this.#state.view) !== null) return;
    this.#waiting = new AbortController();
    const { signal } = this.#waiting;
    try {
      const connection = await goneOn({ seen: this.#seen, signal });
      if (connection === null) return;
      if (this.#over || signal.aborted || this.#connection !== ended) return await connection.close("detach");
      this.dispatch({ type: "gone_on" }, true);
      this.#connection = Promise.resolve(connection);
      await this.#follow(this.#connection, this.#seen);
    } catch (error) {
      this.#fail(error);
    }
  }

  #stayMs(): number {
    const { run: { end }, view } = this.#state;
    if (view.role === "watch") return this.#options.stayMs;
    if (end?.reason === "stopped" && this.#stopAsked && nextRun(view) !== null) return NEXT_RUN_MS;
    const byItself = end === null || endedByItself(end.reason);
    return byItself && !this.#stopAsked ? this.#options.stayMs : 0;
  }

  #finish(exit: DashboardExit, close: "detach" | "drop" = "detach"): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting.abort();
    clearTimeout(this.#termTimer);
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, CLOSE_PATIENCE_MS);
    const closed = this.#connection.then((connection) => connection.close(close)).catch(() => {});
    Promise.race([closed, patience.promise]).then(() => {
      clearTimeout(timer);
      this.#settle.resolve(exit);
    });
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting.abort();
    clearTimeout(this.#termTimer);
    this.#settle.reject(error);
  }

  #change(state: DashboardState, urgent: boolean): void {
    this.#state = state;
    this.#options.onState?.(state, urgent);
  }

  /** Says what is waited for, until another message comes. */
  #wait(text: string): void {
    this.#tick();
    this.dispatch({ type: "message", tone: "info", text, stays: true }, true);
  }

  #tick(): void {
    this.dispatch({ type: "tick", now: this.#now() });
  }

  #now(): number {
    return (this.#options.clock ?? Date.now)();
  }
}
