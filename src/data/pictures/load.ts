/** Files to pixels of one size: what the decoding worker does. */
import type { Resize } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import { systemReason } from "../../files/system_error.ts";
import { decodePicture } from "./decode.ts";
import { BrokenPictureError } from "./decoders/picture.ts";
import { type FileHash, hashOf } from "./hash.ts";
import { readPictureFile } from "./read_file.ts";
import { resizeAntialiasedInto, resizeInto } from "./resize.ts";

export interface LoadRequest {
  /** Absolute. */
  readonly paths: readonly string[];
  /** Pictures become size × size. */
  readonly size: number;
  readonly resize: Resize;
}

export interface LoadedFiles {
  /** float32, files × size × size × 3, 0…255; zeros for a broken picture. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Of each file; of nothing where it cannot be read. */
  readonly hashes: readonly FileHash[];
  /** Which of the files are broken, and why. */
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}

/** Loads the files in order; while one is resized the next is decoded. Memory: two decoded pictures and the result. */
export async function loadFiles({ paths, size, resize }: LoadRequest): Promise<LoadedFiles> {
  const length = size * size * 3;
  const pixels = new Float32Array(paths.length * length);
  const hashes: string[] = [];
  const broken: { index: number; reason: string }[] = [];
  let next = decodeFile(paths[0]);
  for (let index = 0; index < paths.length; index++) {
    const { hash, picture } = await next;
    next = decodeFile(paths[index + 1]);
    hashes.push(hash);
    try {
      if (picture instanceof Error) throw picture;
      const into = pixels.subarray(index * length, (index + 1) * length);
      if (resize === "antialias") await resizeAntialiasedInto(into, picture, size);
      else resizeInto(into, picture, size);
    } catch (error) {
      // A picture so thin that resizing leaves nothing of it is as good as broken.
      if (!(error instanceof BrokenPictureError || error instanceof HeadlightError)) throw error;
      broken.push({ index, reason: error.message });
    }
  }
  return { pixels, hashes, broken };
}

async function decodeFile(path: string | undefined) {
  if (path === undefined) return { hash: "", picture: new BrokenPictureError("no file") };
  try {
    const bytes = await readPictureFile(path);
    const hash = hashOf(bytes);
    return { hash, picture: await decodePicture(bytes).catch((error: Error) => error) };
  } catch (error) {
    if (error instanceof BrokenPictureError) return { hash: hashOf(new Uint8Array()), picture: error };
    const reason = systemReason(error);
    return { hash: hashOf(new Uint8Array()), picture: new BrokenPictureError(`it cannot be read (${reason})`) };
  }
}
