/** Tests whether OpenVINO's libraries work on this machine. */
import { fileURLToPath } from "node:url";
import { HeadlightError } from "../../errors.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";
import { sentence } from "../../sentence.ts";
import { lastLine, runChild } from "../wheels/child.ts";

/**
 * Starts a separate process that reads a graph, compiles it and computes with it. Takes about half a second.
 *
 * @throws HeadlightError (1) with the reason if it does not work
 */
export async function verifyLibraries(folder: string, signal?: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL("try_libraries.ts", import.meta.url));
  const result = await runChild(Deno.execPath(), programArgs(script, folder), { signal, cwd: PROJECT_ROOT });
  if (result?.code === 0) return;
  const why = result?.signal
    ? `its test ended by ${result.signal}`
    : result?.stderr.split("\n").find((line) => /error/i.test(line))?.trim() ?? lastLine(result?.stderr ?? "");
  throw new HeadlightError(
    `OpenVINO was set up but does not run on this machine: ${sentence(why)} Use --engine tensorflow.`,
    1,
  );
}
