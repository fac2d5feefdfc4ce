/** Whether a TensorFlow was built to compute on GPUs, found out without loading it. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { z } from "zod";
import { libraryNames } from "./wheel.ts";

/** What a TensorFlow was built for besides the processor; null where for nothing else. */
export const gpuBuildSchema = z.enum(["cuda", "rocm"]).nullable();
export type GpuBuild = z.infer<typeof gpuBuildSchema>;

/**
 * Functions of the GPU's driver. TensorFlow opens the driver while it runs and asks for its functions by name, so a
 * build that uses them has their names in one of its libraries. TensorFlow 2.21.0 for processors has neither.
 */
const DRIVER_FUNCTIONS = { cuda: "cuDeviceGetCount", rocm: "hipGetDeviceCount" } as const;

const PIECE_BYTES = 1 << 23;

/**
 * Reads the libraries in a folder, 0.8 GB, to the first name of a driver's function.
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
  // A name may lie across the border of two pieces.
  for (let end = "";;) {
    signal?.throwIfAborted();
    const read = await file.read(buffer);
    if (read === null) return null;
    // One character a byte: V8 finds text in such a string three times as fast as bytes in a buffer.
    const piece = end + buffer.toString("latin1", 0, read);
    if (piece.includes(cuda)) return "cuda";
    if (piece.includes(rocm)) return "rocm";
    end = piece.slice(-overlap);
  }
}
