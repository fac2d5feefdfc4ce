/**
 * Keeps Deno's debugger closed. Every process of Headlight loads this file before anything else.
 *
 * On SIGUSR1 a Deno process listens on port 9229 of the loopback interface, and every user of the machine can then run
 * code in it (denoland/deno#35738, since Deno 2.9.2). Batch systems send SIGUSR1 as a warning. Deno installs its handler
 * 500 ms after the start, in place of whatever was there: an inherited or an earlier SIG_IGN does not last.
 *
 * But Deno installs a handler only once per signal. A listener makes it do so now, and SIG_IGN in its place then stays.
 * In between, the signal reaches the listener alone. The listener is removed, since it would keep the process alive.
 */
import { constants } from "node:os";
import { LIBC } from "./libc.ts";

const SIG_IGN = 1n;
/** In case a version of Deno installs its handler in another way. */
const AGAIN_EVERY_MS = 1000;

const libcSignal = openSignal();

/** `signal` of the C library; null where that has another name (musl) or may not be called. */
function openSignal(): ((number: number, handler: bigint) => unknown) | null {
  try {
    return Deno.dlopen(LIBC, { signal: { parameters: ["i32", "usize"], result: "usize" } }).symbols.signal;
  } catch {
    return null;
  }
}

/** Has this process ignore a signal, whatever listens for it in Deno. Does nothing where `signal` cannot be called. */
export function ignoreForGood(signal: "SIGUSR1" | "SIGHUP"): void {
  libcSignal?.(constants.signals[signal], SIG_IGN);
}

const listener = (): void => {};
Deno.addSignalListener("SIGUSR1", listener);
ignoreForGood("SIGUSR1");
Deno.removeSignalListener("SIGUSR1", listener);
// In Deno 2.9.6 Deno.unrefTimer does nothing when it is given the number of a timer.
if (libcSignal) setInterval(() => ignoreForGood("SIGUSR1"), AGAIN_EVERY_MS).unref();
