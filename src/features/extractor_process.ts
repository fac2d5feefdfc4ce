/** Starts an extractor process and reads its reports. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../paths.ts";
import { programArgs } from "../program.ts";
import { LineReader } from "../line_reader.ts";
import { decodeReport, type Job, type Report } from "./job.ts";

/**
 * The maximum length of a report in bytes. It lists the images of a batch, or all cached images of a job, at about 7
 * bytes each.
 */
const MAX_REPORT_BYTES = 16 * 1024 * 1024;

export interface ExtractorOptions {
  /** Kills the extractor at once. This is safe because it writes its rows atomically. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The destination of the native libraries' output: that of this process ("inherit", the default) or none ("null").
   */
  readonly log?: "inherit" | "null" | undefined;
  /** Called when the process exited unexpectedly and is restarted, with how many times in a row that has happened. */
  readonly onLost?: ((times: number) => void) | undefined;
  /**
   * Called when the disk of the cache has no room, with the number of images that have no features yet. The extractor
   * is restarted when it resolves. Without it, that is an error like any other.
   */
  readonly onNoRoom?: ((images: number) => Promise<void>) | undefined;
  /** Called when it waits for processes on other hosts that compute the remaining images, with the hosts' names. */
  readonly onWait?: ((hosts: readonly string[]) => void) | undefined;
  /** Called with the process's id. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

/**
 * Settings of glibc's allocator. By default glibc keeps freed tensors of a few MB in its heap, which fragments.
 * Measured with DenseNet121 at 160, batch 32, two alternating runs over 192 images: by default 1.30 GB resident and
 * 16.9 and 18.4 images per second; with large blocks allocated from the kernel individually, in huge pages, 0.72 and
 * 0.76 GB and 16.2 and 16.9 images per second. (A threshold of 2 MB saves another 40 MB and costs a fifth of the
 * speed.) Other C libraries ignore the variable.
 */
export const GLIBC_TUNABLES = [
  "glibc.malloc.hugetlb=1",
  "glibc.malloc.mmap_threshold=4000000",
  "glibc.malloc.trim_threshold=268435456",
].join(":");

/**
 * V8's settings. The first halves the 80 MB of its heap; the second lets `trimHeap` free arrays that nothing needs, on
 * which V8 puts little weight because they lie outside of its heap.
 */
export const V8_FLAGS = "--max-semi-space-size=8,--expose-gc";

/** Returns the command that starts an extractor: job on standard input, reports on standard output. */
export function extractorCommand(log: "inherit" | "null" = "inherit"): Deno.Command {
  const main = join(PROJECT_ROOT, "src", "features", "extractor_main.ts");
  return new Deno.Command(Deno.execPath(), {
    args: programArgs(main).toSpliced(1, 0, `--v8-flags=${V8_FLAGS}`),
    cwd: PROJECT_ROOT,
    env: { GLIBC_TUNABLES: Deno.env.get("GLIBC_TUNABLES") ?? GLIBC_TUNABLES },
    stdin: "piped",
    stdout: "piped",
    stderr: log,
  });
}

/**
 * Starts an extractor with a job and yields its reports until it ends for any reason. Only the reports show whether the
 * job is done. Leaving the loop or aborting kills the extractor.
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
  // Standard input stays open, because the extractor ends when it closes.
  const input = extractor.stdin.getWriter();
  try {
    // If the extractor exits before it reads its job, the end of its output shows that.
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
    // Deno throws a TypeError for a child that has already exited.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Yields the complete lines of a byte stream. An incomplete last line is dropped, and a line that is too long for a
 * report is replaced by a message.
 */
async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const whole: string[] = [];
  const reader = new LineReader({
    maxBytes: MAX_REPORT_BYTES,
    onLine: (line) => whole.push(line),
    onTooLong: () =>
      whole.push(`The extractor printed a line of more than ${MAX_REPORT_BYTES} bytes, which is not shown.`),
  });
  for await (const chunk of stream) {
    reader.push(chunk);
    yield* whole.splice(0);
  }
}
