/** Tests whether an addon works on this machine, and finds out on which device it computes. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HeadlightError } from "../../errors.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";
import { sentence } from "../../sentence.ts";
import { deviceSchema } from "../engine.ts";
import { lastLine, runChild } from "../wheels/child.ts";
import type { GpuBuild } from "./gpu_build.ts";
import { HIDDEN_GPUS } from "./hidden_gpus.ts";

/** What a loaded addon reports: TensorFlow's version and the device that it computes on. */
const triedSchema = z.object({ version: z.string(), device: deviceSchema });
export type Tried = z.infer<typeof triedSchema>;

/**
 * Loads an addon and returns what it reports. Throws a HeadlightError if it does not work.
 * @param gpu what its TensorFlow was built for. NVIDIA's GPUs are hidden from a build for CUDA, which aborts the
 * process if there is a driver but no libcudart.
 */
export type VerifyAddon = (addon: string, gpu: GpuBuild, signal?: AbortSignal) => Promise<Tried>;

/** Starts a separate process that loads the addon and multiplies two matrices. Takes about 2 s. */
export const verifyAddon: VerifyAddon = async (addon, gpu, signal) => {
  const script = fileURLToPath(new URL("try_addon.ts", import.meta.url));
  const result = await runChild(Deno.execPath(), programArgs(script, addon), {
    signal,
    cwd: PROJECT_ROOT,
    env: gpu === "rocm" ? {} : HIDDEN_GPUS,
  });
  if (result?.code === 0) return triedSchema.parse(JSON.parse(lastLine(result.stdout)));
  const why = result?.signal
    ? `it ended by ${result.signal}. A prebuilt TensorFlow needs a processor with AVX`
    : result?.stderr.split("\n").find((line) => /error/i.test(line))?.trim() ?? lastLine(result?.stderr ?? "");
  throw new HeadlightError(`TensorFlow was set up but does not run on this machine: ${sentence(why)}`, 1);
};
