/** Finds out whether this machine has a GPU that can be used through WebGPU. */
import { fileURLToPath } from "node:url";
import { programArgs } from "../../program.ts";
import { linesAs, runInTime } from "../wheels/ask_child.ts";
import { isInstalled } from "../cuda/find_library.ts";
import { thisPlace } from "../cuda/place.ts";
import { lastLine } from "../wheels/child.ts";
import { allowsSoftware, detectionOf, SOFTWARE_VARIABLE, type WebgpuDetection, type WebgpuPlace } from "./adapter.ts";
import { webgpuFactsSchema } from "./facts.ts";

/** The Vulkan loader, which the system's loader searches for. */
const LIBVULKAN = "libvulkan.so.1";
/** The time limit in milliseconds. A GPU that sleeps takes a second to start. */
const LIMIT_MS = 30_000;
/** How long after the limit the process ends by itself, if nobody has killed it, in seconds. */
const ALARM_AFTER_S = 5;

export interface DetectWebgpuOptions {
  readonly limitMs?: number | undefined;
  /** Environment variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** The name or path of the Vulkan loader. */
  readonly libvulkan?: string;
  /** The program that asks the driver. */
  readonly program?: string;
}

/**
 * Asks the GPU's driver in a separate process, so that a driver that crashes or hangs does no harm. Where there is no
 * Vulkan loader on Linux, no process is started.
 *
 * @throws the signal's reason when aborted
 */
export async function detectWebgpu(options: DetectWebgpuOptions = {}): Promise<WebgpuDetection> {
  const { limitMs = LIMIT_MS, env = {}, signal, libvulkan = LIBVULKAN } = options;
  const { program = fileURLToPath(new URL("try_adapter.ts", import.meta.url)) } = options;
  const valueOf = (name: string) => env[name] ?? Deno.env.get(name);
  signal?.throwIfAborted();
  if (Deno.build.os === "linux" && !isInstalled(libvulkan, valueOf("LD_LIBRARY_PATH") ?? "")) {
    return { kind: "no loader" };
  }
  const args = programArgs(program, String(Math.ceil(limitMs / 1000) + ALARM_AFTER_S));
  const result = await runInTime(Deno.execPath(), args, { env: { ...env }, limitMs, signal });
  if (result === "late") return { kind: "hung", limitMs };
  if (result.signal !== null) return { kind: "crashed", signal: result.signal };
  const facts = linesAs(webgpuFactsSchema, result.stdout).at(-1);
  if (facts === undefined) return { kind: "failed", why: lastLine(result.stderr) || `exit status ${result.code}` };
  return detectionOf(facts, allowsSoftware(valueOf(SOFTWARE_VARIABLE)));
}

/** Returns the place where this process runs. */
export function webgpuPlace(): WebgpuPlace {
  return Deno.build.os === "darwin" ? "macos" : thisPlace();
}
