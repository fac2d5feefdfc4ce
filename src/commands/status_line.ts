/**
 * A line on standard error that shows the current progress. Without a terminal, a setup prints a line for each step
 * that takes long, and other work that takes long prints its progress as a line now and then.
 */
import process from "node:process";
import { toAscii } from "../dashboard/drawing/glyphs.ts";
import type { SetupProgress } from "../engine/engine.ts";
import { stripControl } from "../text.ts";
import { complain } from "./output.ts";
import { setupLine, setupText } from "./setup_text.ts";
import { isAscii } from "./terminal.ts";

const ERASE_LINE = "\r\x1b[K";
const AT_MOST_EVERY_MS = 100;

/** Without a terminal, a step of a setup is announced after this time. */
const LONG_STEP_MS = 1000;

/** Without a terminal, progress is printed this often: a job's log is read later, and should be short. */
const LINE_EVERY_MS = 30_000;

export class StatusLine {
  /** Whether the line is shown. If not, progress is printed as lines. */
  readonly isShown = process.stderr.isTTY === true && Deno.env.get("TERM") !== "dumb";
  #atMs = -Infinity;
  /** When the last line was printed without a terminal. */
  #lineMs = performance.now();
  #dirty = false;
  /** The newest progress of the setup. */
  #step: SetupProgress | null = null;
  /** Announces the step, without a terminal. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param lineEveryMs the time between two lines, in milliseconds, without a terminal; Infinity for no lines */
  constructor(private readonly lineEveryMs: number = LINE_EVERY_MS) {}

  /** Shows the progress of work. */
  show(text: string): void {
    this.#endStep();
    this.#write(text);
    if (this.isShown || performance.now() - this.#lineMs < this.lineEveryMs) return;
    this.#lineMs = performance.now();
    complain(stripControl(text));
  }

  /** Shows the progress of a setup. A step is shown as soon as it begins, because it may report nothing more. */
  progress(progress: SetupProgress): void {
    if (progress.label !== this.#step?.label) this.#beginStep();
    this.#step = progress;
    const ellipsis = isAscii() ? toAscii("…") : "…";
    this.#write(setupText({ ...progress, label: stripControl(progress.label) }, width(), ellipsis));
  }

  clear(): void {
    this.#endStep();
    if (this.#dirty) process.stderr.write(ERASE_LINE);
    this.#dirty = false;
    this.#atMs = -Infinity;
  }

  #write(text: string): void {
    if (!this.isShown || performance.now() - this.#atMs < AT_MOST_EVERY_MS) return;
    this.#atMs = performance.now();
    this.#dirty = true;
    process.stderr.write(`${ERASE_LINE}${text.slice(0, width())}`);
  }

  #beginStep(): void {
    this.#endStep();
    this.#atMs = -Infinity;
    if (this.isShown) return;
    const announce = () => {
      if (this.#step !== null) complain(stripControl(setupLine(this.#step)));
    };
    const timer = setTimeout(announce, LONG_STEP_MS);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  #endStep(): void {
    clearTimeout(this.#timer);
    this.#step = null;
  }
}

/** Returns the columns that the line may take. The last one stays free, so that the cursor stays on the line. */
function width(): number {
  return (process.stderr.columns || 80) - 1;
}
