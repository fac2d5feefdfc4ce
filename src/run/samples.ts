/** The most confident mistakes of a validation as small images, said now and then for those who watch. */
import { at } from "../at.ts";
import type { ImageSet } from "../data/dataset/dataset.ts";
import { shrink } from "../data/dataset/shrink.ts";
import { errorLine } from "../errors.ts";
import type { EventBody } from "../events.ts";
import type { ImagesOf } from "../features/rows/feature_set.ts";
import { stripControl } from "../text.ts";
import { type HeadAnswers, type Mistake, mostConfidentMistakes } from "../training/mistakes.ts";

/** What one row of a wide screen has room for; an event is 14 kB with them. */
const MISTAKES = 6;
/** Longest side of an image in pixels: two in a character's height. */
const SIDE = 24;
/** Images are looked at for longer than figures; and a slow line pays 40 bytes for each of their characters. */
const EVERY_MS = 10_000;
/** In the beginning a head knows more with every second, and after its first epoch nothing. */
const SOON_MS = 3000;
/** Of the time trained so far: a run of a day says 150, not 8,640. */
const EVERY_SHARE = 1 / 20;

export interface SamplesOptions {
  /** The images themselves. */
  readonly images: Pick<ImageSet, "read" | "fileOf">;
  /** Which of them have features, and their classes. */
  readonly set: Pick<ImagesOf, "images" | "labels">;
  readonly say: (body: EventBody) => void;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
}

/** A disk that hangs does not keep a run from ending. */
const FAREWELL_MS = 1000;

type Sample = Extract<EventBody, { type: "samples" }>["mistakes"][number];

export class Samples {
  readonly #options: Required<SamplesOptions>;
  readonly #sinceMs: number;
  #saidMs = -Infinity;
  #newest: { readonly epoch: number; readonly prediction: HeadAnswers } | null = null;
  #reading: Promise<void> = Promise.resolve();
  #idle = true;
  #warned = false;

  constructor(options: SamplesOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#sinceMs = this.#options.nowMs();
  }

  /** What the head made of the validation part after an epoch. Does not wait for the images, which are read beside. */
  offer(epoch: number, prediction: HeadAnswers): void {
    this.#newest = { epoch, prediction };
    const now = this.#options.nowMs();
    if (this.#idle && now - this.#saidMs >= pauseMs(this.#saidMs - this.#sinceMs)) this.#tell();
  }

  /** Says the newest, however soon after the one before; resolves when it is said, or after `FAREWELL_MS`. */
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
      // A log that takes nothing ends the run with the next epoch; that is not told from here.
      .catch(() => {})
      .finally(() => this.#idle = true);
  }

  async #read(epoch: number, prediction: HeadAnswers): Promise<void> {
    const { set, say } = this.#options;
    try {
      const mistakes: Sample[] = [];
      for (const mistake of mostConfidentMistakes(set.labels, prediction, MISTAKES)) {
        mistakes.push(await this.#sample(mistake));
      }
      say({ type: "samples", epoch, mistakes });
    } catch (error) {
      // An image that was moved away after its features were made is no reason to end, nor to be said again and again.
      if (this.#warned) return;
      this.#warned = true;
      say({ type: "log", level: "warn", text: stripControl(`samples cannot be shown: ${errorLine(error)}`) });
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

/** How long images stay, by how long it had been trained when they were said: 3 s, then 10, later a twentieth of it. */
function pauseMs(trainedMs: number): number {
  return Math.max(SOON_MS, Math.min(EVERY_MS, trainedMs), trainedMs * EVERY_SHARE);
}
