/** Starts an extractor process and reads what it reports. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../paths.ts";
import { LineReader } from "../line_reader.ts";
import { decodeReport, type Job, type Report } from "./job.ts";

/** A report names the images of a batch, or all that the cache has of a job, about 7 bytes each. */
const MAX_REPORT_BYTES = 16 * 1024 * 1024;

export interface ExtractorOptions {
  /** Kills the extractor at once; its segments of rows are whole or not there. */
  readonly signal?: AbortSignal | undefined;
  /** Where what native libraries print goes: with this process's own, or nowhere. Default: inherit. */
  readonly log?: "inherit" | "null" | undefined;
  /** Is told that the process was lost and is restarted, and how many times in a row that has happened. */
  readonly onLost?: ((times: number) => void) | undefined;
  /** Is told the process's id. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

/**
 * glibc keeps freed tensors of some MB in its heap, and the holes between them add up. DenseNet121 at 160, batch 32, two
 * alternating runs over 192 images: 1.30 GB resident and 16.9 and 18.4 images a second by default; with large blocks
 * taken from the kernel one by one, in huge pages, 0.72 and 0.76 GB, 16.2 and 16.9 a second. (A threshold of 2 MB saves
 * 40 MB more and costs a fifth of the speed.) Other C libraries don't know the variable.
 */
export const GLIBC_TUNABLES = [
  "glibc.malloc.hugetlb=1",
  "glibc.malloc.mmap_threshold=4000000",
  "glibc.malloc.trim_threshold=268435456",
].join(":");

/** The extractor as a command: job on standard input, reports on standard output, its log where this process's is. */
export function extractorCommand(log: "inherit" | "null" = "inherit"): Deno.Command {
  const config = join(PROJECT_ROOT, "deno.json");
  const main = join(PROJECT_ROOT, "src", "features", "extractor_main.ts");
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", "--node-modules-dir=manual", "--config", config, main],
    cwd: PROJECT_ROOT,
    env: { GLIBC_TUNABLES: Deno.env.get("GLIBC_TUNABLES") ?? GLIBC_TUNABLES },
    stdin: "piped",
    stdout: "piped",
    stderr: log,
  });
}

/**
 * Starts an extractor on a job and yields its reports until it ends, for whatever reason: whether the job is done can
 * only be told from the reports. Leaving the loop or aborting kills it.
 */
export async function* runExtractor(
  job: Job,
  { signal, onStart, log }: ExtractorOptions,
): AsyncGenerator<Report, void> {
  if (signal?.aborted) return;
  const extractor = extractorCommand(log).spawn();
  const kill = () => killIfAlive(extractor);
  signal?.addEventListener("abort", kill);
  onStart?.(extractor.pid);
  // Kept open: its closing tells the extractor that nobody waits for it any more.
  const input = extractor.stdin.getWriter();
  try {
    // An extractor that died before it read its job is noticed by the end of its output.
    input.write(new TextEncoder().encode(JSON.stringify(job) + "\n")).catch(() => {});
    for await (const line of lines(extractor.stdout)) {
      const report = decodeReport(line);
      if (report) yield report;
      else if (line.trim() !== "" && log !== "null") console.error(line);
    }
  } finally {
    signal?.removeEventListener("abort", kill);
    kill();
    await extractor.status;
    await input.close().catch(() => {});
  }
}

function killIfAlive(extractor: Deno.ChildProcess): void {
  try {
    extractor.kill("SIGKILL");
  } catch (error) {
    // Deno says TypeError for a child that has ended and been waited for.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whole lines of a byte stream; a last one that was cut off is left out, and so is one that is no report by its length. */
async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const whole: string[] = [];
  const reader = new LineReader({
    maxBytes: MAX_REPORT_BYTES,
    onLine: (line) => whole.push(line),
    onTooLong: () => whole.push(`a line of more than ${MAX_REPORT_BYTES} bytes from the extractor was left out`),
  });
  for await (const chunk of stream) {
    reader.push(chunk);
    yield* whole.splice(0);
  }
}
