/** Finds out whether this machine has an NVIDIA GPU that TensorFlow's build for CUDA can use. */
import { fileURLToPath } from "node:url";
import { programArgs } from "../../program.ts";
import { linesAs, runInTime } from "../wheels/ask_child.ts";
import { lastLine } from "../wheels/child.ts";
import { type CudaBuild, TENSORFLOW_CUDA } from "./build.ts";
import { LIBCUDA, LIBNVML } from "./driver.ts";
import { type Detection, detectionOf } from "./detection.ts";
import { driverFactsSchema, openingStep, stepSchema } from "./facts.ts";
import { isInstalled, isOnSearchPath, placeOf } from "./find_library.ts";

/**
 * The time limit in milliseconds. Starting the driver takes a second for each GPU if no other process has it open and
 * persistence mode is off.
 */
const LIMIT_MS = 30_000;
/** How long after the limit the process ends by itself, if nobody has killed it, in seconds. */
const ALARM_AFTER_S = 5;

export interface DetectOptions {
  /** The build whose needs are checked. */
  readonly build?: CudaBuild;
  /** The libraries to open besides the driver's: paths, or names that the loader searches for. */
  readonly libraries?: readonly string[];
  readonly limitMs?: number;
  /** Environment variables in addition to those of this process, such as CUDA_VISIBLE_DEVICES. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly libcuda?: string;
  readonly libnvml?: string;
  /** The folder of device files. */
  readonly devices?: string;
  readonly os?: typeof Deno.build.os;
}

/**
 * Asks NVIDIA's driver in a separate process, so that a driver that crashes or hangs does no harm. Where there is no
 * driver, no process is started.
 *
 * @throws the signal's reason when aborted
 */
export async function detectGpus(options: DetectOptions = {}): Promise<Detection> {
  const { build = TENSORFLOW_CUDA, libraries = [], limitMs = LIMIT_MS, env = {}, os = Deno.build.os } = options;
  const { libcuda = LIBCUDA, libnvml = LIBNVML, devices = "/dev", signal } = options;
  signal?.throwIfAborted();
  if (os !== "linux") return { kind: "other system" };
  const searchPath = env["LD_LIBRARY_PATH"] ?? Deno.env.get("LD_LIBRARY_PATH") ?? "";
  if (!isInstalled(libcuda, searchPath)) return { kind: "no driver" };
  const script = fileURLToPath(new URL("try_driver.ts", import.meta.url));
  const args = programArgs(
    script,
    String(Math.ceil(limitMs / 1000) + ALARM_AFTER_S),
    devices,
    libcuda,
    libnvml,
    ...libraries,
  );
  const result = await runInTime(Deno.execPath(), args, { env: { ...env }, limitMs, signal });
  if (result === "late") return { kind: "hung", limitMs };
  if (result.signal !== null) {
    const step = linesAs(stepSchema, result.stdout).at(-1)?.step ?? null;
    // The loader maps a library's file, and reading beyond the end of a truncated one is a bus error.
    const truncated = result.signal !== "SIGBUS"
      ? undefined
      : [libcuda, libnvml].find((library) => step === openingStep(library));
    const path = truncated === undefined ? null : placeOf(truncated, searchPath);
    if (path !== null) {
      return { kind: "not a driver", path, why: "file truncated", onSearchPath: isOnSearchPath(path, searchPath) };
    }
    return { kind: "crashed", signal: result.signal, step };
  }
  const [facts] = linesAs(driverFactsSchema, result.stdout);
  if (facts === undefined) return { kind: "failed", why: lastLine(result.stderr) || `exit status ${result.code}` };
  return detectionOf(facts, build, { libcuda, libnvml, searchPath });
}
