/**
 * The Python environment with the programs that Headlight is compared with, and that read what it exports: Keras,
 * TensorFlow, onnxruntime and TensorBoard. It is made once, with pip, in the cache folder.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { errorLine, HeadlightError } from "../../src/errors.ts";
import { waitForLock } from "../../src/files/lock.ts";
import { cacheRoot } from "../../src/paths.ts";
import { type Say, saysNothing } from "../bench/progress.ts";

export const KERAS_VERSION = "3.15.1";
export const TENSORFLOW_VERSION = "2.21.0";
const ONNXRUNTIME_VERSION = "1.32.0";
const ONNX_VERSION = "1.23.2";
const TENSORBOARD_VERSION = "2.21.0";
const PACKAGES = [
  `keras==${KERAS_VERSION}`,
  `tensorflow-cpu==${TENSORFLOW_VERSION}`,
  `onnxruntime==${ONNXRUNTIME_VERSION}`,
  `onnx==${ONNX_VERSION}`,
  `tensorboard==${TENSORBOARD_VERSION}`,
  "pillow",
];

/** Returns the Python of a complete environment, or null if there is none. */
export function existingVenv(folder: string = venvFolder()): string | null {
  return isComplete(folder) ? venvPython(folder) : null;
}

/** Written last, with the packages. An environment without this file, or with other packages, is incomplete. */
const COMPLETE = "complete";
const COMPLETE_TEXT = PACKAGES.join("\n") + "\n";

function isComplete(folder: string): boolean {
  const path = join(folder, COMPLETE);
  return existsSync(path) && Deno.readTextFileSync(path) === COMPLETE_TEXT;
}

export function venvFolder(cache: string = cacheRoot()): string {
  const versions = `keras-${KERAS_VERSION}-tensorflow-${TENSORFLOW_VERSION}-onnxruntime-${ONNXRUNTIME_VERSION}`;
  return join(cache, "bench", `venv-${versions}`);
}

/** Returns the path of the environment's Python. */
export function venvPython(folder: string): string {
  return join(folder, "bin", "python");
}

/** Runs a command until it exits. */
export type RunToEnd = (command: string, args: readonly string[]) => Promise<{ readonly ok: boolean; text: string }>;

/**
 * Returns the environment's Python. Makes the environment if it is missing or does not work, for which pip downloads
 * about 300 MB. If another process is making it, waits for that one.
 *
 * @throws HeadlightError (1) with the last line of pip's output if it cannot be made.
 */
export async function ensureVenv(
  folder: string = venvFolder(),
  say: Say = saysNothing,
  run: RunToEnd = runToEnd,
): Promise<string> {
  const lock = await waitForLock(
    `${folder}.lock`,
    () => say("waiting for another process that is making the Python environment"),
  );
  try {
    if (await works(folder, run)) return venvPython(folder);
    say(`making the Python environment: ${PACKAGES.join(", ")} (only once, takes some minutes)`);
    if (existsSync(folder)) await Deno.remove(folder, { recursive: true });
    await must(run, "python3", ["-m", "venv", folder]);
    await must(run, venvPython(folder), ["-m", "pip", "install", "--quiet", ...PACKAGES]);
    Deno.writeTextFileSync(join(folder, COMPLETE), COMPLETE_TEXT);
    if (await works(folder, run)) return venvPython(folder);
    throw new HeadlightError(`${folder} was made, but its Keras does not load. Remove the folder and try again`, 1);
  } finally {
    lock.release();
  }
}

/** Returns whether the environment is complete and has the versions of Keras and TensorFlow that the report names. */
async function works(folder: string, run: RunToEnd): Promise<boolean> {
  if (!isComplete(folder)) return false;
  const question = "import keras, tensorflow; print(keras.__version__, tensorflow.__version__)";
  const { ok, text } = await run(venvPython(folder), ["-c", question]).catch(() => ({ ok: false, text: "" }));
  return ok && text.trim().endsWith(`${KERAS_VERSION} ${TENSORFLOW_VERSION}`);
}

async function must(run: RunToEnd, command: string, args: readonly string[]): Promise<void> {
  const what = `${command} ${args.slice(0, 3).join(" ")}`;
  const { ok, text } = await run(command, args).catch((error: unknown) => ({ ok: false, text: errorLine(error) }));
  if (ok) return;
  const last = text.trim().split("\n").at(-1) ?? "";
  throw new HeadlightError(`${what} failed: ${last}. The bench measures without Keras with --no-keras`, 1);
}

async function runToEnd(command: string, args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { TF_CPP_MIN_LOG_LEVEL: "3" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { ok: success, text: decoder.decode(success ? stdout : stderr) };
}
