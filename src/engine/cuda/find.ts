/** Finds a TensorFlow for CUDA and its libraries on this machine. Starts no processes and opens no libraries. */
import { dirname } from "node:path";
import { findTensorflow, type SetupOptions } from "../tensorflow/setup.ts";
import type { StoredEngine } from "../tensorflow/store.ts";
import type { Wheel } from "../wheels/pinned.ts";
import { findWheel } from "../wheels/provide.ts";
import { TENSORFLOW_CUDA } from "./build.ts";
import { isInstalled, libraryPaths, wheelFolders } from "./find_library.ts";
import { CUDA_WHEELS, type CudaWheels, downloadText, nvidiaParts } from "./wheels.ts";

/** Where to look. */
export interface FindOptions extends SetupOptions {
  /** The pinned wheels. Tests replace the large ones with small ones. */
  readonly cudaWheels?: CudaWheels;
}

/** A TensorFlow for CUDA that is ready to be loaded. */
export interface FoundBuild {
  readonly version: string;
  readonly addon: string;
  /** What to open first, in this order: paths, or names that the loader searches for. */
  readonly libraries: readonly string[];
  /** The folders in the cache with what was set up for it. */
  readonly folders: readonly string[];
}

/**
 * Returns the build of the machine's Python or of the folder that the person named, with NVIDIA's wheels beside it or
 * with libraries that the loader finds. Returns null if that TensorFlow is not set up yet, is not the version that
 * Headlight knows the needs of, or lacks a library.
 */
export function findInstalledBuild(options: FindOptions): FoundBuild | null {
  const stored = findTensorflow(options);
  if (stored === null || stored.stamp.source.kind === "wheel") return null;
  const { stamp: { gpu, tensorflow, source } } = stored;
  if (gpu !== "cuda" || !hasSameNeeds(tensorflow)) return null;
  const libraries = libraryPaths(TENSORFLOW_CUDA.libraries, wheelFolders(source.path));
  const searchPath = (options.env ?? ((name) => Deno.env.get(name)))("LD_LIBRARY_PATH") ?? "";
  return libraries.every((library) => isInstalled(library, searchPath)) ? found(stored, libraries, []) : null;
}

/** Releases that differ in the last number only are built alike. */
function hasSameNeeds(version: string): boolean {
  const [major, minor] = TENSORFLOW_CUDA.version.split(".");
  return version.startsWith(`${major}.${minor}.`);
}

/** Returns what was downloaded for CUDA, or null if anything of it is missing. */
export function findDownloadedBuild(options: FindOptions): FoundBuild | null {
  const stored = findTensorflow(downloadOptions(options));
  const folders = nvidiaParts(options.cudaWheels ?? CUDA_WHEELS).map((parts) => findWheel(parts, options.cacheRoot));
  const whole = folders.filter((folder) => folder !== null);
  if (stored === null || whole.length < folders.length) return null;
  return found(stored, libraryPaths(TENSORFLOW_CUDA.libraries, whole), whole);
}

/** Returns the build to use, or null if there is none. With a folder that the person named, there is no other one. */
export function findBuild(options: FindOptions): FoundBuild | null {
  return findInstalledBuild(options) ?? (options.folder === undefined ? findDownloadedBuild(options) : null);
}

/**
 * Returns the wheels that are not set up, in the order in which they are downloaded. With a folder that the person
 * named, none is downloaded.
 */
export function missingWheels(options: FindOptions): Wheel[] {
  if (options.folder !== undefined) return [];
  const { cudaWheels = CUDA_WHEELS, cacheRoot } = options;
  const tensorflow = findTensorflow(downloadOptions(options)) === null ? [cudaWheels.tensorflow] : [];
  const nvidia = nvidiaParts(cudaWheels).filter((parts) => findWheel(parts, cacheRoot) === null);
  return [...tensorflow, ...nvidia.map(({ wheel }) => wheel)];
}

/** Returns the options for setting up TensorFlow's build for CUDA from its wheel. */
export function downloadOptions(options: FindOptions): SetupOptions {
  const { cudaWheels = CUDA_WHEELS, ...rest } = options;
  const { tensorflow } = cudaWheels;
  return { ...rest, folder: undefined, wheel: tensorflow, largeWheel: { what: downloadText(cudaWheels, tensorflow) } };
}

function found({ addon, stamp }: StoredEngine, libraries: readonly string[], folders: readonly string[]): FoundBuild {
  return { version: stamp.tensorflow, addon, libraries, folders: [dirname(addon), ...folders] };
}
