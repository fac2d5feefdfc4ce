/**
 * Watches one run from outside, as a person would start it: `deno task train` in a pseudo-terminal of 200×50. Prints the
 * time to the first frame and the peak memory of the process tree (sum of PSS, sampled every 100 ms).
 *
 *     deno run -A tests/bench/run_in_terminal.ts --data demo --epochs 5
 */
import { readFileSync } from "node:fs";
import prettyBytes from "pretty-bytes";
import { descendants } from "../process.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";

const SAMPLE_EVERY_MS = 100;

/** Proportional set size in bytes: shared pages are counted once over all who share them. 0 for a process that ended. */
function pssBytes(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

const startedMs = performance.now();
const terminal = new PseudoTerminal(Deno.execPath(), ["task", "--quiet", "train", ...Deno.args], {
  columns: 200,
  rows: 50,
});
let firstFrameMs: number | null = null;
let peak = { bytes: 0, parts: [0] };
const timer = setInterval(() => {
  const parts = descendants(Deno.pid).map(pssBytes);
  const bytes = parts.reduce((sum, part) => sum + part, 0);
  if (bytes > peak.bytes) peak = { bytes, parts };
}, SAMPLE_EVERY_MS);
await terminal.until(
  () => terminal.isAlternate && terminal.screen().some((line) => line.trim() !== ""),
  "a frame",
  60_000,
);
firstFrameMs = performance.now() - startedMs;
const status = await terminal.exited;
clearInterval(timer);
await terminal.end();

console.log(terminal.normalScreen().trim());
console.log(`status ${status}; first frame after ${firstFrameMs.toFixed(0)} ms`);
console.log(`peak ${prettyBytes(peak.bytes)}: ${peak.parts.map((part) => prettyBytes(part)).join(", ")}`);
Deno.exit(0);
