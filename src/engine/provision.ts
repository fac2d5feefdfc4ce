/** Makes sure that the engine that was asked for is on this machine. Imports no tfjs: what it gives can be loaded. */
import { isAbsolute } from "node:path";
import { errorLine, HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import type { EngineFiles, EngineRequest } from "./engine.ts";
import { packageVersion } from "./packages.ts";
import { type SetupOptions, setUpTensorflow } from "./tensorflow/setup.ts";

export interface ProvisionOptions extends Omit<SetupOptions, "folder"> {
  /** --tensorflow: a folder with TensorFlow's libraries and include/. Not given: HEADLIGHT_TENSORFLOW, if set. */
  readonly tensorflow?: string | undefined;
}

export interface Provisioned {
  readonly files: EngineFiles;
  /** Substitutions, to stay on screen for as long as the run lasts. */
  readonly notices: readonly string[];
}

/**
 * The engine's files, set up first if need be (design: once per machine, about a minute). An engine or folder that was
 * named is used or it is an error; only `auto` without a named folder falls back to `wasm`, and says so in a notice.
 *
 * @throws {HeadlightError} status 2: arguments that cannot be used; 1: TensorFlow cannot be had on this machine
 */
export async function provisionEngine(request: EngineRequest, options: ProvisionOptions): Promise<Provisioned> {
  if (request === "wasm") {
    if (options.tensorflow === undefined) return { files: wasmFiles(), notices: [] };
    throw new HeadlightError("--tensorflow has no use with --engine wasm; leave one of them out");
  }
  const folder = namedFolder(options);
  try {
    return await setUpTensorflow({ ...options, folder });
  } catch (error) {
    if (request !== "auto" || folder !== undefined || !(error instanceof HeadlightError)) throw error;
    return { files: wasmFiles(), notices: [wasmNotice(error)] };
  }
}

function wasmFiles(): EngineFiles {
  return { kind: "wasm", version: packageVersion("@tensorflow/tfjs-backend-wasm") };
}

function wasmNotice(reason: HeadlightError): string {
  return `Engine: WebAssembly in place of TensorFlow, about five times slower, because ${errorLine(reason)}`;
}

function namedFolder({ tensorflow, env = (name) => Deno.env.get(name) }: ProvisionOptions): string | undefined {
  const named = tensorflow ?? (env("HEADLIGHT_TENSORFLOW") || undefined);
  if (named === undefined) return undefined;
  return isAbsolute(named) ? named : fromCaller(named);
}
