/** Records what a program writes to its terminal: how much, when, and what the screen shows then. */
import type { IPty } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { HeadlightError } from "../../src/errors.ts";
import type { TerminalSize } from "./terminal_run.ts";

const PATIENCE_MS = 120_000;
const SECOND_MS = 1000;

export class WatchedTerminal {
  readonly exited: Promise<void>;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #pty: IPty;
  readonly #written: { readonly atMs: number; readonly bytes: number }[] = [];
  readonly #waiting = new Set<(atMs: number) => void>();

  constructor(pty: IPty, { columns, rows }: TerminalSize) {
    this.#pty = pty;
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const encoder = new TextEncoder();
    pty.onData((data) => {
      // The screen is updated a moment later, but the time counts from these bytes.
      const atMs = performance.now();
      this.#written.push({ atMs, bytes: encoder.encode(data).length });
      this.#screen.write(data, () => {
        for (const look of this.#waiting) look(atMs);
      });
    });
    this.exited = new Promise((resolve) => pty.onExit(() => resolve()));
  }

  press(key: string): void {
    this.#pty.write(key);
  }

  /**
   * Waits until the screen shows a text or no longer shows it. Resolves with the time at which the bytes for that were
   * written (as of `performance.now`). @throws HeadlightError (1) after two minutes.
   */
  async until(text: string, shown = true): Promise<number> {
    if (this.#shows(text) === shown) return performance.now();
    const seen = Promise.withResolvers<number>();
    const look = (atMs: number) => {
      if (this.#shows(text) === shown) seen.resolve(atMs);
    };
    this.#waiting.add(look);
    const late = () =>
      seen.reject(
        new HeadlightError(`waited too long for ${text} to ${shown ? "appear on" : "disappear from"} the screen`, 1),
      );
    const timer = setTimeout(late, PATIENCE_MS);
    try {
      return await seen.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  /** Returns the bytes written in each of the next `seconds` seconds. */
  async bytesASecond(seconds: number): Promise<number[]> {
    const fromMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, seconds * SECOND_MS));
    const counts: number[] = Array(seconds).fill(0);
    for (const { atMs, bytes } of this.#written) {
      const second = Math.floor((atMs - fromMs) / SECOND_MS);
      if (second in counts) counts[second] = (counts[second] ?? 0) + bytes;
    }
    return counts;
  }

  #shows(text: string): boolean {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, row) => row).some((row) =>
      active.getLine(active.viewportY + row)?.translateToString(true).includes(text)
    );
  }
}
