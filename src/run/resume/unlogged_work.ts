/**
 * worked.json: how long a run has worked, if its log does not say so. A resumed run writes nothing to its log before
 * its first step, yet it may compute features for minutes until then and be interrupted.
 */
import { z } from "zod";
import { type PhaseSeconds, phaseSecondsSchema } from "../../events.ts";
import { removeIfThere, replaceFileSync } from "../../files/atomic.ts";
import { isRegularFile, readStoredJson } from "../../files/stored.ts";
import type { RunDirectory } from "../folder/directory.ts";

const workedSchema = z.object({
  /** The number of the log's last event. The file counts until the log has another one. */
  after: z.int().min(0),
  seconds: phaseSecondsSchema,
});

type Worked = Pick<RunDirectory, "worked">;

/** Returns the seconds that a run has worked, or null if its log knows them. `after`: the number of its last event. */
export function unloggedWork({ worked }: Worked, after: number): PhaseSeconds | null {
  if (!isRegularFile(worked)) return null;
  try {
    const noted = readStoredJson({ path: worked, remedy: "", exitStatus: 1 }, workedSchema);
    return noted.after === after ? noted.seconds : null;
  } catch {
    // A damaged file costs some seconds of the time that is shown, and nothing else.
    return null;
  }
}

/** How often the work is noted, in milliseconds: a trainer that is killed loses as much of it at most. */
const NOTE_EVERY_MS = 5000;

/** Notes the work of a resumed run until its log does. */
export class UnloggedWork {
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * @param before the seconds that were worked before
   * @param now returns the seconds that are worked by now
   */
  constructor(
    private readonly run: Worked,
    private readonly after: number,
    private readonly before: PhaseSeconds,
    private readonly now: () => PhaseSeconds,
  ) {
    this.#timer = setInterval(() => this.#note(this.now()), NOTE_EVERY_MS);
  }

  /** The log knows the work from now on. */
  logged(): void {
    clearInterval(this.#timer);
    try {
      removeIfThere(this.run.worked);
    } catch {
      // It does not count any more, so it may stay where the disk is read-only.
    }
  }

  /** The session is over before its first step. @param counts whether it has worked, or was refused */
  over(counts: boolean): void {
    clearInterval(this.#timer);
    if (counts || isRegularFile(this.run.worked)) this.#note(counts ? this.now() : this.before);
  }

  /** Stops noting. */
  dispose(): void {
    clearInterval(this.#timer);
  }

  #note(seconds: PhaseSeconds): void {
    try {
      replaceFileSync(this.run.worked, JSON.stringify({ after: this.after, seconds }) + "\n");
    } catch {
      // The disk may be full, or another process may have taken over the run.
    }
  }
}
