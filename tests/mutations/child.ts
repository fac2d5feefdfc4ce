/**
 * Tries the mutations FROM to TO of a format: `child.ts FORMAT FROM TO [in-time]`. Prints the number of each mutation
 * before it is tried and the outcome after it as JSON lines, so that the parent can tell which one hung or crashed.
 */
import { HeadlightError } from "../../src/errors.ts";
import { FORMATS } from "./formats.ts";
import { mutated } from "./mutate.ts";
import { GO_ON_ANEW, type Tried } from "./tried.ts";

const [name, from, to, inTime] = Deno.args;
const format = FORMATS.find((known) => known.name === name);
if (!format) throw new Error(`no format ${name}`);
const folder = Deno.makeTempDirSync({ prefix: "headlight-mutations-" });

/**
 * Returns the peak memory since the last call in bytes, or the current memory where the system does not report a peak.
 */
function peak(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
    return Number(kilobytes) * 1024;
  } catch {
    return Deno.memoryUsage().rss;
  }
}

function say(line: Tried | { readonly trying: number }): void {
  const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

/**
 * Writes a new file in place of another. The HDF5 library keeps a file open after some errors, and takes what it knows
 * of that file for the next one with the same inode.
 */
function replaceFile(path: string, content: Uint8Array): void {
  Deno.removeSync(path);
  Deno.writeFileSync(path, content);
}

/** Returns an error's message followed by those of its causes. */
function causes(error: unknown): string {
  return error instanceof Error ? `${error.message} ${causes(error.cause)}` : "";
}

try {
  const samples = await format.lay(folder);
  const sound = samples.map(({ path }) => Deno.readFileSync(path));
  // Memory that is taken on first use does not count as growth.
  for (const { read } of samples) await read();
  for (let index = Number(from); index < Number(to); index++) {
    const place = index % samples.length;
    const sample = samples[place], content = sound[place];
    if (!sample || !content) throw new RangeError("no sample");
    replaceFile(sample.path, mutated(content, format.name, index));
    say({ trying: index });
    peak();
    const before = Deno.memoryUsage().rss;
    const startMs = performance.now();
    let outcome: Tried["outcome"] = "read";
    let error: string | null = null;
    let aborted = false;
    try {
      if (inTime === undefined) await sample.read();
      else if (sample.inTime) await sample.inTime();
      else throw new Error("it hangs, and has no time limit");
    } catch (thrown) {
      outcome = thrown instanceof HeadlightError ? "refused" : "crashed";
      aborted = /\bAborted\b|memory access|unreachable/.test(causes(thrown));
      if (outcome === "crashed") error = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
    }
    say({ index, outcome, error, ms: performance.now() - startMs, grownBytes: Math.max(0, peak() - before) });
    replaceFile(sample.path, content);
    // A WebAssembly module that has aborted cannot be used any more.
    if (aborted) end(GO_ON_ANEW);
  }
} catch (error) {
  console.error(error);
  end(1);
}
end(0);

function end(status: number): never {
  Deno.removeSync(folder, { recursive: true });
  Deno.exit(status);
}
