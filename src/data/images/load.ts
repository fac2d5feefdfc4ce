/** Loads image files as pixels of one size. This is the work of the reading workers, which share each request. */
import { Semaphore } from "async-mutex";
import type { Resize } from "../../config.ts";
import { at } from "../../at.ts";
import { HeadlightError } from "../../errors.ts";
import { systemReason } from "../../files/system_error.ts";
import { decodeImage } from "./decode.ts";
import { BrokenImageError, MOST_PIXELS, TooManyPixelsError } from "./decoders/image.ts";
import { type FileHash, hashOf } from "./hash.ts";
import { readImageFile } from "./read_file.ts";
import { IMAGES_PER_WORKER, ROOM_OF_LARGE_IMAGE } from "./reading_plan.ts";
import { resizeAntialiasedInto, resizeInto } from "./resize.ts";

export interface LoadRequest {
  /** Absolute. */
  readonly paths: readonly string[];
  /** Images are resized and padded to size × size. */
  readonly size: number;
  readonly resize: Resize;
}

/** A request as all workers get it. Each takes one file after the other, until none is left. */
export interface LoadTask extends LoadRequest {
  /** The pixels of all files, which the workers write: float32 files × size × size × 3. May be longer. */
  readonly pixels: SharedArrayBuffer;
  /** Int32: the number of files taken, the number done, and for each file whether it was left for the end. */
  readonly progress: SharedArrayBuffer;
  /** See `ReadingPlan`. */
  readonly pixelsBesideOthers: number;
}

const [TAKEN, DONE, LEFT] = [0, 1, 2] as const;

/** Returns the buffer for the progress of this many files. */
export function newProgress(files: number): SharedArrayBuffer {
  return new SharedArrayBuffer((LEFT + files) * Int32Array.BYTES_PER_ELEMENT);
}

/** Returns the number of files that no worker has taken. */
export function filesWaiting({ paths, progress }: Pick<LoadTask, "paths" | "progress">): number {
  return Math.max(0, paths.length - Atomics.load(new Int32Array(progress), TAKEN));
}

/** Returns the number of files that are loaded or left for the end. */
export function filesDone({ progress }: Pick<LoadTask, "progress">): number {
  return Atomics.load(new Int32Array(progress), DONE);
}

export interface LoadedFile {
  /** The file's place in the request. */
  readonly index: number;
  /** The hash of its content; for a file that cannot be read, the hash of empty content. */
  readonly hash: FileHash;
  /** Why it is broken, or null. The pixels of a broken image are zeros. */
  readonly broken: string | null;
}

/** What one worker has done of a request. */
export interface LoadedShare {
  readonly files: readonly LoadedFile[];
  /** The pixels of all files, from the worker that finished the last one; null from others. */
  readonly pixels: Float32Array<ArrayBuffer> | null;
}

/** How an image is decoded that has no more than this many pixels. */
interface Decoding {
  readonly mostPixels: number;
  /** Calls `decode` when there is memory for such an image. */
  within<T>(decode: () => Promise<T>): Promise<T>;
}

const ALONE: Decoding = { mostPixels: MOST_PIXELS, within: (decode) => decode() };

/**
 * One worker's reading. It has a few images in hand. As soon as one is done it takes the next file, of the next task if
 * the first one has none left, because waiting for the others would leave cores without work at the end of each task.
 */
export class ShareLoader {
  /** For each image that may be in hand: settled when its place is free for the next task. */
  readonly #hands: Promise<void>[] = Array.from({ length: IMAGES_PER_WORKER }, () => Promise.resolve());
  /**
   * The room for decoded images. Whoever waits first enters first, so small images do not put off a large one for ever.
   */
  readonly #room = new Semaphore(IMAGES_PER_WORKER);
  /** Settled when the images of the tasks so far that are decoded alone are done. */
  #alone: Promise<void> = Promise.resolve();

  constructor(private readonly decode: typeof decodeImage = decodeImage) {}

  /**
   * Loads the files of a task that no other worker takes. Each file's pixels and hash depend on nothing else, so it
   * does not matter which worker loads it. Images that are too large to be decoded beside others are left for the
   * worker that is the last to finish, which decodes them one at a time. May be called before an earlier call has
   * finished.
   */
  async loadShare(task: LoadTask): Promise<LoadedShare> {
    const { paths, size, pixelsBesideOthers } = task;
    const besideOthers = [1, ROOM_OF_LARGE_IMAGE].map((units) => ({
      // For sharp, 0 would mean that there is no limit.
      mostPixels: Math.max(1, Math.floor(pixelsBesideOthers * units / ROOM_OF_LARGE_IMAGE)),
      within: <T>(decode: () => Promise<T>) => this.#room.runExclusive(decode, units),
    }));
    const progress = new Int32Array(task.progress);
    const files: LoadedFile[] = [];
    let isLast = false;
    const next = () => Atomics.add(progress, TAKEN, 1);
    const loadSome = async () => {
      for (let index = next(); index < paths.length; index = next()) {
        const file = await this.#loadFile(task, index, besideOthers);
        if (file === null) Atomics.store(progress, LEFT + index, 1);
        else files.push(file);
        if (Atomics.add(progress, DONE, 1) === paths.length - 1) isLast = true;
      }
    };
    const loading = this.#hands.map((free) => free.then(loadSome));
    // An error is the task's, not that of the tasks that follow.
    for (const [hand, done] of loading.entries()) this.#hands[hand] = done.catch(() => {});
    await Promise.all(loading);
    if (!isLast) return { files, pixels: null };
    const alone = this.#alone.then(async () => {
      for (const index of paths.keys()) {
        if (Atomics.load(progress, LEFT + index) === 0) continue;
        const file = await this.#loadFile(task, index, [ALONE]);
        if (file !== null) files.push(file);
      }
    });
    this.#alone = alone.catch(() => {});
    await alone;
    return { files, pixels: new Float32Array(task.pixels, 0, paths.length * size * size * 3).slice() };
  }

  /**
   * Decodes an image in the first of these ways that its size allows. Returns null, without decoding it, if it is too
   * large for all of them but may be decoded.
   */
  async #loadFile(
    { paths, size, resize, pixels }: LoadTask,
    index: number,
    ways: readonly Decoding[],
  ): Promise<LoadedFile | null> {
    const length = size * size * 3;
    const into = new Float32Array(pixels, index * length * Float32Array.BYTES_PER_ELEMENT, length).fill(0);
    let hash = HASH_OF_NOTHING;
    try {
      const bytes = await readFile(at(paths, index));
      hash = hashOf(bytes);
      for (const { mostPixels, within } of ways) {
        try {
          await within(async () => {
            const image = await this.decode(bytes, mostPixels);
            if (resize === "antialias") await resizeAntialiasedInto(into, image, size);
            else resizeInto(into, image, size);
          });
          return { index, hash, broken: null };
        } catch (error) {
          if (!(error instanceof TooManyPixelsError && mostPixels < MOST_PIXELS)) throw error;
        }
      }
      return null;
    } catch (error) {
      // An image so thin that no pixel of it remains counts as broken.
      if (!(error instanceof BrokenImageError || error instanceof HeadlightError)) throw error;
      return { index, hash, broken: error.message };
    }
  }
}

const HASH_OF_NOTHING = hashOf(new Uint8Array());

/** @throws BrokenImageError if the file cannot be read */
async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await readImageFile(path);
  } catch (error) {
    throw error instanceof BrokenImageError
      ? error
      : new BrokenImageError(`it cannot be read (${systemReason(error)})`);
  }
}
