/** Divides the listed images into the two parts of a data set and gives each image its class number. */
import { HeadlightError } from "../../errors.ts";
import { Dice } from "../dataset/dice.ts";
import { looseName } from "./class_name.ts";
import type { ClassFiles, FolderListing } from "./folder_listing.ts";
import { classFoldersFor } from "./outside_classes.ts";

export interface SplitRule {
  /**
   * The share of each class that is used for validation if the folder has no validation part. 1 means that nothing is
   * trained on the folder: its validation part, or else all of its images, are judged.
   */
  readonly share: number;
  readonly seed: number;
}

export interface PartFiles {
  /** Paths relative to the listed folder. */
  readonly paths: readonly string[];
  readonly labels: Int32Array;
}

export interface Parts {
  readonly classes: readonly string[];
  readonly train: PartFiles;
  readonly validation: PartFiles;
}

/**
 * Returns the two parts. If the folder has no validation part, a random share of each class becomes the validation set:
 * at least one image, and at most all but one. The choice depends only on the names, the share and the seed.
 *
 * @throws HeadlightError (2) if there are fewer than two classes, a class has a single image, or a class has no images
 * in one of the parts
 */
export function partsOf(folder: string, { layout }: FolderListing, rule: SplitRule): Parts {
  const all = layout.kind === "classes" ? layout.all : layout.train;
  const classes = all.map(({ name }) => name);
  if (rule.share === 1) {
    // A class that only the training part has may be unknown to the run that judges the images.
    const judged = layout.kind === "classes" ? all : layout.validation.filter(({ paths }) => paths.length > 0);
    return judgedOnly(folder, judged);
  }
  if (classes.length < 2) {
    const found = classes.length === 0 ? "no folder" : `one folder (${classes[0]})`;
    const example = classFoldersFor(all.flatMap(({ paths }) => paths)).join(", ");
    throw new HeadlightError(
      `${folder} has ${found} of images, but a data set needs at least two classes. Make a folder for each class, for ` +
        `example ${example}`,
    );
  }
  if (layout.kind === "parts") {
    sameClasses(folder, layout);
    return { classes, train: part(classes, layout.train), validation: part(classes, layout.validation) };
  }
  for (const { name, paths } of all) {
    const [only, second] = paths;
    if (only !== undefined && second !== undefined) continue;
    throw new HeadlightError(
      `${folder}: class ${name} has only one image (${only}). Each class needs at least two, one for training and one ` +
        `for validation. Add images to ${name}, or remove that folder`,
    );
  }
  const drawn = all.map((files) => draw(files, rule));
  return {
    classes,
    train: part(classes, drawn.map(({ train }) => train)),
    validation: part(classes, drawn.map(({ validation }) => validation)),
  };
}

/** Returns these images as the validation set. The rules for training do not apply: one class is enough. */
function judgedOnly(folder: string, judged: readonly ClassFiles[]): Parts {
  const classes = judged.map(({ name }) => name);
  const validation = part(classes, judged);
  if (validation.paths.length === 0) {
    throw new HeadlightError(
      `${folder} has no images in class folders. Put the images into folders named after their classes`,
    );
  }
  return { classes, train: part(classes, []), validation };
}

/** Checks that both parts have images of the same classes. @throws HeadlightError (2) */
function sameClasses(root: string, { train, validation, folders }: Parted): void {
  const hasImages = (list: readonly ClassFiles[], name: string) =>
    list.some((files) => files.name === name && files.paths.length > 0);
  const [learned, judged] = [placed(folders.train), placed(folders.validation)];
  const stray = validation.find(({ name, paths }) => paths.length > 0 && !hasImages(train, name));
  if (stray) {
    const { name } = stray;
    const there = train.some((files) => files.name === name);
    const alike = there ? undefined : train.find((files) => looseName(files.name) === looseName(name));
    const lack = there ? `${learned(name)} has none` : `${learned(name)} does not exist`;
    const remedy = alike
      ? `Is it ${learned(alike.name)}? Rename one of them.`
      : `Put training images into ${learned(name)}, or remove ${judged(name)}.`;
    throw new HeadlightError(`${root}: ${judged(name)} has images, but ${lack}. ${remedy}`);
  }
  const lacking = train.find(({ name }) => !hasImages(validation, name));
  if (lacking) {
    const { name } = lacking;
    throw new HeadlightError(
      `${root}: ${learned(name)} has images, but there are no validation images in ${judged(name)}. ` +
        `Add some, or remove ${learned(name)}.`,
    );
  }
}

type Parted = Extract<FolderListing["layout"], { kind: "parts" }>;

/** Returns a function that gives the path of a class's folder. */
function placed(within: string): (name: string) => string {
  return (name) => (within === "" ? name : `${within}/${name}`);
}

/** Splits a class at random; both halves stay sorted. */
function draw({ name, paths }: ClassFiles, { share, seed }: SplitRule): { train: ClassFiles; validation: ClassFiles } {
  const count = Math.min(paths.length - 1, Math.max(1, Math.round(paths.length * share)));
  const dice = new Dice("split", seed, name);
  const chosen = new Set(dice.order(paths.length).slice(0, count).map((index) => paths[index]));
  return {
    train: { name, paths: paths.filter((path) => !chosen.has(path)) },
    validation: { name, paths: paths.filter((path) => chosen.has(path)) },
  };
}

function part(classes: readonly string[], files: readonly ClassFiles[]): PartFiles {
  const numbers = new Map(classes.map((name, label) => [name, label]));
  const rows = files.flatMap(({ name, paths }) => {
    const label = numbers.get(name);
    if (label === undefined) throw new RangeError(`no class ${name}`);
    return paths.map((path) => ({ path, label }));
  });
  return { paths: rows.map(({ path }) => path), labels: Int32Array.from(rows, ({ label }) => label) };
}
