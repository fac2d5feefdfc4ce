/** Measures the time from a key to the screen, in a pseudo-terminal, while the trainer uses all cores. */
import type { RunPlace } from "./headlight_run.ts";
import { type TerminalSize, trainInTerminal } from "./terminal_run.ts";
import { WatchedTerminal } from "./watched_terminal.ts";

/** A text that appears only in the help. */
const HELP = "nothing is lost";
const EXTRACTING = "Images per second";
const BETWEEN_MS = 120;

/**
 * Opens and closes the help this many times during extraction. Returns the milliseconds from each key to the help's
 * text.
 */
export async function keyLatencies(
  args: readonly string[],
  place: RunPlace,
  size: TerminalSize,
  presses: number,
): Promise<number[]> {
  const terminal = new WatchedTerminal(trainInTerminal(args, place, size), size);
  try {
    await terminal.until(EXTRACTING);
    return await helpLatencies(terminal, presses);
  } finally {
    await stopped(terminal);
  }
}

/** Opens and closes the help this many times. Returns the milliseconds from each key's byte to the help's text. */
export async function helpLatencies(terminal: WatchedTerminal, presses: number): Promise<number[]> {
  const taken: number[] = [];
  for (let press = 0; press < presses; press++) {
    await pause();
    const pressedMs = performance.now();
    terminal.press("?");
    taken.push(await terminal.until(HELP) - pressedMs);
    await pause();
    terminal.press("?");
    await terminal.until(HELP, false);
  }
  return taken;
}

/** Stops the run and waits until the program exits. Otherwise the training would outlive its terminal. */
export async function stopped(terminal: WatchedTerminal): Promise<void> {
  await pause();
  terminal.press("s");
  await terminal.exited;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
}
