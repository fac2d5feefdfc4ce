/** Makes sure that the engine that was asked for is on this machine. Imports no tfjs: what it gives can be loaded. */
import { errorLine, HeadlightError } from "../errors.ts";
import type { EngineRequest } from "../config.ts";
import type { EngineFiles } from "./engine.ts";
import { namedFolder, type NamedFolderOptions } from "./named_folder.ts";
import { packageVersion } from "./packages.ts";
import { type SetupOptions, setUpTensorflow } from "./tensorflow/setup.ts";

export interface ProvisionOptions extends Omit<SetupOptions, "folder">, NamedFolderOptions {}

export interface Provisioned {
  readonly files: EngineFiles;
  /** Substitutions, to stay on screen for as long as the run lasts. */
  readonly notices: readonly string[];
}

/**
 * The engine's files, set up first if need be (once per machine, about a minute). An engine or folder that was
 * named is used or it is an error; only `auto` without a named folder falls back to `wasm`, and says so in a notice.
 *
 * @throws {HeadlightError} status 2: arguments that cannot be used; 1: TensorFlow cannot be had on this machine
 */
export async function provisionEngine(request: EngineRequest, options: ProvisionOptions): Promise<Provisioned> {
  const folder = await namedFolder(request, options);
  if (request === "wasm") return { files: wasmFiles(), notices: [] };
  try {
    return await setUpTensorflow({ ...options, folder });
  } catch (error) {
    if (request !== "auto" || folder !== undefined || !(error instanceof HeadlightError)) throw error;
    return { files: wasmFiles(), notices: [wasmNotice(error)] };
  }
}

function wasmFiles(): EngineFiles {
  return { kind: "wasm", version: packageVersion("@tensorflow/tfjs-backend-wasm"), device: "cpu" };
}

function wasmNotice(reason: HeadlightError): string {
  return `Engine: WebAssembly in place of TensorFlow, about five times slower, because ${errorLine(reason)}`;
}
