/** The base on which engines are measured and compared. */
import type { Pooling } from "../../bases/base.ts";
import { type BaseName, MEASURED_BASE } from "../../bases/bases.ts";
import type { Preprocess } from "../../config.ts";

/**
 * SqueezeNet 1.1 with random weights at the lesson's size. It needs no download, and the slowest engine measures it in
 * a few seconds. At a smaller size, starting an op would count more than computing it.
 */
export const MEASURED = {
  base: MEASURED_BASE,
  size: 160,
  pooling: "max",
  preprocess: "scale",
  batchSize: 32,
} as const satisfies {
  readonly base: BaseName;
  readonly size: number;
  readonly pooling: Pooling;
  readonly preprocess: Preprocess;
  readonly batchSize: number;
};

/** Names the measured base in a text. */
export const MEASURED_TEXT = `${MEASURED.base} at ${MEASURED.size}`;
