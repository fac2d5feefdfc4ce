/**
 * A program that requests a WebGPU device, in a separate process. If the GPU's driver crashes or hangs, that ends only
 * this process.
 *
 *     deno run -A try_adapter.ts SECONDS
 *
 * SECONDS is the time after which the process ends by itself. Prints a line with `WebgpuFacts`.
 */
import "../../no_debugger.ts";
import { LIBC } from "../../libc.ts";
import { requestGpu } from "./request_gpu.ts";

const [seconds] = Deno.args;
if (seconds === undefined) throw new Error("the first argument must be the seconds");
// The process that started this one may end first, and would then leave it hanging. SIGALRM ends it also during a call
// into the driver, when no timer of Deno runs.
Deno.dlopen(LIBC, { alarm: { parameters: ["u32"], result: "u32" } }).symbols.alarm(Number(seconds));
const { facts } = await requestGpu();
// The line break ends what a driver may have printed without one.
console.log(`\n${JSON.stringify(facts)}`);
Deno.exit(0);
