/** Runs a program in a real pseudo-terminal and shows what a person would see of it. */
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { PROJECT_ROOT } from "../../src/paths.ts";
import type { Cell, CellColour } from "./screen_svg.ts";

export interface PseudoTerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
}

const QUIET_MS = 100;

export class PseudoTerminal {
  /** Resolves to the exit status once the program has exited and its last output is on the screen. */
  readonly exited: Promise<number>;
  /** Everything that the program wrote. */
  output = "";
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #process: ReturnType<typeof spawn>;
  #written = Promise.resolve();

  constructor(command: string, args: string[], { columns, rows, env = {} }: PseudoTerminalOptions) {
    // These are not set in a person's terminal. Colours depend on each, and chalk has none in CI.
    const { CI: _ci, NO_COLOR: _none, FORCE_COLOR: _forced, ...inherited } = Deno.env.toObject();
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.#process = spawn(command, args, {
      cols: columns,
      rows,
      cwd: PROJECT_ROOT,
      env: { ...inherited, TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...env },
    });
    this.#process.onData((data) => {
      this.output += data;
      this.#written = this.#written.then(() => new Promise((resolve) => this.#terminal.write(data, resolve)));
    });
    this.exited = new Promise((resolve) =>
      this.#process.onExit(({ exitCode }) => void this.#quiet().then(() => resolve(exitCode)))
    );
  }

  /** Waits for the last output, which may arrive after the exit because both come through the event loop separately. */
  async #quiet(): Promise<void> {
    for (let seen = -1; seen !== this.output.length;) {
      seen = this.output.length;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
    await this.#written;
  }

  /** Returns the lines on the screen without trailing spaces. */
  screen(): string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? "",
    );
  }

  /** Returns the screen cell by cell. */
  cells(): Cell[][] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = buffer.getLine(buffer.viewportY + row);
      return Array.from({ length: this.#terminal.cols }, (_, column): Cell => {
        const cell = line?.getCell(column);
        return {
          text: cell?.getWidth() === 0 ? "" : cell?.getChars() || " ",
          width: cell?.getWidth() ?? 1,
          colour: colourOf(cell?.isFgRGB(), cell?.isFgPalette(), cell?.getFgColor()),
          ground: colourOf(cell?.isBgRGB(), cell?.isBgPalette(), cell?.getBgColor()),
          bold: Boolean(cell?.isBold()),
          dim: Boolean(cell?.isDim()),
        };
      });
    });
  }

  /** Returns the content of the normal screen including its scrollback. */
  normalScreen(): string {
    const buffer = this.#terminal.buffer.normal;
    const lines = Array.from({ length: buffer.length }, (_, row) => {
      const line = buffer.getLine(row);
      return `${line?.isWrapped ? "" : "\n"}${line?.translateToString(true) ?? ""}`;
    });
    return lines.join("");
  }

  /** Returns whether any line on the screen wraps into the next one. */
  hasWrappedLine(): boolean {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, row) => buffer.getLine(row)?.isWrapped).includes(true);
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  get isBracketedPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  get isCursorShown(): boolean {
    return this.output.lastIndexOf("\x1b[?25h") >= this.output.lastIndexOf("\x1b[?25l");
  }

  write(keys: string): void {
    this.#process.write(keys);
  }

  /** Shows what another program writes to the same terminal. */
  async strangerWrites(text: string): Promise<void> {
    this.#written = this.#written.then(() => new Promise((resolve) => this.#terminal.write(text, resolve)));
    await this.#written;
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  /** Waits until the screen shows the text. Fails with the screen's content. */
  async shows(text: string | RegExp, ms = 10_000): Promise<void> {
    await this.until(
      () => {
        const screen = this.screen().join("\n");
        return typeof text === "string" ? screen.includes(text) : text.test(screen);
      },
      `the screen to show ${text}`,
      ms,
    );
  }

  async until(met: () => boolean, what: string, ms = 10_000): Promise<void> {
    const deadline = Date.now() + ms;
    while (true) {
      await this.#written;
      if (met()) return;
      if (Date.now() > deadline) {
        throw new Error(
          `waited ${ms} ms for ${what}; the screen:\n${this.screen().join("\n")}\n${this.normalScreen()}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ends the program in whatever state it is. */
  async end(): Promise<void> {
    let over = false;
    this.exited.then(() => (over = true));
    await Promise.resolve();
    if (!over) this.#process.kill("SIGKILL");
    await this.exited;
    await this.#written;
    this.#terminal.dispose();
  }
}

function colourOf(isRgb = false, isPalette = false, value = 0): CellColour {
  return isRgb ? { kind: "rgb", value } : isPalette ? { kind: "basic", index: value } : { kind: "default" };
}
