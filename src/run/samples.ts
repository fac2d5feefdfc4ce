/** Records the most confident mistakes on the validation set as small images, from time to time, for viewers. */
import { at } from "../at.ts";
import type { ImageSet } from "../data/dataset/dataset.ts";
import { shrink } from "../data/dataset/shrink.ts";
import { errorLine } from "../errors.ts";
import type { EventBody } from "../events.ts";
import type { ImagesOf } from "../features/rows/feature_set.ts";
import { stripControl } from "../text.ts";
import { type Answers, type Mistake, mostConfidentMistakes } from "../training/mistakes.ts";

/** As many images as fit in one row of a wide screen. They make an event of 14 kB. */
const MISTAKES = 6;
/** The longest side of an image in pixels. A terminal shows two pixels in the height of a character. */
const SIDE = 24;
/**
 * The interval between two sets of images, in milliseconds. People look at images for longer than at figures, and over
 * a slow connection each character of an image costs 40 bytes.
 */
const EVERY_MS = 10_000;
/**
 * The interval at the beginning of training, in milliseconds. The head improves quickly there, and after its first
 * epoch it has hardly learned anything.
 */
const SOON_MS = 3000;
/** The interval as a share of the training time so far. A run of a day records 150 sets of images instead of 8,640. */
const EVERY_SHARE = 1 / 20;

export interface SamplesOptions {
  /** The validation images. */
  readonly images: Pick<ImageSet, "read" | "fileOf">;
  /** The indices and classes of the images that have features. */
  readonly set: Pick<ImagesOf, "images" | "labels">;
  readonly say: (body: EventBody) => void;
  /** A monotonic clock, in milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * The maximum time to wait for images at the end, in milliseconds, so that a slow disk does not keep a run from ending.
 */
const FAREWELL_MS = 3000;

type Sample = Extract<EventBody, { type: "samples" }>["mistakes"][number];

export class Samples {
  readonly #options: Required<SamplesOptions>;
  readonly #sinceMs: number;
  #saidMs = -Infinity;
  #newest: { readonly epoch: number; readonly prediction: Answers } | null = null;
  #reading: Promise<void> = Promise.resolve();
  #idle = true;
  #warned = false;

  constructor(options: SamplesOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#sinceMs = this.#options.nowMs();
  }

  /**
   * Offers the network's predictions on the validation set after an epoch. Does not wait for the images, which are read
   * in the background.
   */
  offer(epoch: number, prediction: Answers): void {
    this.#newest = { epoch, prediction };
    const now = this.#options.nowMs();
    if (this.#idle && now - this.#saidMs >= pauseMs(this.#saidMs - this.#sinceMs)) this.#tell();
  }

  /**
   * Records the newest predictions, however recent the last ones are. Resolves when they are recorded, or after
   * `FAREWELL_MS`.
   */
  async finish(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, FAREWELL_MS));
    await Promise.race([late, this.#reading.then(() => this.#tell()).then(() => this.#reading)]);
    clearTimeout(timer);
  }

  #tell(): void {
    if (!this.#newest) return;
    const { epoch, prediction } = this.#newest;
    this.#newest = null;
    this.#saidMs = this.#options.nowMs();
    this.#idle = false;
    this.#reading = this.#read(epoch, prediction)
      // If the log cannot be written, recording the next epoch fails too, and that ends the run.
      .catch(() => {})
      .finally(() => this.#idle = true);
  }

  async #read(epoch: number, prediction: Answers): Promise<void> {
    const { set, say } = this.#options;
    try {
      const mistakes: Sample[] = [];
      for (const mistake of mostConfidentMistakes(set.labels, prediction, MISTAKES)) {
        mistakes.push(await this.#sample(mistake));
      }
      say({ type: "samples", epoch, mistakes });
    } catch (error) {
      // An image that was moved away after its features were computed does not end the run, and one warning is enough.
      if (this.#warned) return;
      this.#warned = true;
      say({ type: "log", level: "warn", text: stripControl(`Sample images cannot be shown: ${errorLine(error)}`) });
    }
  }

  async #sample({ row, actual, predicted, confidence }: Mistake): Promise<Sample> {
    const { images, set } = this.#options;
    const image = at(set.images, row);
    const read = await images.read(image, image + 1);
    const [broken] = read.broken;
    if (broken) throw new Error(`${broken.path}: ${broken.reason}`);
    const { width, height, pixels } = shrink(read, SIDE);
    const file = images.fileOf(image);
    return {
      picture: image,
      file: file === null ? null : stripControl(file),
      actual,
      predicted,
      confidence,
      width,
      height,
      pixels: pixels.toBase64(),
    };
  }
}

/**
 * Returns the time until the next images, by the training time when the last ones were recorded: 3 s, then up to 10 s,
 * later a twentieth of the training time.
 */
function pauseMs(trainedMs: number): number {
  return Math.max(SOON_MS, Math.min(EVERY_MS, trainedMs), trainedMs * EVERY_SHARE);
}
