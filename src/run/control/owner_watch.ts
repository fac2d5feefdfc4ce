/**
 * Stops a run when the viewer that started it is gone, if that was requested. Usually the broken connection shows it.
 * The process id is needed if the viewer never connected, or was disconnected because it did not read.
 */
import { isRunning } from "../../files/atomic.ts";

const LOOK_EVERY_MS = 500;

export class OwnerWatch {
  #timer: ReturnType<typeof setInterval> | null = null;

  /** @param onLost called once if the process `pid` ends before it has left on purpose */
  constructor(pid: number | null, onLost: () => void) {
    if (pid === null) return;
    this.#timer = setInterval(() => {
      if (isRunning(pid)) return;
      this.stop();
      onLost();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
