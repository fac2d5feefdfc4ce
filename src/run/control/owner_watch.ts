/**
 * Ends a run with the viewer that started it, where that was asked for. Losing its connection tells at once; its process
 * id tells where it never came to the socket, or was let go because it took nothing for long.
 */
import { isRunning } from "../../files/atomic.ts";

const LOOK_EVERY_MS = 500;

export class OwnerWatch {
  #timer: ReturnType<typeof setInterval> | null = null;

  /** @param onLost called once if process `pid` ends before it has left on purpose. */
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
