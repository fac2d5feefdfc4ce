/** Shows two views one after the other and sends itself signals at each moment. Prints who got them, and ends by one. */
import { holdBetweenViews, holdSignals, listenForSignals } from "../../../src/dashboard/session/signals.ts";
import type { StopSignal } from "../../../src/stop_signals.ts";

async function get(signal: StopSignal): Promise<void> {
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 200));
}

const signals = holdBetweenViews();
holdSignals();
holdSignals();
await get("SIGUSR2");
const first: string[] = [];
// A view uses the signal that came before it and the next one, and closes then.
const stop = listenForSignals((signal) => first.push(signal) <= 2);
await get("SIGTERM");
const whileShown = signals.first();
await get("SIGINT");
const whileClosing = signals.first();
stop();
await get("SIGALRM");
const second: string[] = [];
const stopSecond = listenForSignals((signal) => second.push(signal) > 0);
const after = signals.first();
stopSecond();
signals.release();
console.log(JSON.stringify({ first, whileShown, whileClosing, second, after }));
await get("SIGTERM");
console.log("the signal did not end this process");
