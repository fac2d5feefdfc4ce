/** Measured speeds as text. Pure. */
import type { Precision } from "../../config.ts";
import { count } from "../../counted.ts";
import type { Speed } from "./speed_store.ts";

/** Returns the speed that was measured last in this precision. */
export function newest(speeds: readonly Speed[], precision: Precision): Speed | undefined {
  return speeds.filter((speed) => speed.precision === precision)
    .toSorted((one, other) => one.measured < other.measured ? 1 : -1)[0];
}

/** Formats images per second: 1,234 or 7.3. */
export function speedText({ images_per_second: images }: Speed): string {
  return images < 10 ? images.toFixed(1) : count(Math.round(images));
}
