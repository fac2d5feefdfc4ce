/**
 * Holds back what a resumed run writes to its folder, until everything that must be as before has been compared. A
 * resume that is refused then leaves the folder as it was.
 */
import type { EventLog } from "./log/event_log.ts";

export class Withheld {
  /** Those that are held back, in their order, by the file or by themselves. */
  #writes: Map<unknown, () => Promise<void> | void> | null;

  /** @param log is held in the same way */
  constructor(private readonly log: Pick<EventLog, "release">, holds: boolean) {
    this.#writes = holds ? new Map() : null;
  }

  /** Whether writes are held back. */
  get isHolding(): boolean {
    return this.#writes !== null;
  }

  /**
   * Calls `write` now, or in `release`.
   * @param file the file that `write` replaces. Of several writes that are held back, only the last one is made, in the
   * place of the first one.
   */
  async write(write: () => Promise<void> | void, file?: string): Promise<void> {
    if (this.#writes === null) await write();
    else this.#writes.set(file ?? write, write);
  }

  /** Makes the writes that were held back, in their order. The next event writes those that were. @throws as they do */
  async release(): Promise<void> {
    const writes = this.#writes?.values() ?? [];
    this.#writes = null;
    this.log.release();
    for (const write of writes) await write();
  }
}
