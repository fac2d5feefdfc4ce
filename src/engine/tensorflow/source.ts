/**
 * Finds a TensorFlow that is already on this machine: in a folder that the person named, or in the machine's Python.
 */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { runChild } from "../wheels/child.ts";
import { libraryNames } from "./wheel.ts";

/** The oldest version that the addon works with. */
export const OLDEST_TENSORFLOW = "2.15";

/** A folder with TensorFlow's two libraries and its headers. */
export interface TensorflowFolder {
  /** The absolute path with symbolic links resolved. */
  readonly path: string;
  /**
   * The version of the Python package that the folder belongs to; null if there is none. The version is then known
   * after loading.
   */
  readonly version: string | null;
}

/**
 * Inspects a folder without loading anything.
 *
 * @throws HeadlightError (exit status 2) if a library or include/ is missing, or if the version is older than 2.15
 */
export function inspectFolder(path: string, platform: string): TensorflowFolder {
  const hint = "Name the folder of the Python package tensorflow, or name none to download one.";
  if (!existsSync(path)) throw new HeadlightError(`no TensorFlow in ${path}: no such folder. ${hint}`);
  for (const name of [...libraryNames(platform), join("include", "tensorflow", "c", "c_api.h")]) {
    if (existsSync(join(path, name))) continue;
    throw new HeadlightError(`no TensorFlow in ${path}: ${name} is missing. ${hint}`);
  }
  const folder = { path: realpathSync(path), version: packagedVersion(realpathSync(path)) };
  if (folder.version !== null) requireRecent(folder.version, folder.path);
  return folder;
}

/**
 * Checks that a version is recent enough.
 *
 * @param where the folder, for the error
 * @throws HeadlightError (exit status 2) if the version is older than 2.15
 */
export function requireRecent(version: string, where: string): void {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_TENSORFLOW.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  const remedy = `Use version ${OLDEST_TENSORFLOW} or later.`;
  throw new HeadlightError(`TensorFlow ${version} in ${where} is too old. ${remedy}`);
}

/**
 * Returns the version from the name of the .dist-info folder beside a Python package, e.g.
 * tensorflow_cpu-2.21.0.dist-info.
 */
function packagedVersion(path: string): string | null {
  if (basename(path) !== "tensorflow") return null;
  for (const name of readdirSync(dirname(path))) {
    const match =
      /^(?:tensorflow(?:_(?:cpu|intel|macos|rocm|aarch64|cpu_aws))?|tf_nightly(?:_cpu)?)-(\d[^-]*)\.dist-info$/
        .exec(name);
    if (match?.[1]) return match[1];
  }
  return null;
}

/** Prints where `import tensorflow` would find the package, without importing it, which would take seconds. */
const FIND_SPEC = `
import sys
sys.path = [p for p in sys.path if p]
from importlib.util import find_spec
spec = find_spec("tensorflow")
print((list(spec.submodule_search_locations or [""]) if spec else [""])[0])
`;

/**
 * Returns the folder of the TensorFlow that the machine's Python would import, or null. A package that lacks a needed
 * part counts as none.
 */
export async function findInPython(
  python: string,
  platform: string,
  signal?: AbortSignal,
): Promise<TensorflowFolder | null> {
  const result = await runChild(python, ["-c", FIND_SPEC], { signal });
  const path = result?.code === 0 ? result.stdout.trim() : "";
  if (path === "") return null;
  try {
    return inspectFolder(path, platform);
  } catch (error) {
    if (error instanceof HeadlightError) return null;
    throw error;
  }
}
