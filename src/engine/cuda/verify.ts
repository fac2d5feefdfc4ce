/** Tests whether TensorFlow for CUDA computes on the GPU. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HeadlightError } from "../../errors.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";
import { sentence } from "../../sentence.ts";
import { stripControl } from "../../text.ts";
import { deviceSchema } from "../engine.ts";
import { type ChildResult, lastLine, runChild } from "../wheels/child.ts";
import type { CudaFiles } from "./files.ts";

/** What the test reports. */
const triedGpuSchema = z.object({ device: deviceSchema });
export type TriedGpu = z.infer<typeof triedGpuSchema>;

/** Tests the engine. Throws a HeadlightError (1) with the reason if TensorFlow does not compute on the GPU. */
export type VerifyGpu = (files: CudaFiles, signal?: AbortSignal) => Promise<void>;

/** TensorFlow says which library it could not open, and why it leaves a GPU out, only at these levels. */
const LOG = { TF_CPP_MIN_LOG_LEVEL: "0", TF_CPP_VMODULE: "dso_loader=1" };

/** Starts a separate process that loads TensorFlow and multiplies two matrices on the GPU. */
export const verifyGpu: VerifyGpu = async (files, signal) => {
  const script = fileURLToPath(new URL("try_gpu.ts", import.meta.url));
  const args = programArgs(script, JSON.stringify(files));
  const result = await runChild(Deno.execPath(), args, { signal, cwd: PROJECT_ROOT, env: LOG });
  if (result === null) throw new Error(`${Deno.execPath()} cannot be run`);
  const problem = problemOf(result);
  if (problem === null) return;
  throw new HeadlightError(
    `TensorFlow for CUDA does not compute on ${
      stripControl(files.device_name)
    }, although its driver and all libraries can be ` +
      `opened: ${sentence(stripControl(problem))} Run nvidia-smi to see whether the GPU works, or use ` +
      "--engine tensorflow.",
    1,
  );
};

/** Returns why a test has failed, or null if TensorFlow computed on the GPU. */
export function problemOf({ code, signal, stdout, stderr }: ChildResult): string | null {
  if (signal !== null) return `its test ended by ${signal}${after(stderr)}`;
  if (code !== 0) {
    return stderr.split("\n").find((line) => /error/i.test(line))?.trim() || lastLine(stderr) || `exit status ${code}`;
  }
  const { device } = triedGpuSchema.parse(JSON.parse(lastLine(stdout)));
  return device === "gpu" ? null : reasonIn(stderr) ?? "it registers no GPU";
}

function after(stderr: string): string {
  const reason = reasonIn(stderr);
  return reason === null ? "" : ` after ${reason}`;
}

/** The parts of TensorFlow's log that give a reason, the most precise ones first. */
const REASONS: readonly RegExp[] = [
  /(Could not load dynamic library [^;\n]*; dlerror: [^;\n]*)/,
  /(Cannot dlopen some GPU libraries)/,
  /(failed call to cuInit: .*)/,
  /(Ignoring visible gpu device .*)/,
  // What aborts the process: an exception that nobody catches, or a failed check.
  /^ *what\(\): +(.*)/m,
  /(Check failed: .*)/,
];

function reasonIn(stderr: string): string | null {
  for (const pattern of REASONS) {
    const reason = pattern.exec(stderr)?.[1];
    if (reason !== undefined) return reason.trim();
  }
  return null;
}
