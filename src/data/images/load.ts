/** Loads image files as pixels of one size. This is the work of the decoding worker. */
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
  /** Images are resized and padded to size × size. */
  readonly size: number;
  readonly resize: Resize;
}

export interface LoadedFiles {
  /** Pixels, float32 files × size × size × 3, 0…255. Those of a broken image are zeros. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** The hash of each file; for a file that cannot be read, the hash of empty content. */
  readonly hashes: readonly FileHash[];
  /** The broken files, by index, with the reason. */
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}

/** Loads the files in order. Decodes the next one while one is resized, so at most two decoded images are in memory. */
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
      // An image so thin that no pixel of it remains counts as broken.
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
