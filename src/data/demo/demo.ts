/**
 * The built-in demo set: the lesson's shapes (878 + 293 images of 64×64×3, ten classes), drawn by code. It needs no
 * download and is the same bytes on every machine; a test pins its hash. Every image has a generator of its own,
 * derived from seed, part and index, so any range can be drawn without the ones before it.
 */
import { arrayDataset, arraySet } from "../dataset/array_set.ts";
import type { Dataset, ImageSet } from "../dataset/dataset.ts";
import { Dice } from "../dataset/dice.ts";
import { DRAWINGS } from "./drawings/all.ts";
import type { Drawing } from "./drawings/drawing.ts";
import { DEMO_SIZE, paintScene } from "./scene.ts";

/** The demo set's own seed; a run's `--seed` does not touch it. */
export const DEMO_SEED = 10_970_014;

const IMAGE_BYTES = DEMO_SIZE * DEMO_SIZE * 3;
/** Part of every generator's name: raise it with any change to what is drawn. */
const VERSION = 1;

/** Labels in blocks of ten, each with every class once in a random order: the classes are as even as the count allows. */
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

/** `count` images of a part, drawn as they are read; every `read` gives a fresh copy. */
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

/** The demo set; another seed draws other images of the same classes. */
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
