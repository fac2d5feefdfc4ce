/** Rejects images that were already scaled or standardized, because preprocessing would scale them a second time. */
import type { Preprocess } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import type { Dataset, ImageSet } from "./dataset.ts";

/** The number of values that are read at once: 16 MB of floats. */
const VALUES_AT_ONCE = 1 << 22;
/** The number of images, spread evenly over a part, from which its range is estimated. */
const SAMPLED = 256;
/** If no float exceeds this value, the floats are not in 0…255: the brightest pixel would be nearly black. */
const BRIGHTEST_SCALED = 16;
/**
 * Floats that reach this value are not in 0…255 either, but have 10 to 16 bits. The overshoot of resize filters is
 * smaller.
 */
const DARKEST_UNSCALED = 1000;
/**
 * If at least this share of the values is negative, the floats are centred around 0. Bicubic and Lanczos filters also
 * overshoot below 0, but only near edges.
 */
const CENTRED_SHARE = 0.2;

/** Statistics of a part's values. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  /** The share of values below 0. */
  readonly negative: number;
}

/**
 * Checks that pixels are in 0…255, as bytes or floats, which every preprocessing expects.
 * @throws HeadlightError (2) if a part has floats in another range, with what they look like and what to do
 */
export async function checkPixelScale(dataset: Dataset, preprocess: Preprocess): Promise<void> {
  for (const [part, images] of [["training", dataset.train], ["validation", dataset.validation]] as const) {
    const range = await rangeOf(images);
    const look = range && lookOf(range);
    if (!range || !look) continue;
    throw new HeadlightError(
      `${dataset.name}: the ${part} images are floats from ${figure(range.min)} to ${figure(range.max)}, which look ` +
        `like ${look.what}, but --preprocess ${preprocess} expects 0 to 255. ${look.remedy}`,
    );
  }
}

interface Look {
  readonly what: string;
  readonly remedy: string;
}

/** Returns what the values look like if they are not in 0…255, otherwise null. */
function lookOf({ min, max, mean, deviation, negative }: Range): Look | null {
  const was = (what: string, back: string): Look => ({ what, remedy: `Save them unscaled (${back})` });
  if (negative > CENTRED_SHARE) {
    if (within(min, max, 0.5)) return was("-0.5 to 0.5 (divided by 255, minus 0.5)", "(array + 0.5) * 255");
    if (within(min, max, 1)) return was("-1 to 1 (divided by 127.5, minus 1)", "(array + 1) * 127.5");
    const measured = `mean ${figure(mean)}, deviation ${figure(deviation)}`;
    if (max <= BRIGHTEST_SCALED) {
      return was(
        `standardized ones (${measured})`,
        "array * deviation + mean, with the values used to standardize them",
      );
    }
    return was(`centred ones (${measured})`, "array + mean, with the mean that was subtracted");
  }
  if (max <= 2) return was("0 to 1 (divided by 255 already)", "array * 255");
  if (max > BRIGHTEST_SCALED && max < DARKEST_UNSCALED) return null;
  return { what: "pixels of another range", remedy: `Save them as 0 to 255 (array * 255 / ${figure(max)})` };
}

/** Returns whether all values are in -limit…limit, with a tolerance of a tenth because resize filters overshoot. */
function within(min: number, max: number, limit: number): boolean {
  return min >= -1.1 * limit && max <= 1.1 * limit;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Returns the range of a part's floats; null for bytes, which are always in 0…255. */
async function rangeOf(images: ImageSet): Promise<Range | null> {
  // Image files always contain bytes.
  if (images.count === 0 || images.fileOf(0) !== null) return null;
  const sum = new RangeSum();
  const sampled = Math.min(images.count, SAMPLED);
  for (let place = 0; place < sampled; place++) {
    const index = Math.floor(place * images.count / sampled);
    if (!sum.add((await images.read(index, index + 1)).pixels)) return null;
  }
  // Images outside the sample may be brighter.
  const step = Math.max(1, Math.floor(VALUES_AT_ONCE * sampled / sum.count));
  for (let from = 0; sampled < images.count && from < images.count && sum.max <= BRIGHTEST_SCALED; from += step) {
    sum.add((await images.read(from, Math.min(from + step, images.count))).pixels);
  }
  return sum.range();
}

/** Accumulates statistics of float pixels. The loop is kept simple, since it runs over millions of values. */
class RangeSum {
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  #squares = 0;
  #negative = 0;

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** Adds pixels; returns false if they are bytes. */
  add(pixels: Uint8Array | Float32Array): boolean {
    if (pixels instanceof Uint8Array) return false;
    let [min, max, sum, squares, negative] = [this.#min, this.#max, 0, 0, 0];
    for (let place = 0; place < pixels.length; place++) {
      const value = pixels[place] as number;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value < 0) negative++;
      sum += value;
      squares += value * value;
    }
    this.#count += pixels.length;
    [this.#min, this.#max] = [min, max];
    this.#sum += sum;
    this.#squares += squares;
    this.#negative += negative;
    return true;
  }

  range(): Range {
    const mean = this.#sum / this.#count;
    const deviation = Math.sqrt(Math.max(0, this.#squares / this.#count - mean * mean));
    return { min: this.#min, max: this.#max, mean, deviation, negative: this.#negative / this.#count };
  }
}
