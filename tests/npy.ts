/** Whole .npy files, which the program itself reads by range. */
import { type NpyArray, readNpyHeader, readNpyRange } from "../src/data/arrays/npy.ts";

/** Reads a whole file. Throws as `readNpyHeader`. */
export function readNpy(path: string): NpyArray {
  const file = readNpyHeader(path);
  return { dtype: file.dtype, shape: file.shape, data: readNpyRange(file, 0, file.count) };
}
