/** A line on standard error that shows the current progress. Shown in terminals only. */
import process from "node:process";

const ERASE_LINE = "\r\x1b[K";
const AT_MOST_EVERY_MS = 100;

export class StatusLine {
  readonly #shown = process.stderr.isTTY === true && Deno.env.get("TERM") !== "dumb";
  #atMs = -Infinity;
  #dirty = false;

  show(text: string): void {
    if (!this.#shown || performance.now() - this.#atMs < AT_MOST_EVERY_MS) return;
    this.#atMs = performance.now();
    this.#dirty = true;
    process.stderr.write(`${ERASE_LINE}${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }

  clear(): void {
    if (this.#dirty) process.stderr.write(ERASE_LINE);
    this.#dirty = false;
    this.#atMs = -Infinity;
  }
}
