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
  readonly env?: Env;
  readonly platform?: string;
}

const FLAG = "--tensorflow";
const VARIABLE = "HEADLIGHT_TENSORFLOW";

type Env = (name: string) => string | undefined;
const processEnv: Env = (name) => Deno.env.get(name);

/** How a person named a folder. */
export interface FolderNaming {
  /** For example `HEADLIGHT_TENSORFLOW=/folder`. */
  readonly written: string;
  /** What to do to name none, without a period at the end. */
  readonly undo: string;
}

/** Returns how the person named a folder, which `namedFolder` returned. */
export function namingOf(folder: string, env: Env = processEnv): FolderNaming {
  const value = env(VARIABLE);
  return value && pathOf(value) === folder
    ? { written: `${VARIABLE}=${folder}`, undo: `Unset ${VARIABLE}` }
    : { written: `${FLAG} ${folder}`, undo: `Remove ${FLAG}` };
}

function pathOf(named: string): string {
  return isAbsolute(named) ? named : fromCaller(named);
}

/** Returns the absolute path of the named folder without looking at it, or undefined if none was named. */
export function namedPath({ tensorflow, env = processEnv }: NamedFolderOptions): string | undefined {
  const named = tensorflow ?? (env(VARIABLE) || undefined);
  return named === undefined ? undefined : pathOf(named);
}

/**
 * Returns the absolute path of the named folder, or undefined if none was named.
 *
 * @throws HeadlightError (exit status 2) if the folder contains no usable TensorFlow
 */
export function namedFolder(options: NamedFolderOptions): string | undefined {
  const path = namedPath(options);
  if (path === undefined) return undefined;
  try {
    inspectFolder(path, options.platform ?? platformName());
    return path;
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const by = options.tensorflow === undefined ? VARIABLE : FLAG;
    throw new HeadlightError(`${by}: ${error.message}`, 2, { cause: error });
  }
}
