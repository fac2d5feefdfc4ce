/** Limits the number of bytes that are written in any one second. Pure. */

const WINDOW_MS = 1000;
/** Less than the 8 kB/s of a slow line, because the last row that is written may exceed the limit. */
const BYTES = 6500;

export class Budget {
  readonly #spent: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Records written bytes. */
  spend(atMs: number, bytes: number): void {
    this.#spent.push({ atMs, bytes });
  }

  /** Returns the number of bytes that may be written at `atMs`; 0 or less if none. */
  room(atMs: number): number {
    while (this.#spent[0] && this.#spent[0].atMs <= atMs - WINDOW_MS) this.#spent.shift();
    return this.#spent.reduce((room, { bytes }) => room - bytes, BYTES);
  }
}
