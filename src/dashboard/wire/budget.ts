/** How many bytes may still be written now, so that there are never too many in any one second. Pure. */

const WINDOW_MS = 1000;
/** Under the 8 kB that a slow line is given: the last row of a part may go beyond it. */
const BYTES = 6500;

export class Budget {
  readonly #spent: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Notes what was written. */
  spend(atMs: number, bytes: number): void {
    this.#spent.push({ atMs, bytes });
  }

  /** Bytes that may be written at `atMs`; 0 or less where there are none. */
  room(atMs: number): number {
    while (this.#spent[0] && this.#spent[0].atMs <= atMs - WINDOW_MS) this.#spent.shift();
    return this.#spent.reduce((room, { bytes }) => room - bytes, BYTES);
  }
}
