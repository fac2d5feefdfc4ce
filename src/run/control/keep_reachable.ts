/**
 * Keeps a run reachable. logind removes /run/user/<uid> with a user's last session, and cleaners empty the temporary
 * folder: a run that was left at night must still be found, and stopped, in the morning.
 */
import { existsSync } from "node:fs";
import type { ControlServer } from "./control_server.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { noteSocket } from "../owner/owner.ts";
import { findSocketPath } from "./socket_path.ts";

const LOOK_EVERY_MS = 2000;

/**
 * Makes the socket anew where its file is gone, in the first folder that can be used, and notes it in the run's lock.
 * Returns a function that ends this. The caller owns the lock.
 */
export function keepReachable(server: ControlServer, run: RunDirectory, everyMs: number = LOOK_EVERY_MS): () => void {
  let moving = false;
  const timer = setInterval(async () => {
    if (moving || existsSync(server.path)) return;
    moving = true;
    try {
      const path = findSocketPath(run.path);
      await server.moveTo(path);
      noteSocket(run.lock, path);
    } catch (error) {
      // Training matters more; the next look may find a folder again.
      console.error(error);
    }
    moving = false;
  }, everyMs);
  return () => clearInterval(timer);
}
