/** Finds libraries without opening them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The folders that the loader searches last, of the distributions for which Deno is built (ld.so(8)). */
const DEFAULT_FOLDERS = ["/lib", "/usr/lib", "/lib64", "/usr/lib64"].concat(
  ["x86_64", "aarch64"].flatMap((arch) => [`/lib/${arch}-linux-gnu`, `/usr/lib/${arch}-linux-gnu`]),
);
/** The loader's list of the libraries in the folders of /etc/ld.so.conf. */
const LOADER_CACHE = "/etc/ld.so.cache";

/**
 * Returns whether the loader would find a library. Takes a millisecond. The loader's cache may list a library that was
 * removed, so opening it can still fail.
 *
 * @param library a file name, or a path, which is only looked for there
 * @param searchPath the value of LD_LIBRARY_PATH
 */
export function isInstalled(library: string, searchPath: string, loaderCache: string = LOADER_CACHE): boolean {
  if (library.includes("/")) return existsSync(library);
  const folders = [...searchPath.split(/[:;]/).filter((folder) => folder !== ""), ...DEFAULT_FOLDERS];
  return folders.some((folder) => existsSync(join(folder, library))) || isListed(library, loaderCache);
}

function isListed(library: string, loaderCache: string): boolean {
  try {
    // Strings in the cache end with NUL.
    return readFileSync(loaderCache, "latin1").includes(`${library}\0`);
  } catch {
    return false;
  }
}

/**
 * Returns the folders of libraries that NVIDIA's wheels have beside a package in Python:
 * site-packages/nvidia/cublas/lib for site-packages/tensorflow.
 */
export function wheelFolders(tensorflow: string): string[] {
  const nvidia = join(dirname(tensorflow), "nvidia");
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia).map((name) => join(nvidia, name, "lib")).filter((folder) => existsSync(folder));
}

/**
 * Returns where to open each library: in the first of the folders that has it, otherwise by its name, which the loader
 * searches for.
 */
export function libraryPaths(names: readonly string[], folders: readonly string[]): string[] {
  return names.map((name) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? name);
}

/**
 * Returns whether a message of the loader says that this library itself was not found. A library that is there but
 * needs another one that is not gives the same message with the other's name.
 */
export function isAboutMissing(library: string, why: string): boolean {
  return [library, basename(library)].some((name) => why.includes(`${name}: cannot open shared object file: No such`));
}
