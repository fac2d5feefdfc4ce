/** Measurements in separate processes. Each prints its result as the last JSON line of its output. */
import { join } from "node:path";
import type { z } from "zod";
import { HeadlightError } from "../../src/errors.ts";
import { GLIBC_TUNABLES } from "../../src/features/extractor_process.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { MemoryWatch } from "./process_tree.ts";

const HERE = import.meta.dirname ?? ".";

export interface Finished<Result> {
  readonly result: Result;
  /** The time from the process's start to its end. */
  readonly wallSeconds: number;
  /** The peak memory of the process and its descendants (PSS), or null if it was not sampled. */
  readonly peakBytes: number | null;
  /** Everything that it wrote to its standard output. */
  readonly output: string;
}

export interface ChildOptions {
  readonly env?: Record<string, string>;
  readonly watchMemory?: boolean;
  readonly v8Flags?: string;
}

/** Runs a file of this folder with a request as its only argument, in the environment of Headlight's extractor. */
export function runDeno<Schema extends z.ZodType>(
  file: string,
  request: unknown,
  schema: Schema,
  { env = {}, v8Flags, ...options }: ChildOptions = {},
): Promise<Finished<z.infer<Schema>>> {
  const config = join(PROJECT_ROOT, "deno.json");
  const v8 = v8Flags === undefined ? [] : [`--v8-flags=${v8Flags}`];
  const deno = ["run", "-A", "--quiet", "--no-lock", "--node-modules-dir=manual", "--config", config, ...v8];
  const args = [...deno, join(HERE, file)];
  const environment = { GLIBC_TUNABLES, TF_CPP_MIN_LOG_LEVEL: "2", ...env };
  return runChild(Deno.execPath(), [...args, JSON.stringify(request)], schema, { env: environment, ...options });
}

/** Runs a script of keras/ with a request as its only argument. */
export function runPython<Schema extends z.ZodType>(
  python: string,
  script: string,
  request: unknown,
  schema: Schema,
  { env = {}, ...options }: ChildOptions = {},
): Promise<Finished<z.infer<Schema>>> {
  const environment = { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", KERAS_BACKEND: "tensorflow", ...env };
  const args = [join(HERE, "keras", script), JSON.stringify(request)];
  return runChild(python, args, schema, { env: environment, ...options });
}

/** @throws HeadlightError (1) with the last line of its output if it fails or prints no result. */
async function runChild<Schema extends z.ZodType>(
  command: string,
  args: string[],
  schema: Schema,
  { env = {}, watchMemory = false }: ChildOptions,
): Promise<Finished<z.infer<Schema>>> {
  const startedMs = performance.now();
  const child = new Deno.Command(command, {
    args,
    cwd: PROJECT_ROOT,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const memory = watchMemory ? new MemoryWatch(child.pid) : null;
  const { success, stdout, stderr } = await child.output();
  memory?.stop();
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const output = new TextDecoder().decode(stdout);
  const result = success ? schema.safeParse(lastJson(output)) : null;
  if (result?.success) return { result: result.data, wallSeconds, peakBytes: memory?.peakBytes ?? null, output };
  const words = new TextDecoder().decode(stderr).trim().split("\n").slice(-4).join(" ");
  throw new HeadlightError(`${args.find((word) => /\.(ts|py)$/.test(word)) ?? command} failed: ${words}`, 1);
}

/** Returns the last line that is JSON, or undefined if there is none. Native code may print other lines. */
export function lastJson(output: string): unknown {
  for (const line of output.split("\n").reverse()) {
    if (!line.startsWith("{")) continue;
    try {
      return JSON.parse(line);
    } catch {
      // This line is not the result. Try the line before it.
    }
  }
  return undefined;
}

/** Called in the child: returns its request after validation. */
export function readRequest<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
  return schema.parse(JSON.parse(Deno.args[0] ?? "null"));
}

/** Called in the child: prints its result on a separate line. */
export function printResult(result: unknown): void {
  console.log(`\n${JSON.stringify(result)}`);
}
