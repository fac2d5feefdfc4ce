/** Python with TensorFlow, for tests that compare exported models with it. */
import { z } from "zod";
import { needs } from "../support.ts";

/** A Python interpreter with tensorflow and keras. */
const PYTHON = Deno.env.get("HEADLIGHT_EXPORT_PYTHON");

/** Registers a test that needs Python. Without it the test is ignored and counted as skipped. */
export function pythonTest(name: string, fn: () => Promise<void>): void {
  const need = needs("HEADLIGHT_EXPORT_PYTHON: a Python with tensorflow and keras");
  Deno.test({ name: PYTHON === undefined ? name + need : name, ignore: PYTHON === undefined, fn });
}

/** Runs a Python program and returns what it prints. @throws Error with the end of its messages if it fails */
export async function runPython(code: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON ?? "python3", {
    args: ["-c", code, ...args],
    cwd,
    env: { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1", PYTHONDONTWRITEBYTECODE: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Python failed: ${decoder.decode(stderr).slice(-2000)}`);
  return decoder.decode(stdout);
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

/** Returns the code blocks of a language in Markdown, e.g. those that begin with ```python. */
export function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code = ""]) => code);
}
