/** Finds out whether a TensorFlow was built for GPUs, without loading it. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { z } from "zod";
import { libraryNames } from "./wheel.ts";

/** The GPU platform that a TensorFlow was built for; null for a build without GPU support. */
export const gpuBuildSchema = z.enum(["cuda", "rocm"]).nullable();
export type GpuBuild = z.infer<typeof gpuBuildSchema>;

/**
 * Functions of the GPU drivers. TensorFlow opens the driver at run time and looks its functions up by name, so one of
 * its libraries contains the names. TensorFlow 2.21.0 without GPU support contains neither.
 */
const DRIVER_FUNCTIONS = { cuda: "cuDeviceGetCount", rocm: "hipGetDeviceCount" } as const;

const PIECE_BYTES = 1 << 23;

/**
 * Searches the libraries in a folder (0.8 GB) for the first name of a driver function.
 *
 * @throws the signal's reason when aborted
 */
export async function gpuBuildOf(folder: string, platform: string, signal?: AbortSignal): Promise<GpuBuild> {
  for (const name of libraryNames(platform)) {
    const found = await gpuBuildOfLibrary(join(folder, name), signal);
    if (found !== null) return found;
  }
  return null;
}

async function gpuBuildOfLibrary(path: string, signal?: AbortSignal): Promise<GpuBuild> {
  const { cuda, rocm } = DRIVER_FUNCTIONS;
  const overlap = Math.max(cuda.length, rocm.length) - 1;
  const buffer = Buffer.alloc(PIECE_BYTES);
  using file = await Deno.open(path);
  // The end of the previous piece is kept, because a name may cross the border between two pieces.
  for (let end = "";;) {
    signal?.throwIfAborted();
    const read = await file.read(buffer);
    if (read === null) return null;
    // A string with one character per byte, because V8 searches strings three times as fast as buffers.
    const piece = end + buffer.toString("latin1", 0, read);
    if (piece.includes(cuda)) return "cuda";
    if (piece.includes(rocm)) return "rocm";
    end = piece.slice(-overlap);
  }
}
