/** Tests whether an addon works on this machine, and finds out on which device it computes. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HeadlightError } from "../../errors.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { sentence } from "../../sentence.ts";
import { deviceSchema } from "../engine.ts";
import { lastLine, runChild } from "./child.ts";

/** What a loaded addon reports: TensorFlow's version and the device that it computes on. */
const triedSchema = z.object({ version: z.string(), device: deviceSchema });
export type Tried = z.infer<typeof triedSchema>;

/** Loads an addon and returns what it reports. Throws a HeadlightError if it does not work. */
export type VerifyAddon = (addon: string, signal?: AbortSignal) => Promise<Tried>;

/** Starts a separate process that loads the addon and multiplies two matrices. Takes about 2 s. */
export const verifyAddon: VerifyAddon = async (addon, signal) => {
  const script = fileURLToPath(new URL("try_addon.ts", import.meta.url));
  const config = join(PROJECT_ROOT, "deno.json");
  // As for every child process, these flags make Deno use node_modules as it is and download nothing.
  const flags = ["--quiet", "--no-lock", "--node-modules-dir=manual", "--config", config];
  const args = ["run", "-A", ...flags, script, addon];
  const result = await runChild(Deno.execPath(), args, { signal, cwd: PROJECT_ROOT });
  if (result?.code === 0) return triedSchema.parse(JSON.parse(lastLine(result.stdout)));
  const why = result?.signal
    ? `it ended by ${result.signal}. A prebuilt TensorFlow needs a processor with AVX. A CUDA build needs all of CUDA's ` +
      "libraries, or CUDA_VISIBLE_DEVICES=-1 to compute on the processor"
    : result?.stderr.split("\n").find((line) => /error/i.test(line))?.trim() ?? lastLine(result?.stderr ?? "");
  throw new HeadlightError(`TensorFlow was set up but does not run on this machine: ${sentence(why)}`, 1);
};
