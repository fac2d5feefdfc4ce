/**
 * Opens and writes HDF5 files with h5wasm, which uses the real file system and reads only the parts that are requested.
 */
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
 * Opens a file for reading. The caller closes it.
 *
 * @param named the name of the file in errors, or empty if the caller adds it
 * @throws HeadlightError (exit status 2) if the file is damaged or truncated, or cannot be read
 */
export async function openHdf5(path: string, named: string = path): Promise<Hdf5> {
  const { File, hdf5 } = await library();
  return hdf5(opening(named, () => new File(path, "r")));
}

/**
 * Creates a file, and closes it when `write` has returned. Its bytes depend on what is written only.
 *
 * @throws the system's error, with its code, if the disk is full or the file cannot be written
 */
export async function writeHdf5(path: string, write: (hdf5: Hdf5) => void): Promise<void> {
  const { File, hdf5 } = await library();
  try {
    atFixedTime(() => {
      const file = new File(path, "w");
      try {
        write(hdf5(file));
      } finally {
        // It writes what the library has kept back until now, so this may fail too.
        file.close();
      }
    });
  } catch (error) {
    throw systemErrorIn(error) ?? error;
  }
}

async function library() {
  // A dynamic import, because compiling the library takes 0.3 s and most commands do not need it.
  const { default: h5wasm } = await import("h5wasm/node");
  const native = await h5wasm.ready;
  // Without this, the library writes its error stack to standard error and returns as if there were no error.
  native.activate_throwing_error_handler();
  const hdf5 = (file: File): Hdf5 => ({
    file,
    // Not Group.get: it looks up the type first and takes four times as long.
    group: (inner) => new h5wasm.Group(file.file_id, inner),
    dataset: (inner) => new h5wasm.Dataset(file.file_id, inner),
  });
  return { File: h5wasm.File, hdf5 };
}

/**
 * Runs `write` with the clock at 1970. HDF5 stores the time in every object, which h5wasm has no option to prevent, but
 * equal weights must give equal files: their hash identifies them.
 */
function atFixedTime<T>(write: () => T): T {
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
    const unreadable = systemErrorIn(error);
    const problem = unreadable !== null
      ? `the file cannot be read: ${unreadable.message}`
      : cut
      ? `the file is truncated: it has ${cut[1]} of ${cut[2]} bytes. Download or copy it again.`
      : `the file is damaged (${errorText(error)}). Download or copy it again.`;
    throw new HeadlightError(named === "" ? problem : `${named}: ${problem}`, 2, { cause: error });
  }
}

/** The system's errors by their numbers in WASI, for which the library is compiled. */
const CODES: ReadonlyMap<number, string> = new Map([
  [2, "EACCES"],
  [19, "EDQUOT"],
  [22, "EFBIG"],
  [29, "EIO"],
  [41, "EMFILE"],
  [44, "ENOENT"],
  [51, "ENOSPC"],
  [63, "EPERM"],
  [69, "EROFS"],
]);

/** Returns the error of the operating system that an error of the library quotes; null if there is none. */
function systemErrorIn(error: unknown): Error | null {
  const [, number, text] = /errno = (\d+), error message = '([^']*)'/.exec(String(error)) ?? [];
  const code = CODES.get(Number(number));
  return code === undefined || text === undefined ? null : Object.assign(new Error(text, { cause: error }), { code });
}

/** Returns the library's own description of an error: the innermost line of its error stack. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return [...text.matchAll(/\(\): (.+)/g)].at(-1)?.[1] ?? text;
}
