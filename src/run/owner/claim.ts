/** What a command does about a run that belongs to a trainer, or that a trainer on another machine claims. */
import { HeadlightError } from "../../errors.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { runArgument } from "../folder/run_argument.ts";
import { type Custody, custodyOf } from "./custody.ts";
import { STILL_FOR_MS, watchHeartbeat, type WatchOptions } from "./heartbeat.ts";
import type { Owner } from "./owner_record.ts";
import { describeOwner, Ownership } from "./ownership.ts";
import { notWritableText } from "../folder/writable_run.ts";
import { readSaid } from "../log/read_said.ts";

export interface SettleOptions extends WatchOptions {
  /** Takes one line that says what is waited for, before the wait. */
  readonly say: (line: string) => void;
}

/** How long a trainer takes at most to write itself into `lock` after it has locked it, in milliseconds. */
const WRITTEN_WITHIN_MS = 1000;

/**
 * Refuses a run that belongs to a trainer. If a trainer on another machine claims it, watches its heartbeat for up to
 * 90 s. If that stands still, the trainer is dead, and its claim is replaced. Afterwards a trainer can take the run.
 * @throws HeadlightError (2) that names the owner; the signal's reason
 */
export async function refuseOwned(run: RunDirectory, options: SettleOptions): Promise<void> {
  while (true) {
    const custody = custodyOf(run);
    switch (custody.kind) {
      case "nobody":
        return;
      case "starting":
        throw new HeadlightError(`Run ${run.id} was just created, and its trainer is starting. ${watchIt(run)}`);
      case "owned":
        throw ownedError(run, custody.owner ?? await writtenOwner(run));
      case "claimed":
        if (!await isDead(run, custody, options)) throw ownedError(run, custody.owner);
        replaceClaim(run);
    }
  }
}

/**
 * Watches the heartbeats of runs that trainers on other machines claim, all at the same time. Afterwards, `custodyOf`
 * knows in this process which of these trainers are dead.
 * @throws the signal's reason
 */
export async function settleClaims(runs: readonly RunDirectory[], options: SettleOptions): Promise<void> {
  await Promise.all(runs.map(async (run) => {
    const custody = custodyOf(run);
    if (custody.kind === "claimed") await isDead(run, custody, options);
  }));
}

/** Returns the error for a command that needs a run without a trainer. `owner` is null if it is not known. */
export function ownedError(run: RunDirectory, owner: Owner | null): HeadlightError {
  const by = owner === null ? "another process" : describeOwner(owner);
  const since = owner?.since ? ` since ${shownTime(owner.since)}` : "";
  const text = `Run ${run.id} is being trained by ${by}${since}`;
  return new HeadlightError(isPaused(run) ? `${text}, and is paused. ${letItGoOn(run)}` : `${text}. ${watchIt(run)}`);
}

/** Waits a moment until the owner of a run has written itself into `lock`. Returns null if it does not. */
export async function writtenOwner(run: RunDirectory): Promise<Owner | null> {
  for (const deadlineMs = performance.now() + WRITTEN_WITHIN_MS; performance.now() < deadlineMs;) {
    const custody = custodyOf(run);
    if ("owner" in custody && custody.owner && !custody.owner.released) return custody.owner;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return null;
}

async function isDead(
  run: RunDirectory,
  { owner }: Extract<Custody, { kind: "claimed" }>,
  options: SettleOptions,
): Promise<boolean> {
  const seconds = Math.ceil((options.stillForMs ?? STILL_FOR_MS) / 1000);
  options.say(
    `Run ${run.id} was last trained by ${describeOwner(owner)}. ` +
      `Checking for up to ${seconds} s whether that trainer is still running.`,
  );
  return await watchHeartbeat(run, owner.token, options) === "dead";
}

/**
 * Writes a new token, so that the dead trainer ends if it was only suspended. Does nothing if another host was first.
 */
function replaceClaim(run: RunDirectory): void {
  try {
    const ownership = Ownership.tryTake(run);
    ownership?.noteSocket("");
    ownership?.release();
  } catch (error) {
    throw new HeadlightError(`Run ${run.id} cannot go on: ${notWritableText(run, error)}`, 2, { cause: error });
  }
}

/** Whether somebody has paused a run. One that waits for room on a disk goes on by itself. */
function isPaused({ events }: RunDirectory): boolean {
  const said = readSaid(events);
  return !("problem" in said) && said.end === null && said.control === "paused" && said.waitsFor === null;
}

function letItGoOn(run: RunDirectory): string {
  return `To let it go on: deno task resume ${runArgument(run)}`;
}

function watchIt(run: RunDirectory): string {
  return `To watch it: deno task watch ${runArgument(run)}`;
}

/** Returns a time of ISO 8601 without milliseconds: "2026-11-26 21:19:30 UTC". */
function shownTime(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}
