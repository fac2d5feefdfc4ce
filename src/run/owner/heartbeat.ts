/**
 * The heartbeat of a run's owner: a counter in a file, which the owner increments every few seconds. Another host that
 * sees no locks decides by it whether the owner is still running. It watches whether the counter moves, and measures
 * the time with its own monotonic clock. Clocks of two machines are never compared.
 */
import { readStoredText } from "../../files/stored.ts";
import type { RunDirectory } from "../folder/directory.ts";

export const BEAT_EVERY_MS = 5_000;
/**
 * How long the counter must stand still until the owner counts as dead, in milliseconds. Network file systems cache
 * files for up to 60 s, and an owner on a slow file system may be late.
 */
export const STILL_FOR_MS = 90_000;
/** A gap between two looks counts at most this much: if the file server stalls, observer and owner stall together. */
const LONGEST_GAP_MS = BEAT_EVERY_MS;
const DIGITS = 15;

/** Returns the content of a heartbeat file, or null if it is missing. */
export function readBeat(heartbeat: string): string | null {
  try {
    return readStoredText({ path: heartbeat, remedy: "", exitStatus: 1, maxBytes: 1024 }).trim();
  } catch {
    return null;
  }
}

/**
 * Increments the counter in the file, in place. Creates the file with 1.
 *
 * @throws Deno.errors if it cannot be written
 */
export function beat(heartbeat: string): void {
  const before = Number(readBeat(heartbeat) ?? 0);
  const count = Number.isSafeInteger(before) && before >= 0 ? before + 1 : 1;
  using file = Deno.openSync(heartbeat, { write: true, create: true });
  file.writeSync(new TextEncoder().encode(String(count).padStart(DIGITS, "0") + "\n"));
}

interface Observed {
  /** The owner's token. */
  readonly token: string;
  beat: string | null;
  lookedAtMs: number;
  stillMs: number;
  dead: boolean;
}

/** What this process has seen of heartbeats, by run. */
const observed = new Map<string, Observed>();

/**
 * Looks at the heartbeat of an owner, and returns for how long this process has seen it stand still, in milliseconds.
 * @param nowMs reads a monotonic clock
 */
function look(run: RunDirectory, token: string, nowMs: () => number): Observed {
  const count = readBeat(run.heartbeat);
  const now = nowMs();
  const known = observed.get(run.path);
  if (!known || known.token !== token || known.beat !== count) {
    const first = { token, beat: count, lookedAtMs: now, stillMs: 0, dead: false };
    observed.set(run.path, first);
    return first;
  }
  known.stillMs += Math.min(now - known.lookedAtMs, LONGEST_GAP_MS);
  known.lookedAtMs = now;
  return known;
}

/** Returns whether this process has seen the owner's heartbeat stand still for so long that the owner is dead. */
export function isKnownDead(run: RunDirectory, token: string, nowMs: () => number = () => performance.now()): boolean {
  const known = look(run, token, nowMs);
  return known.dead ||= known.stillMs >= STILL_FOR_MS;
}

export interface WatchOptions {
  /** Cancels watching. */
  readonly signal?: AbortSignal;
  readonly stillForMs?: number;
  readonly lookEveryMs?: number;
  readonly nowMs?: () => number;
}

/**
 * Watches the heartbeat of an owner until it moves or has stood still for long enough. From then on, `isKnownDead`
 * returns the result in this process.
 * @throws the signal's reason
 */
export async function watchHeartbeat(
  run: RunDirectory,
  token: string,
  { signal, stillForMs = STILL_FOR_MS, lookEveryMs = 500, nowMs = () => performance.now() }: WatchOptions = {},
): Promise<"alive" | "dead"> {
  const first = look(run, token, nowMs);
  while (true) {
    signal?.throwIfAborted();
    const now = look(run, token, nowMs);
    if (now !== first) return "alive";
    if (now.stillMs >= stillForMs || now.dead) {
      now.dead = true;
      return "dead";
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
