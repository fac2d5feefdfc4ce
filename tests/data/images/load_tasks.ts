/** Requests for images as the reading workers get them. */
import { type LoadRequest, type LoadTask, newProgress } from "../../../src/data/images/load.ts";
import { MOST_PIXELS } from "../../../src/data/images/decoders/image.ts";

/** Returns a task of which nothing has been done. */
export function newTask(request: LoadRequest, pixelsBesideOthers: number = MOST_PIXELS): LoadTask {
  const { paths: { length }, size } = request;
  return {
    ...request,
    pixels: new SharedArrayBuffer(length * size * size * 3 * Float32Array.BYTES_PER_ELEMENT),
    progress: newProgress(length),
    pixelsBesideOthers,
  };
}
