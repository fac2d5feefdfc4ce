/**
 * A program that opens NVIDIA's driver and other libraries and asks what they report, in a separate process. If one
 * crashes or hangs, that ends only this process.
 *
 *     deno run -A try_driver.ts SECONDS DEVICES LIBCUDA LIBNVML [LIBRARY…]
 *
 * SECONDS is the time after which the process ends by itself, and DEVICES the folder of device files. Prints a line for
 * each step, and at the end one with `DriverFacts`.
 */
import "../../no_debugger.ts";
import { closeSync, constants, existsSync, openSync } from "node:fs";
import { basename, join } from "node:path";
import { systemCode } from "../../files/system_error.ts";
import { LIBC } from "../../libc.ts";
import { type DriverFacts, openingStep } from "./facts.ts";
import { Libcuda } from "./libcuda.ts";
import { Libnvml } from "./libnvml.ts";

const [seconds, devices, libcuda, libnvml, ...libraries] = Deno.args;
if (seconds === undefined || devices === undefined || libcuda === undefined || libnvml === undefined) {
  throw new Error("the first four arguments must be the seconds, the folder of devices, libcuda and libnvidia-ml");
}

// The process that started this one may end first, and would then leave it hanging. SIGALRM ends it also during a call
// into a library, when no timer of Deno runs.
Deno.dlopen(LIBC, { alarm: { parameters: ["u32"], result: "u32" } }).symbols.alarm(Number(seconds));

function step(name: string): void {
  console.log(JSON.stringify({ step: name }));
}

/** Calls `open`, and returns the loader's reason if it fails. */
function opened<T>(path: string, open: () => T): { readonly library: T } | { readonly why: string } {
  step(openingStep(path));
  try {
    return { library: open() };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { why: text.replace(/^(?:Could not open library: )+/, "") };
  }
}

/** Returns the driver's device file: that of the kernel module, or on WSL2 that of Windows's driver. */
function deviceFile(folder: string): DriverFacts["deviceFile"] {
  const windows = join(folder, "dxg");
  const path = existsSync(windows) ? windows : join(folder, "nvidiactl");
  step(`opening ${path}`);
  try {
    closeSync(openSync(path, constants.O_RDWR));
    return { path, state: "there" };
  } catch (error) {
    const code = systemCode(error);
    return { path, state: code === "ENOENT" ? "missing" : "denied" };
  }
}

const nvml = opened(libnvml, () => new Libnvml(libnvml, step));
const nvmlFacts: DriverFacts["nvml"] = "why" in nvml ? { opened: false, why: nvml.why } : nvml.library.describe();
const cuda = opened(libcuda, () => new Libcuda(libcuda, step));
const cudaFacts: DriverFacts["cuda"] = "why" in cuda
  ? { opened: false, why: cuda.why }
  : cuda.library.describe((busId) =>
    "library" in nvml && nvmlFacts.opened && nvmlFacts.code === 0 ? nvml.library.figuresOf(busId) : null
  );
const facts: DriverFacts = {
  cuda: cudaFacts,
  nvml: nvmlFacts,
  libraries: libraries.map((path) => {
    const found = opened(path, () => Deno.dlopen(path, {}));
    return { name: basename(path), why: "why" in found ? found.why : null };
  }),
  visibleDevices: Deno.env.get("CUDA_VISIBLE_DEVICES") ?? null,
  deviceFile: deviceFile(devices),
};
// The line break ends what a library may have printed without one.
console.log(`\n${JSON.stringify(facts)}`);
