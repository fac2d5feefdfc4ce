/** Runs Python for tests that ask other programs: Keras, TensorFlow, onnxruntime, TensorBoard. */
import { join } from "node:path";
import type { z } from "zod";
import { needs } from "../support.ts";
import { existingVenv } from "./venv.ts";

/** The Python with the programs: the one that HEADLIGHT_EXPORT_PYTHON names, or that of the bench's environment. */
const PYTHON = Deno.env.get("HEADLIGHT_EXPORT_PYTHON") ?? existingVenv();

/** Returns a test that needs Python with Keras, TensorFlow, onnxruntime and TensorBoard. Without it, it is skipped. */
export function pythonTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): Deno.TestDefinition {
  const lack = PYTHON === null
    ? needs("Python with Keras, onnxruntime and TensorBoard, which `deno task fetch-test-python` makes")
    : "";
  return { name: `${name}${lack}`, fn, ignore: PYTHON === null };
}

/**
 * Runs a script and returns what it prints last, as JSON.
 *
 * @param script a file in this folder
 * @param request what the script gets as its only argument, as JSON
 * @throws Error with its standard error if it fails
 */
export async function askPython(script: string, request: unknown): Promise<unknown> {
  const printed = await run([join(import.meta.dirname ?? ".", script), JSON.stringify(request)]);
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
}

/** Runs a Python program and returns what it prints. @throws Error with its standard error if it fails */
export function runPython(code: string, args: readonly string[], cwd: string): Promise<string> {
  return run(["-c", code, ...args], cwd);
}

/** Runs a Python program and parses the JSON that it prints. */
export async function pythonJson<T>(
  schema: z.ZodType<T>,
  code: string,
  args: readonly string[],
  cwd: string,
): Promise<T> {
  return schema.parse(JSON.parse(await runPython(code, args, cwd)));
}

/** Returns those of these variables that are set here. */
function inherited(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

async function run(args: readonly string[], cwd?: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON ?? "python3", {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    // Headlight sets variables of TensorFlow in its own process, and so do some tests.
    clearEnv: true,
    env: {
      ...inherited("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"),
      TF_CPP_MIN_LOG_LEVEL: "3",
      CUDA_VISIBLE_DEVICES: "",
      KERAS_BACKEND: "tensorflow",
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
