/** Opens the images on which a model from a file is evaluated, and matches their classes with the model's. */
import { dirname, join } from "node:path";
import type { Dataset } from "../data/dataset/dataset.ts";
import type { DataSource } from "../data/open.ts";
import { HeadlightError } from "../errors.ts";
import { findJudged, type LabelledImages, match, matched, openJudged, pairsText } from "./labelled_images.ts";
import { NAMES_BESIDE, type OpenedModel } from "./model_classifier.ts";

/** The images, and the names that the model's classes get in the report. */
export interface ImagesForModel {
  readonly images: LabelledImages;
  readonly classes: readonly string[];
}

/**
 * Opens the validation set of a folder, or all images of a folder that contains only classes. The classes of a model
 * without names get those of the folders, in alphabetical order.
 *
 * @param data the value of `--data`
 * @throws HeadlightError (2) if the folder is not a data set, if it has a class that the model does not have, or if the
 * model has no class names and the folder has another number of classes
 */
export async function openLabelledForModel(model: OpenedModel, data: string): Promise<ImagesForModel> {
  const found = findJudged(data, model.namedBy === null ? [] : model.classes, model.resize);
  const { source } = found;
  const { dataset, name } = await openJudged(found, model.size);
  const { labels, classes, remark } = classesFor(model, dataset, source, data);
  const nothingKnown = { gone: [], changed: [], redrawn: null, wasTrainedOn: null } as const;
  return { images: { source, dataset, name, classOf: labels, remark, ...nothingKnown }, classes };
}

function classesFor(model: OpenedModel, dataset: Dataset, source: DataSource, data: string) {
  const { path, classes, namedBy } = model;
  if (namedBy !== null) {
    const judge = { what: `the model ${path}`, whose: "the model's", classes };
    return { classes, ...matched(dataset, judge, source, data) };
  }
  return namelessClasses(model, dataset.classes, source.kind === "npy", data);
}

/**
 * Returns the classes of a model without names. These are its numbers if the classes of the data set are numbers too,
 * or else the names of the data set in its order.
 *
 * @param names the class names of the data set
 * @param arrays whether the data set consists of arrays, whose labels are numbers
 * @param data the value of `--data`
 * @returns the model's class number for each class of the data set, the classes, and a remark if they were matched by
 * order
 * @throws HeadlightError (2) if the data set has another number of classes
 */
export function namelessClasses(
  { path, classes }: Pick<OpenedModel, "path" | "classes">,
  names: readonly string[],
  arrays: boolean,
  data: string,
): { readonly labels: number[]; readonly classes: readonly string[]; readonly remark: string | null } {
  const { labels, byPlace } = match(names, classes, arrays);
  if (!byPlace && !labels.includes(-1)) return { labels, classes, remark: null };
  const remedy = `with --classes FILE, one on each line, or in ${join(dirname(path), NAMES_BESIDE)}`;
  if (names.length !== classes.length) {
    throw new HeadlightError(
      `--data ${data} has ${names.length} classes, but the model ${path} has ${classes.length}, without ` +
        `names. Name the model's classes ${remedy}.`,
    );
  }
  const order = arrays ? "the order of its classes.txt" : "alphabetical order";
  const remark = `Nothing names the classes of ${path}, so they are those of ${data} in ${order}: ${
    pairsText(classes, names)
  }. If that is wrong, name them ${remedy}.`;
  return { labels: names.map((_, label) => label), classes: names, remark };
}
