/** Reads class numbers from .npy files and checks them against the classes. */
import { counted } from "../../counted.ts";
import { HeadlightError } from "../../errors.ts";
import { type NpyFile, readNpyRange } from "./npy.ts";

/**
 * The largest class number that is accepted. A larger label is a mistake, and the head for it would not fit in memory.
 */
const LARGEST_LABEL = 65_535;

/**
 * Returns the labels of `count` images. The array must have the shape N or N×1 and hold integers, or floats that are
 * whole numbers.
 * @throws HeadlightError (2) if the shape or length is wrong, or a value is not a class number
 */
export function readLabels(file: NpyFile, count: number, imagesPath: string): Int32Array {
  const { path, shape } = file;
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) {
    // One column per class: one-hot labels, as for Keras's categorical losses.
    const oneHot = shape.length === 2 && shape[0] === count;
    const remedy = oneHot ? ". If they are one-hot, save labels.argmax(axis=1)" : "";
    throw new HeadlightError(
      `${path} has the shape (${shape.join(", ")}); labels must be class numbers of shape (N,) or (N, 1)${remedy}`,
    );
  }
  if (file.count !== count) {
    throw new HeadlightError(
      `${path} has ${counted(file.count, "label", "labels")} for the ${
        counted(count, "image", "images")
      } of ${imagesPath}. Save one label per image`,
    );
  }
  const values = readNpyRange(file, 0, file.count);
  return Int32Array.from({ length: count }, (_, index) => {
    const label = Number(values[index]);
    if (Number.isInteger(label) && label >= 0 && label <= LARGEST_LABEL) return label;
    const rule = `Class numbers must be whole numbers from 0 to ${LARGEST_LABEL}`;
    throw new HeadlightError(`${path} has the label ${label} at index ${index}. ${rule}`);
  });
}

export interface LabelledPart {
  readonly path: string;
  readonly labels: Int32Array;
}

/**
 * Checks that every label belongs to a class and that every class has training and validation images.
 * @throws HeadlightError (2) that names the first class or label that fails
 */
export function checkClasses(classes: readonly string[], train: LabelledPart, validation: LabelledPart): void {
  for (const { path, labels } of [train, validation]) {
    const stray = labels.findIndex((label) => label >= classes.length);
    if (stray >= 0) {
      const range = classes.length === 1 ? "is only class 0" : `are classes 0 to ${classes.length - 1}`;
      throw new HeadlightError(
        `${path} has the label ${
          labels[stray]
        } at index ${stray}, but there ${range}. Correct the label, or add the class`,
      );
    }
  }
  for (const [{ path, labels }, part] of [[train, "training"], [validation, "validation"]] as const) {
    const seen = new Set(labels);
    const missing = classes.findIndex((_, label) => !seen.has(label));
    if (missing < 0) continue;
    const name = classes[missing] === String(missing) ? "" : ` (${classes[missing]})`;
    throw new HeadlightError(
      `${path}: class ${missing}${name} has no ${part} image. Add some, or number the classes without it`,
    );
  }
}
