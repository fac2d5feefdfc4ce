/**
 * The built-in demo set, drawn by code, with the lesson's shapes: 878 + 293 images of 64×64×3 in ten classes. It needs
 * no download and has the same bytes on every machine; a test pins its hash. Every image has its own random generator,
 * seeded by seed, part and index, so any range can be drawn without drawing the images before it.
 */
import { arrayDataset, arraySet } from "../dataset/array_set.ts";
import type { Dataset, ImageSet } from "../dataset/dataset.ts";
import { Dice } from "../dataset/dice.ts";
import { DRAWINGS } from "./drawings/all.ts";
import type { Drawing } from "./drawings/drawing.ts";
import { DEMO_SIZE, paintScene } from "./scene.ts";

/** The demo set's seed. It does not depend on a run's `--seed`. */
export const DEMO_SEED = 10_970_014;

const IMAGE_BYTES = DEMO_SIZE * DEMO_SIZE * 3;
/** The drawing's version, part of every generator's name. Increment it with every change to what is drawn. */
const VERSION = 1;

/**
 * Returns labels in blocks of ten, each with every class once in random order, so that the classes have equal sizes as
 * far as the count allows.
 */
function demoLabels(count: number, seed: number, part: string): Int32Array {
  const labels = new Int32Array(count);
  for (let block = 0; block * DRAWINGS.length < count; block++) {
    const order = new Dice("demo", VERSION, seed, part, "labels", block).order(DRAWINGS.length);
    labels.set(order.slice(0, count - block * DRAWINGS.length), block * DRAWINGS.length);
  }
  return labels;
}

function drawingOf(label: number): Drawing {
  const drawing = DRAWINGS[label];
  if (!drawing) throw new RangeError(`the demo set has no class ${label}`);
  return drawing;
}

/** Returns `count` images of a part. They are drawn when read; every `read` returns a new array. */
export function demoImages(count: number, seed: number, part: "train" | "validation"): ImageSet {
  const labels = demoLabels(count, seed, part);
  const read = (from: number, to: number) => {
    const pixels = new Uint8Array((to - from) * IMAGE_BYTES);
    labels.subarray(from, to).forEach((label, place) => {
      const into = pixels.subarray(place * IMAGE_BYTES, (place + 1) * IMAGE_BYTES);
      paintScene(drawingOf(label), new Dice("demo", VERSION, seed, part, from + place), into);
    });
    return { count: to - from, height: DEMO_SIZE, width: DEMO_SIZE, pixels };
  };
  return arraySet({ labels, read, file: null });
}

/** Opens the demo set. Another seed gives other images of the same classes. */
export function openDemo(seed: number = DEMO_SEED): Dataset {
  return arrayDataset({
    name: "demo",
    height: DEMO_SIZE,
    width: DEMO_SIZE,
    classes: DRAWINGS.map((drawing) => drawing.name),
    train: demoImages(878, seed, "train"),
    validation: demoImages(293, seed, "validation"),
  });
}
