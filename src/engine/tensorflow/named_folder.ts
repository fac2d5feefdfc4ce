/** Finds the TensorFlow that the person named. */
import { isAbsolute } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { fromCaller } from "../../paths.ts";
import { platformName } from "../wheels/pinned.ts";
import { inspectFolder } from "./source.ts";

/** Where the person may name a folder. */
export interface NamedFolderOptions {
  /**
   * The value of --tensorflow, a folder with TensorFlow's libraries and include/. If undefined, HEADLIGHT_TENSORFLOW is
   * used if it is set.
   */
  readonly tensorflow?: string | undefined;
  readonly env?: (name: string) => string | undefined;
  readonly platform?: string;
}

/**
 * Returns the absolute path of the named folder, or undefined if none was named.
 *
 * @throws HeadlightError (exit status 2) if the folder contains no usable TensorFlow
 */
export function namedFolder(options: NamedFolderOptions): string | undefined {
  const { tensorflow, env = (name) => Deno.env.get(name) } = options;
  const named = tensorflow ?? (env("HEADLIGHT_TENSORFLOW") || undefined);
  if (named === undefined) return undefined;
  const path = isAbsolute(named) ? named : fromCaller(named);
  try {
    inspectFolder(path, options.platform ?? platformName());
    return path;
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const by = tensorflow === undefined ? "HEADLIGHT_TENSORFLOW" : "--tensorflow";
    throw new HeadlightError(`${by}: ${error.message}`, 2, { cause: error });
  }
}
