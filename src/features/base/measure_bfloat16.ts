/** Measures what bfloat16 changes on an engine that rounds a base itself. */
import { at } from "../../at.ts";
import type { CallShape } from "../../engine/base_graphs.ts";
import type { Precision } from "../../config.ts";
import type { ImageKind, OpenPlain } from "./base_graph.ts";
import { choosePlan, type ChosenPlan } from "./choose_plan.ts";
import { measuredImages } from "./measured_images.ts";
import { padBatch, pieces } from "./pieces.ts";

/** As many as TensorFlow's plans are measured on (`inBfloat16`). */
const MEASURED_IMAGES = 8;

/** How graphs are opened for the measurement. */
export interface Measuring {
  readonly shape: CallShape;
  readonly cores: number;
  readonly open: OpenPlain;
}

/** Returns the kind of the images that are measured. */
export async function measuredKind(): Promise<ImageKind> {
  const { height, width } = await measuredImages(1);
  return { height, width, dtype: "uint8" };
}

/**
 * Computes some images in both precisions. The engine decides what it rounds, so there is one plan: all of the base.
 * If its error is too large, the base is computed in float32.
 */
export async function measureBfloat16({ shape, cores, open }: Measuring): Promise<ChosenPlan> {
  const images = await measuredImages(MEASURED_IMAGES);
  const input = { images: await measuredKind(), batch: shape.batch };
  const featuresIn = (precision: Precision): Float32Array[] => {
    const opened = open(input, { shape: { ...shape, lanes: 1 }, cores, precision });
    try {
      return pieces(images, shape.batch).map((piece) => {
        const [rows] = opened.run([padBatch(piece, shape.batch).pixels]);
        if (rows === undefined) throw new Error("the graph gives no features");
        return rows.slice(0, rows.length / shape.batch * piece.count);
      });
    } finally {
      opened.dispose();
    }
  };
  const errorOf = () => largestDifference(featuresIn("bfloat16"), featuresIn("float32"));
  return choosePlan([{ share: 1 }], errorOf, false);
}

/**
 * Returns the largest difference from the expected values, as a share of the largest of these; NaN if a value is not a
 * number.
 */
function largestDifference(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  let [largest, most] = [0, 0];
  for (const [call, rows] of expected.entries()) {
    for (const [place, value] of rows.entries()) {
      largest = Math.max(largest, Math.abs(value));
      most = Math.max(most, Math.abs(value - at(at(found, call), place)));
    }
  }
  return most === 0 ? 0 : most / largest;
}
