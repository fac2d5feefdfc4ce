/** From a key to the screen, in a pseudo-terminal, while the base works on all cores. */
import { HeadlightError } from "../../src/errors.ts";
import type { RunPlace } from "./headlight_run.ts";
import { type TerminalSize, trainInTerminal } from "./terminal_run.ts";

/** In the help, and nowhere else. */
const HELP = "nothing is lost";
const EXTRACTING = "Images per second";
const BETWEEN_MS = 120;
const PATIENCE_MS = 120_000;

/** Opens and closes the help so many times while pictures are extracted; milliseconds from each opening to its text. */
export async function keyLatencies(
  args: readonly string[],
  place: RunPlace,
  size: TerminalSize,
  presses: number,
): Promise<number[]> {
  const terminal = trainInTerminal(args, place, size);
  let seen = "";
  let wake = () => {};
  terminal.onData((data) => {
    seen += data;
    wake();
  });
  const exited = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  /** Milliseconds until the terminal has been written such a text. */
  const until = async (text: string): Promise<number> => {
    const sinceMs = performance.now();
    while (!seen.includes(text)) {
      if (performance.now() - sinceMs > PATIENCE_MS) throw new HeadlightError(`the screen never showed ${text}`, 1);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 500);
      });
    }
    return performance.now() - sinceMs;
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  try {
    await until(EXTRACTING);
    const taken: number[] = [];
    for (let press = 0; press < presses; press++) {
      await pause();
      seen = "";
      terminal.write("?");
      taken.push(await until(HELP));
      await pause();
      terminal.write("?");
    }
    return taken;
  } finally {
    await pause();
    terminal.write("s");
    await exited;
  }
}
