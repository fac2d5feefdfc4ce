/** Whether a freshly compiled addon works on this machine. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadlightError } from "../../errors.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { lastLine, runChild } from "./child.ts";

/** Loads an addon somewhere and says TensorFlow's version; throws a HeadlightError where it does not work. */
export type VerifyAddon = (addon: string, signal?: AbortSignal) => Promise<string>;

/** Has a process of its own load the addon and multiply two matrices, about 2 s. */
export const verifyAddon: VerifyAddon = async (addon, signal) => {
  const script = fileURLToPath(new URL("try_addon.ts", import.meta.url));
  const args = ["run", "-A", "--quiet", "--config", join(PROJECT_ROOT, "deno.json"), script, addon];
  const result = await runChild(Deno.execPath(), args, { signal, cwd: PROJECT_ROOT });
  if (result?.code === 0) return lastLine(result.stdout);
  const why = result?.signal
    ? `it ended by ${result.signal} (a prebuilt TensorFlow needs a processor with AVX)`
    : result?.stderr.split("\n").find((line) => /error/i.test(line))?.trim() ?? lastLine(result?.stderr ?? "");
  throw new HeadlightError(`TensorFlow was set up but does not run on this machine: ${why}`, 1);
};
