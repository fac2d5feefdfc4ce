/** The TensorFlow that a person named. Looked at before a run starts: loads neither tfjs nor the set-up. */
import { isAbsolute } from "node:path";
import type { EngineRequest } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { fromCaller } from "../../paths.ts";

export interface NamedFolderOptions {
  /** --tensorflow: a folder with TensorFlow's libraries and include/. Not given: HEADLIGHT_TENSORFLOW, if set. */
  readonly tensorflow?: string | undefined;
  readonly env?: (name: string) => string | undefined;
  readonly platform?: string;
}

/**
 * The folder that was named, absolute; undefined where none was, or where the engine has no use for HEADLIGHT_TENSORFLOW.
 *
 * @throws {HeadlightError} status 2: it holds no TensorFlow that can be used, or was named beside --engine wasm
 */
export async function namedFolder(request: EngineRequest, options: NamedFolderOptions): Promise<string | undefined> {
  const { tensorflow, env = (name) => Deno.env.get(name) } = options;
  if (request === "wasm") {
    if (tensorflow === undefined) return undefined;
    throw new HeadlightError("--tensorflow has no use with --engine wasm; leave one of them out");
  }
  const named = tensorflow ?? (env("HEADLIGHT_TENSORFLOW") || undefined);
  if (named === undefined) return undefined;
  const path = isAbsolute(named) ? named : fromCaller(named);
  // Most runs name none: they need not wait for these.
  const [{ inspectFolder }, { platformName }] = await Promise.all([
    import("./source.ts"),
    import("./wheel.ts"),
  ]);
  try {
    inspectFolder(path, options.platform ?? platformName());
    return path;
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const by = tensorflow === undefined ? "HEADLIGHT_TENSORFLOW" : "--tensorflow";
    throw new HeadlightError(`${by}: ${error.message}`, 2, { cause: error });
  }
}
