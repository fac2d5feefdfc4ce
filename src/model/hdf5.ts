/** HDF5 files through h5wasm, which works on the real file system and reads only what it is asked for. */
import type { Dataset, File, Group } from "h5wasm/node";
import { HeadlightError } from "../errors.ts";

/** The first bytes of every HDF5 file. */
const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const NO_HDF5 = "is no HDF5 file; give a Keras weights file (.h5)";

export type { Dataset, File, Group };

/** An open file. `group` and `dataset` do not look whether there is such a thing; the first access to it throws. */
export interface Hdf5 {
  readonly file: File;
  group(path: string): Group;
  dataset(path: string): Dataset;
}

/**
 * Opens a file to read, or makes a new one to write; the caller closes it.
 *
 * @throws HeadlightError (exit status 2) when there is none, when it is no HDF5, or when it is cut short.
 */
export async function openHdf5(path: string, mode: "r" | "w" = "r"): Promise<Hdf5> {
  if (mode === "r") await checkReadable(path);
  // Imported when it is needed: compiling the library takes 0.3 s.
  const { default: h5wasm } = await import("h5wasm/node");
  const native = await h5wasm.ready;
  // Without it the library writes its error stack to fd 2 and returns as if all were well.
  native.activate_throwing_error_handler();
  const file = opening(path, () => new h5wasm.File(path, mode));
  return {
    file,
    // Group.get asks for the type first and takes four times as long.
    group: (inner) => new h5wasm.Group(file.file_id, inner),
    dataset: (inner) => new h5wasm.Dataset(file.file_id, inner),
  };
}

async function checkReadable(path: string): Promise<void> {
  try {
    const { isFile } = await Deno.stat(path);
    if (!isFile) throw new HeadlightError(`${path}: ${NO_HDF5}`);
    using file = await Deno.open(path);
    const start = new Uint8Array(SIGNATURE.length);
    await file.read(start);
    if (!SIGNATURE.every((byte, index) => start[index] === byte)) throw new HeadlightError(`${path}: ${NO_HDF5}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new HeadlightError(`${path}: there is no such file`);
    if (error instanceof Deno.errors.PermissionDenied) throw new HeadlightError(`${path}: may not be read`);
    throw error;
  }
}

function opening(path: string, open: () => File): File {
  try {
    return open();
  } catch (error) {
    const cut = /truncated file: eof = (\d+),.*stored_eof = (\d+)/.exec(String(error));
    const problem = cut
      ? `is cut short: ${cut[1]} of ${cut[2]} bytes are there; get the file anew`
      : `is damaged, ${errorText(error)}; get the file anew`;
    throw new HeadlightError(`${path}: ${problem}`, 2, { cause: error });
  }
}

/** What the library says went wrong: the innermost line of its error stack. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return [...text.matchAll(/\(\): (.+)/g)].at(-1)?.[1] ?? text;
}
