/**
 * Restores files of a running run that others may delete. logind removes /run/user/<uid> when a user's last session
 * ends, and cleaners empty the temporary folder, but a run that trains overnight must still be reachable in the
 * morning. The lock and the whole folder can be deleted by hand, too.
 */
import { existsSync } from "node:fs";
import type { RunDirectory } from "../folder/directory.ts";
import type { Ownership } from "../owner/ownership.ts";
import type { ControlServer } from "./control_server.ts";
import { findSocketPath } from "./socket_path.ts";

const LOOK_EVERY_MS = 500;

export interface KeptRun {
  readonly run: RunDirectory;
  readonly server: ControlServer;
  readonly ownership: Ownership;
  /** Called once if the run's folder no longer exists. */
  readonly onGone: () => void;
  /** Called once if another process has taken over the run. */
  readonly onTaken?: () => void;
}

/**
 * Keeps the owner's heartbeat, and recreates the socket and the lock if their files are missing, the socket in the
 * first folder that can be used. Returns a function that stops this.
 */
export function keepRun(
  { run, server, ownership, onGone, onTaken = () => {} }: KeptRun,
  everyMs: number = LOOK_EVERY_MS,
): () => void {
  let looking = false;
  const look = async (): Promise<void> => {
    const kept = ownership.keep(server.path);
    if (kept !== "kept") {
      clearInterval(timer);
      return kept === "gone" ? onGone() : onTaken();
    }
    if (existsSync(server.path)) return;
    const path = findSocketPath(run.path);
    await server.moveTo(path);
    ownership.noteSocket(path);
  };
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    // Training is more important than an error here, and the next attempt may succeed.
    await look().catch((error) => console.error(error));
    looking = false;
  }, everyMs);
  return () => clearInterval(timer);
}
