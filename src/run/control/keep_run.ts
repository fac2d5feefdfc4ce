/**
 * Looks after what the outside world may take from a run that trains. logind removes /run/user/<uid> with a user's last
 * session, and cleaners empty the temporary folder: a run that was left at night must still be found, and stopped, in
 * the morning. The lock can be deleted by hand, and the whole folder too.
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
  /** Called once if the run's folder is no longer there. */
  readonly onGone: () => void;
}

/**
 * Makes the socket and the lock anew where their files are gone, the socket in the first folder that can be used.
 * Returns a function that ends this.
 */
export function keepRun({ run, server, ownership, onGone }: KeptRun, everyMs: number = LOOK_EVERY_MS): () => void {
  let looking = false;
  const look = async (): Promise<void> => {
    if (!ownership.keep(server.path)) {
      clearInterval(timer);
      return onGone();
    }
    if (existsSync(server.path)) return;
    const path = findSocketPath(run.path);
    await server.moveTo(path);
    ownership.noteSocket(path);
  };
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    // Training matters more than an error here; the next look may succeed.
    await look().catch((error) => console.error(error));
    looking = false;
  }, everyMs);
  return () => clearInterval(timer);
}
