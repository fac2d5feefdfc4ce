/** Files to pixels of one size: what the decoding worker does. */
import type { Resize } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { systemReason } from "../../files/system_error.ts";
import { decodeImage } from "./decode.ts";
import { BrokenImageError } from "./decoders/image.ts";
import { type FileHash, hashOf } from "./hash.ts";
import { readImageFile } from "./read_file.ts";
import { resizeAntialiasedInto, resizeInto } from "./resize.ts";

export interface LoadRequest {
  /** Absolute. */
  readonly paths: readonly string[];
  /** Images become size × size. */
  readonly size: number;
  readonly resize: Resize;
}

export interface LoadedFiles {
  /** float32, files × size × size × 3, 0…255; zeros for a broken image. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Of each file; of nothing where it cannot be read. */
  readonly hashes: readonly FileHash[];
  /** Which of the files are broken, and why. */
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}

/** Loads the files in order; while one is resized the next is decoded. Memory: two decoded images and the result. */
export async function loadFiles({ paths, size, resize }: LoadRequest): Promise<LoadedFiles> {
  const length = size * size * 3;
  const pixels = new Float32Array(paths.length * length);
  const hashes: string[] = [];
  const broken: { index: number; reason: string }[] = [];
  let next = decodeFile(paths[0]);
  for (let index = 0; index < paths.length; index++) {
    const { hash, image } = await next;
    next = decodeFile(paths[index + 1]);
    hashes.push(hash);
    try {
      if (image instanceof Error) throw image;
      const into = pixels.subarray(index * length, (index + 1) * length);
      if (resize === "antialias") await resizeAntialiasedInto(into, image, size);
      else resizeInto(into, image, size);
    } catch (error) {
      // An image so thin that resizing leaves nothing of it is as good as broken.
      if (!(error instanceof BrokenImageError || error instanceof HeadlightError)) throw error;
      broken.push({ index, reason: error.message });
    }
  }
  return { pixels, hashes, broken };
}

async function decodeFile(path: string | undefined) {
  if (path === undefined) return { hash: "", image: new BrokenImageError("no file") };
  try {
    const bytes = await readImageFile(path);
    const hash = hashOf(bytes);
    return { hash, image: await decodeImage(bytes).catch((error: Error) => error) };
  } catch (error) {
    if (error instanceof BrokenImageError) return { hash: hashOf(new Uint8Array()), image: error };
    const reason = systemReason(error);
    return { hash: hashOf(new Uint8Array()), image: new BrokenImageError(`it cannot be read (${reason})`) };
  }
}
