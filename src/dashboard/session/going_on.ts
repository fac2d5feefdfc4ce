/** What a session needs from outside so that a run can go on after its end. */
import type { RunConnection } from "../../run/control/connection.ts";
import type { Extension } from "../../run_state/way_on.ts";

/** A run that can go on. */
export interface Continuation {
  /** The number of the last event before it goes on. */
  readonly after: number;
  /** Starts a trainer and connects to it, or to the trainer of somebody else who was a moment earlier. */
  begin(): Promise<Begun>;
}

/** A run that goes on. */
export interface Begun {
  readonly connection: RunConnection;
  /** Whether the trainer is somebody else's, so that this viewer only watches. */
  readonly byOthers: boolean;
}

/**
 * Checks that a run without a trainer can go on with these options. Rejects with an error that says why it cannot.
 * `say` takes a line that says what is waited for.
 */
export type GoOn = (extension: Extension, say: (line: string) => void) => Promise<Continuation>;

/** Waits until somebody else lets the run go on, and connects to it. `seen` is the number of the last known event. */
export type GoneOn = (how: { seen: number; signal: AbortSignal }) => Promise<RunConnection | null>;
