/**
 * A program that reports what the machine's NVIDIA GPUs are doing, in a separate process. If the driver crashes or
 * hangs, that ends only this process.
 *
 *     deno run -A report_gpus.ts LIBRARY START_SECONDS ANSWER_SECONDS
 *
 * LIBRARY is libnvidia-ml. Each line on standard input is a request, and is answered by a line with `GpuReport`. The
 * process ends when standard input closes. A call of the library that does not return ends it after START_SECONDS, or
 * ANSWER_SECONDS after the first answer, also if the process that sends the requests was killed meanwhile.
 */
import "../../no_debugger.ts";
import { Libnvml } from "../../engine/cuda/libnvml.ts";
import { LIBC } from "../../libc.ts";
import type { GpuReport } from "./gpu_report.ts";

const LINE_BREAK = 10;

const [library, startSeconds, answerSeconds] = Deno.args;
if (library === undefined || startSeconds === undefined || answerSeconds === undefined) {
  throw new Error("the arguments must be libnvidia-ml and two times in seconds");
}

// SIGALRM ends the process also during a call into the library, when Deno notices neither timers nor the end of the
// standard input.
const { alarm } = Deno.dlopen(LIBC, { alarm: { parameters: ["u32"], result: "u32" } }).symbols;

function report(line: GpuReport): void {
  // The line break before it ends what a library may have printed without one.
  console.log(`\n${JSON.stringify(line)}`);
}

function open(path: string): Libnvml {
  try {
    return new Libnvml(path, () => {});
  } catch (error) {
    report({ kind: "closed", why: error instanceof Error ? error.message : String(error) });
    Deno.exit();
  }
}

/** Reports the GPUs. @throws never; ends the process if the library does not know them */
function answer(nvml: Libnvml): void {
  const gpus = nvml.all();
  if (gpus !== null) return report({ kind: "gpus", gpus });
  report({ kind: "failed", call: "nvmlDeviceGetCount", code: null, words: null });
  Deno.exit();
}

alarm(Number(startSeconds));
const nvml = open(library);
const code = nvml.start();
if (code !== 0) {
  report({ kind: "failed", call: "nvmlInit", code, words: nvml.wordsFor(code) });
  Deno.exit();
}
alarm(0);
// The library starts each GPU when it is first asked for it.
let seconds = startSeconds;
for await (const chunk of Deno.stdin.readable) {
  for (const byte of chunk) {
    if (byte !== LINE_BREAK) continue;
    alarm(Number(seconds));
    answer(nvml);
    alarm(0);
    seconds = answerSeconds;
  }
}
// The library may have something to do at the end.
alarm(Number(answerSeconds));
Deno.exit();
