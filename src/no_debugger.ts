/**
 * Keeps Deno's debugger closed. Every process of Headlight imports this file first.
 *
 * On SIGUSR1, a Deno process listens on port 9229 of the loopback interface, and every user of the machine can then run
 * code in it (denoland/deno#35738, since Deno 2.9.2). Batch systems send SIGUSR1 as a warning. Deno installs its
 * handler 500 ms after the process started and replaces any earlier handler, including an inherited SIG_IGN.
 *
 * Deno installs a handler only once per signal, however. Adding a listener makes Deno install it now, and a SIG_IGN
 * that is set afterwards stays. Between the two steps the signal only calls the listener. The listener is then removed,
 * since it would keep the process alive.
 */
import { constants } from "node:os";
import { LIBC } from "./libc.ts";

const SIG_IGN = 1n;
/**
 * Sets SIG_IGN again at this interval, in case Deno installs a handler in another way. On a busy machine, that for
 * SIGHUP has come after it was set.
 */
const AGAIN_EVERY_MS = 1000;

const libcSignal = openSignal();

/** Returns the C library's `signal`, or null if the library has another name (musl) or may not be called. */
function openSignal(): ((number: number, handler: bigint) => unknown) | null {
  try {
    return Deno.dlopen(LIBC, { signal: { parameters: ["i32", "usize"], result: "usize" } }).symbols.signal;
  } catch {
    return null;
  }
}

type Ignored = "SIGUSR1" | "SIGHUP";

const ignored = new Set<Ignored>();

/** Makes this process ignore a signal, whatever listens for it in Deno. Does nothing if `signal` cannot be called. */
export function ignoreForGood(signal: Ignored): void {
  ignored.add(signal);
  libcSignal?.(constants.signals[signal], SIG_IGN);
}

const listener = (): void => {};
Deno.addSignalListener("SIGUSR1", listener);
ignoreForGood("SIGUSR1");
Deno.removeSignalListener("SIGUSR1", listener);
// `unref` is called on the timer itself, because in Deno 2.9.6 Deno.unrefTimer has no effect when it is given a timer's
// number.
if (libcSignal) setInterval(() => ignored.forEach(ignoreForGood), AGAIN_EVERY_MS).unref();
