/** Measures how long a person waits for something to look at. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";
import { type RunPlace, trainWords } from "./headlight_run.ts";

const WITHIN_MS = 120_000;

/** Returns the milliseconds from the start of `deno task train` to a drawn screen of 200×50, and then stops the run. */
export async function headlightFirstFrameMs(args: readonly string[], place: RunPlace): Promise<number> {
  const startedMs = performance.now();
  const terminal = new PseudoTerminal(Deno.execPath(), trainWords(args, place), {
    columns: 200,
    rows: 50,
    env: { XDG_CACHE_HOME: place.cacheHome },
  });
  try {
    const drawn = () => terminal.isAlternate && terminal.screen().some((line) => line.trim() !== "");
    await terminal.until(drawn, "a frame", WITHIN_MS);
    const elapsedMs = performance.now() - startedMs;
    // If the run were not stopped, it would outlive its terminal.
    terminal.write("s");
    await terminal.exited;
    return elapsedMs;
  } finally {
    await terminal.end();
  }
}

/** Returns the milliseconds from the start of Python to `fit`'s first line, "Epoch 1/…", and then kills Python. */
export async function kerasFirstLineMs(python: string, request: unknown): Promise<number> {
  const startedMs = performance.now();
  const script = join(PROJECT_ROOT, "tests", "bench", "keras", "lesson.py");
  const child = new Deno.Command(python, {
    args: ["-u", script, JSON.stringify(request)],
    env: { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", KERAS_BACKEND: "tensorflow" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  let elapsedMs: number | null = null;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!text.includes("Epoch 1/")) continue;
    elapsedMs = performance.now() - startedMs;
    child.kill("SIGKILL");
    break;
  }
  await child.status;
  if (elapsedMs === null) throw new Error("Keras said nothing of an epoch");
  return elapsedMs;
}
