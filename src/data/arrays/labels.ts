/** Class numbers from a .npy file, and what must hold between them and the classes. */
import { HeadlightError } from "../../errors.ts";
import { type NpyFile, readNpyRange } from "./npy.ts";

/** Above this a label is no class number but a mistake; a head that wide would not fit anywhere. */
const LARGEST_LABEL = 65_535;

/**
 * The labels of `count` images, N or N×1, integers or floats that hold whole numbers.
 * @throws HeadlightError (2) on another shape or length, or a value that is no class number.
 */
export function readLabels(file: NpyFile, count: number, imagesPath: string): Int32Array {
  const { path, shape } = file;
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) {
    // One column a class: one-hot labels, as Keras's categorical losses take them.
    const oneHot = shape.length === 2 && shape[0] === count;
    const remedy = oneHot ? "; if they are one-hot, save labels.argmax(axis=1)" : "";
    throw new HeadlightError(`${path} has the shape (${shape.join(", ")}); labels are N or N×1 class numbers${remedy}`);
  }
  if (file.count !== count) {
    throw new HeadlightError(`${path} has ${file.count} labels for the ${count} images of ${imagesPath}`);
  }
  const values = readNpyRange(file, 0, file.count);
  return Int32Array.from({ length: count }, (_, index) => {
    const label = Number(values[index]);
    if (Number.isInteger(label) && label >= 0 && label <= LARGEST_LABEL) return label;
    const rule = `class numbers are whole numbers from 0 to ${LARGEST_LABEL}`;
    throw new HeadlightError(`${path} has the label ${label} at index ${index}; ${rule}`);
  });
}

export interface LabelledPart {
  readonly path: string;
  readonly labels: Int32Array;
}

/**
 * Every label must have a class, and every class images to learn from and to be judged by.
 * @throws HeadlightError (2) that names the first class or label for which this does not hold.
 */
export function checkClasses(classes: readonly string[], train: LabelledPart, validation: LabelledPart): void {
  for (const { path, labels } of [train, validation]) {
    const stray = labels.findIndex((label) => label >= classes.length);
    if (stray >= 0) {
      const range = classes.length === 1 ? "is only class 0" : `are classes 0 to ${classes.length - 1}`;
      throw new HeadlightError(`${path} has the label ${labels[stray]} at index ${stray}, but there ${range}`);
    }
  }
  for (const [{ path, labels }, part] of [[train, "training"], [validation, "validation"]] as const) {
    const seen = new Set(labels);
    const missing = classes.findIndex((_, label) => !seen.has(label));
    if (missing < 0) continue;
    const name = classes[missing] === String(missing) ? "" : ` (${classes[missing]})`;
    throw new HeadlightError(
      `${path}: class ${missing}${name} has no ${part} image; add some, or number the classes without it`,
    );
  }
}
