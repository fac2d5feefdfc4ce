/** Opens HDF5 files with h5wasm, which uses the real file system and reads only the parts that are requested. */
import type { Dataset, File, Group } from "h5wasm/node";
import { HeadlightError } from "../errors.ts";

/** The first bytes of every HDF5 file. */
export const HDF5_SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
export type { Dataset, File, Group };

/**
 * An open HDF5 file. `group` and `dataset` do not check that the path exists; the first access to a missing one throws.
 */
export interface Hdf5 {
  readonly file: File;
  group(path: string): Group;
  dataset(path: string): Dataset;
}

/**
 * Opens a file for reading, or creates a new one for writing. The caller closes it.
 *
 * @param named the name of the file in errors, or empty if the caller adds it
 * @throws HeadlightError (exit status 2) if the file is damaged or truncated
 */
export async function openHdf5(path: string, mode: "r" | "w" = "r", named: string = path): Promise<Hdf5> {
  // A dynamic import, because compiling the library takes 0.3 s and most commands do not need it.
  const { default: h5wasm } = await import("h5wasm/node");
  const native = await h5wasm.ready;
  // Without this, the library writes its error stack to standard error and returns as if there were no error.
  native.activate_throwing_error_handler();
  const open = () => new h5wasm.File(path, mode);
  const file = opening(named, mode === "w" ? () => atFixedTime(open) : open);
  return {
    file,
    // Not Group.get: it looks up the type first and takes four times as long.
    group: (inner) => new h5wasm.Group(file.file_id, inner),
    dataset: (inner) => new h5wasm.Dataset(file.file_id, inner),
  };
}

/**
 * Runs `write` with the clock at 1970. HDF5 stores the time in every object, which h5wasm has no option to prevent, but
 * equal weights must give equal files: their hash identifies them.
 */
export function atFixedTime<T>(write: () => T): T {
  const { now } = Date;
  Date.now = () => 0;
  try {
    return write();
  } finally {
    Date.now = now;
  }
}

/** Opens a file with `open`, and explains why if that fails. */
function opening(named: string, open: () => File): File {
  try {
    return open();
  } catch (error) {
    const cut = /truncated file: eof = (\d+),.*stored_eof = (\d+)/.exec(String(error));
    const problem = cut
      ? `the file is truncated: it has ${cut[1]} of ${cut[2]} bytes. Download or copy it again.`
      : `the file is damaged (${errorText(error)}). Download or copy it again.`;
    throw new HeadlightError(named === "" ? problem : `${named}: ${problem}`, 2, { cause: error });
  }
}

/** Returns the library's own description of an error: the innermost line of its error stack. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return [...text.matchAll(/\(\): (.+)/g)].at(-1)?.[1] ?? text;
}
