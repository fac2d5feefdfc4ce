/** Runs Python for tests that ask other programs: Keras, TensorFlow, onnxruntime, TensorBoard. */
import { join } from "node:path";
import { needs } from "../support.ts";
import { existingVenv } from "./venv.ts";

/** The Python with the programs: the one that HEADLIGHT_EXPORT_PYTHON names, or that of the bench's environment. */
const PYTHON = Deno.env.get("HEADLIGHT_EXPORT_PYTHON") ?? existingVenv();

/** Registers a test that needs Python with Keras, TensorFlow, onnxruntime and TensorBoard. Without it, it is skipped. */
export function pythonTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  const lack = PYTHON === null
    ? needs("Python with Keras, onnxruntime and TensorBoard, which `deno task fetch-test-python` makes")
    : "";
  Deno.test({ name: `${name}${lack}`, fn, ignore: PYTHON === null });
}

/**
 * Runs a script and returns what it prints last, as JSON.
 *
 * @param script a file in this folder
 * @param request what the script gets as its only argument, as JSON
 * @throws Error with its standard error if it fails
 */
export async function askPython(script: string, request: unknown): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON ?? "python3", {
    args: [join(import.meta.dirname ?? ".", script), JSON.stringify(request)],
    env: { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", KERAS_BACKEND: "tensorflow" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "");
}
