/** Finds libraries without opening them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

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
  return placeOf(library, searchPath) !== null || isListed(library, loaderCache);
}

/** Returns the first path in the folders that the loader searches, or null. Those of /etc/ld.so.conf are left out. */
export function placeOf(library: string, searchPath: string): string | null {
  if (library.includes("/")) return existsSync(library) ? library : null;
  const folders = [...foldersOf(searchPath), ...DEFAULT_FOLDERS];
  return folders.map((folder) => join(folder, library)).find((path) => existsSync(path)) ?? null;
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

/** A file with a library's name that is not that library, or not a whole one. */
export interface UnfitFile {
  readonly path: string;
  /** The loader's reason, e.g. "file too short". */
  readonly why: string;
}

/** A message of the loader, or of Deno if a function is missing, about a file that was found. */
const ABOUT_FILE =
  /^(?<lacks>Failed to register symbol \w+: Could not obtain symbol from the library: )?(?<path>\/.*?): (?<why>.*)$/;

/**
 * Returns the file that a message says cannot be opened because of its content. Returns null if the message is about
 * another library that this one needs, or about permissions.
 */
export function unfitFile(library: string, message: string): UnfitFile | null {
  const { lacks, path, why } = ABOUT_FILE.exec(message)?.groups ?? {};
  if (path === undefined || why === undefined || basename(path) !== basename(library)) return null;
  return why.startsWith("cannot open shared object file") ? null : { path, why: lacks ? "it lacks functions" : why };
}

/** Returns whether the loader finds a file because LD_LIBRARY_PATH has its folder. */
export function isOnSearchPath(path: string, searchPath: string): boolean {
  return foldersOf(searchPath).some((folder) => resolve(folder) === resolve(dirname(path)));
}

function foldersOf(searchPath: string): string[] {
  return searchPath.split(/[:;]/).filter((folder) => folder !== "");
}
