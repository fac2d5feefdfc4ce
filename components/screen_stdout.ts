/** The stream that Ink draws on: whole frames in, the difference of cells out. */
import { Budget } from "../src/dashboard/wire/budget.ts";
import type { NamedCells } from "../src/dashboard/wire/row.ts";
import { Screen } from "../src/dashboard/wire/screen.ts";

export interface ScreenStdout {
  /** For Ink, with `FULL_SCREEN`. */
  readonly stdout: NodeJS.WriteStream;
  /** Draws the newest frame anew, whatever stands on the screen. */
  readonly redraw: () => void;
  /** Has the next frame drawn whole at once, however large it is: a person waits for it. */
  readonly hurry: () => void;
}

const CSI = "\x1b[";
const ALTERNATE = { enter: `${CSI}?1049h`, exit: `${CSI}?1049l` };
/** How soon the rest of a frame is tried that was too large for one second. */
const REST_MS = 250;
const HIDE_CURSOR = `${CSI}?25l`;
/** What Ink writes beside frames: it sets and resets a terminal's modes, and waits with nothing at all. */
// deno-lint-ignore no-control-regex -- escape sequences are what is meant.
const MODES = /^(?:\x1b\[[?>][\d;]*[a-z])*$/;

/**
 * A stream that takes whole frames from Ink and writes what has changed on the terminal's screen.
 *
 * @param named what the names in the frames stand for, see `Strips`
 * @param onFrame is told how many bytes each frame took that is another than the one before.
 */
export function screenStdout(
  stdout: NodeJS.WriteStream,
  named?: NamedCells,
  onFrame: (bytes: number) => void = () => {},
): ScreenStdout {
  const screen = new Screen(named);
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const encoder = new TextEncoder();
  let newest: string | null = null;
  let entered = size();
  const budget = new Budget();
  let hurried = false;
  let rest: ReturnType<typeof setTimeout> | undefined;
  const shown = (frame: string): string => {
    const isNew = frame !== newest;
    newest = frame;
    const written = screen.show(frame, size(), hurried ? Infinity : budget.room(performance.now()));
    hurried = false;
    const bytes = encoder.encode(written).length;
    budget.spend(performance.now(), bytes);
    if (isNew) onFrame(bytes);
    clearTimeout(rest);
    if (screen.isBehind) rest = setTimeout(() => stdout.write(shown(frame)), REST_MS);
    return written;
  };
  const toWrite = (chunk: string): string => {
    if (!MODES.test(chunk)) return shown(chunk);
    if (chunk === ALTERNATE.enter) {
      screen.forget();
      entered = size();
      return chunk + HIDE_CURSOR;
    }
    if (chunk === ALTERNATE.exit) {
      clearTimeout(rest);
      newest = null;
      // Where there is no alternate screen, what is written next goes below the frame. After a resize it is a frame among
      // pieces of older ones, and goes.
      const { columns, rows } = size();
      const isResized = columns !== entered.columns || rows !== entered.rows;
      return `${CSI}m${isResized ? `${CSI}H${CSI}J` : `${CSI}${rows}H`}${chunk}`;
    }
    return chunk;
  };
  const write = (chunk: string | Uint8Array, ...others: unknown[]): boolean => {
    const written = typeof chunk === "string" ? toWrite(chunk) : chunk;
    return (stdout.write as (...all: unknown[]) => boolean).call(stdout, written, ...others);
  };
  const proxy = new Proxy(stdout, {
    get(target, name) {
      if (name === "write") return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
  return {
    stdout: proxy,
    redraw: () => {
      if (newest === null) return;
      screen.forget();
      stdout.write(shown(newest));
    },
    hurry: () => {
      hurried = true;
    },
  };
}
