/** The stream that Ink draws on. It receives whole frames and writes only the changed cells. */
import { Budget } from "../src/dashboard/wire/budget.ts";
import type { NamedCells } from "../src/dashboard/wire/row.ts";
import { Screen } from "../src/dashboard/wire/screen.ts";

export interface ScreenStdout {
  /** The stream for Ink, to be used with `FULL_SCREEN`. */
  readonly stdout: NodeJS.WriteStream;
  /** Redraws the newest frame completely. */
  readonly redraw: () => void;
  /** Makes the next frames ignore the byte limit, because a person is waiting for them. */
  readonly hurry: () => void;
}

const CSI = "\x1b[";
const ALTERNATE = { enter: `${CSI}?1049h`, exit: `${CSI}?1049l` };
/** The time until the rest of a frame is written that exceeded the byte limit. */
const REST_MS = 250;
/** How long frames ignore the byte limit. After a resize Ink draws the old layout once before the new one. */
const HURRY_MS = 300;
const HIDE_CURSOR = `${CSI}?25l`;
/** Matches what Ink writes besides frames: sequences that set and reset terminal modes, and empty texts. */
// deno-lint-ignore no-control-regex -- it has to match escape sequences.
const MODES = /^(?:\x1b\[[?>][\d;]*[a-z])*$/;

/**
 * Returns a stream that takes whole frames from Ink and writes the changes to the terminal.
 *
 * @param named looks up what the names in the frames stand for, see `Strips`
 * @param onFrame receives the number of bytes of each frame that differs from the previous one
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
  let hurriedUntilMs = -Infinity;
  let rest: ReturnType<typeof setTimeout> | undefined;
  const shown = (frame: string): string => {
    const isNew = frame !== newest;
    newest = frame;
    const written = screen.show(
      frame,
      size(),
      performance.now() < hurriedUntilMs ? Infinity : budget.room(performance.now()),
    );
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
      // Without an alternate screen, the next text goes below the last frame. After a resize the screen contains pieces
      // of older frames, so it is cleared instead.
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
      hurriedUntilMs = performance.now() + HURRY_MS;
    },
  };
}
