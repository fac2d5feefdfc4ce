/** Catches pictures that were scaled before: preprocessing divides by 255, and would do it a second time. */
import type { Preprocess } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import type { Dataset, ImageSet } from "./dataset.ts";

const PICTURES_AT_ONCE = 64;

/**
 * Every preprocessing expects pixels of 0…255, in bytes or floats.
 * @throws HeadlightError (2) where a part holds floats of which none is above 1.
 */
export async function checkPixelScale(dataset: Dataset, preprocess: Preprocess): Promise<void> {
  for (const [part, images] of [["training", dataset.train], ["validation", dataset.validation]] as const) {
    if (!(await isScaled(images))) continue;
    throw new HeadlightError(
      `${dataset.name}: the ${part} images are floats of which none is above 1, so they were divided by 255 already, ` +
        `and --preprocess ${preprocess} expects 0 to 255; save them as they were (array * 255)`,
    );
  }
}

async function isScaled(images: ImageSet): Promise<boolean> {
  // Picture files hold bytes.
  if (images.fileOf(0) !== null) return false;
  for (let from = 0; from < images.count; from += PICTURES_AT_ONCE) {
    const { pixels } = await images.read(from, Math.min(from + PICTURES_AT_ONCE, images.count));
    if (pixels instanceof Uint8Array || pixels.some((value) => value > 1)) return false;
  }
  return true;
}
