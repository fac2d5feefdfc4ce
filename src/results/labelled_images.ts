/** Opens the images on which a run is evaluated, and matches their classes with the run's. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { classNamed } from "../data/images/class_name.ts";
import { checkFolder } from "../data/find_folder.ts";
import type { Resize } from "../config.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { type DataSource, type FoundSource, openDataSource } from "../data/open.ts";
import type { FolderListing } from "../data/images/folder_listing.ts";
import { listImages } from "../data/images/listing.ts";
import { named } from "../counted.ts";
import { HeadlightError } from "../errors.ts";
import { perClassOf } from "../run/class_facts.ts";
import { contentMark, readRunImages } from "../run/folder/run_images.ts";
import type { Caveats } from "./caveats.ts";
import { openOwnValidation } from "./own_validation.ts";
import type { TrainedRun } from "./trained_run.ts";

/** The images on which a run is evaluated, with their classes. */
export interface LabelledImages {
  readonly source: DataSource;
  /** The data set whose validation set is evaluated. */
  readonly dataset: Dataset;
  /** The name for people: "the validation set of grocery10". */
  readonly name: string;
  /** The run's class number for each class number of the data set. */
  readonly classOf: readonly number[];
  /** Validation images of the run that are not evaluated: missing files, and files whose content has changed. */
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  /** See `Caveats.redrawn`. */
  readonly redrawn: Caveats["redrawn"];
  /** Whether the run was trained on a file with this SHA-256; null if the run has no list of its training images. */
  readonly wasTrainedOn: ((sha256: string) => boolean) | null;
  /** A remark on how the classes were matched with the run's, or null if their names are the same. */
  readonly remark: string | null;
}

/**
 * Opens the run's own validation set, or that of another folder, whatever its training part contains. A folder without
 * parts, which contains only classes, is used as a whole. If the run has a list of its validation images, exactly those
 * are opened, except missing or changed ones.
 *
 * @param data the value of `--data`; undefined for the run's own validation set
 * @param onProgress called with the number of images in the list that were checked
 * @throws HeadlightError (2) if the folder is not a data set or has a class that the run does not have, or if none of
 * the run's validation images is left
 */
export async function openLabelled(
  trained: TrainedRun,
  data: string | undefined,
  onProgress?: (done: number, total: number) => void,
): Promise<LabelledImages> {
  const { run, classes, options: { size }, source } = trained;
  const list = readRunImages(run.images);
  const marks = list && new Set(list.trained_on);
  const wasTrainedOn = marks && ((sha256: string) => marks.has(contentMark(sha256)));
  if (data !== undefined) {
    const found = findJudged(data, classes, trained.options.resize);
    return { ...await open(found, trained, data), wasTrainedOn, ...NOTHING_CHANGED };
  }
  if (source.kind !== "pictures") {
    return { ...await open({ source }, trained, data), wasTrainedOn, ...NOTHING_CHANGED };
  }
  if (list) {
    const asked = { run: run.id, source, classes, size, validation: list.validation };
    const own = await openOwnValidation(asked, onProgress);
    const name = `the validation set of ${own.dataset.name}`;
    return { ...own, name, classOf: [...classes.keys()], remark: null, wasTrainedOn, redrawn: null };
  }
  const listing = listImages(source.folder);
  // Nothing is trained here, so the classes of a validation part need not be those of the training part.
  const judged = listing.layout.kind === "parts" ? { ...source, share: 1 } : source;
  const opened = await open({ source: judged, listing }, trained, data);
  return { ...opened, wasTrainedOn, ...NOTHING_CHANGED, redrawn: redrawn(listing, opened.dataset, trained) };
}

const NOTHING_CHANGED = { gone: [], changed: [], redrawn: null } as const;

async function open(found: FoundSource, trained: TrainedRun, data: string | undefined) {
  const { source } = found;
  const { dataset, name } = await openJudged(found, trained.options.size);
  const { count } = dataset.validation;
  const before = trained.resolved.validation;
  // The folder may have changed since the run. If classes were added or removed, only their names show it.
  const changed = data === undefined && count !== before ? `, which had ${before} images during the run` : "";
  const judge = { what: `run ${trained.run.id}`, whose: "the run's", classes: trained.classes };
  const { labels, remark } = matched(dataset, judge, source, data ?? trained.options.data ?? dataset.name);
  return { source, dataset, name: name + changed, classOf: labels, remark };
}

/**
 * Returns whether the folder of a run without a list of its images had to be split again at random, and whether the
 * split is certainly a different one.
 */
function redrawn({ layout }: FolderListing, dataset: Dataset, { resolved }: TrainedRun): Caveats["redrawn"] {
  if (layout.kind !== "classes") return null;
  const same = dataset.train.count === resolved.train && dataset.validation.count === resolved.validation &&
    (!resolved.per_class || isDeepStrictEqual(perClassOf(dataset), resolved.per_class));
  return same ? "as many" : "changed";
}

/** Opens a data set whose validation set is evaluated, or all images of a folder that contains only classes. */
export async function openJudged(
  { source, listing }: FoundSource,
  size: number,
): Promise<Pick<LabelledImages, "dataset" | "name">> {
  const dataset = await openDataSource(source, size, listing);
  const whole = source.kind === "pictures" && dataset.train.count === 0 && listing?.layout.kind !== "parts";
  return { dataset, name: whole ? dataset.name : `the validation set of ${dataset.name}` };
}

/**
 * Finds the images that `--data` names, for an evaluation.
 *
 * @param classes the classes of the run or model, see `listImages`
 * @param resize how image files are resized
 * @throws HeadlightError (2) if the folder is not a data set
 */
export function findJudged(data: string, classes: readonly string[], resize: Resize): FoundSource {
  const found = checkFolder(data, classes);
  if (found.kind === "npy") return { source: found };
  const { listing, ...folder } = found;
  // Nothing is trained on these images, so all of them can be evaluated.
  return { source: { ...folder, share: 1, seed: 0, resize }, listing };
}

/** What is evaluated on the images: a run, or a model from a file. */
export interface Judge {
  /** For error messages: "run 20261123-205501-densenet121-demo". */
  readonly what: string;
  /** "the run's". */
  readonly whose: string;
  readonly classes: readonly string[];
}

/**
 * Matches the classes of a data set with those of the run or model that is evaluated on it.
 *
 * @param data the value of `--data`, for messages
 * @returns the number of the run's class for each class of the data set, and a remark if they were matched by position
 * @throws HeadlightError (2) that names a class which the run or model does not have
 */
export function matched(
  { classes }: Dataset,
  { what, whose, classes: known }: Judge,
  { kind }: DataSource,
  data: string,
): { labels: number[]; remark: string | null } {
  const arrays = kind === "npy";
  const { labels, byPlace } = match(classes, known, arrays);
  const stray = labels.indexOf(-1);
  if (stray >= 0) {
    const remedy = arrays && classes.every(isNumber)
      ? `. Write the name of each number into ${join(data, "classes.txt")}, one per line, such as "0 ${known[0]}".`
      : ". Rename or remove that class.";
    throw new HeadlightError(
      `--data ${data}: ${what} has no class ${classes[stray]}, only ${named(known, NAMED)}${remedy}`,
    );
  }
  if (!byPlace) return { labels, remark: null };
  const remedy = arrays ? `write the names into ${join(data, "classes.txt")}` : "rename the folders";
  const remark = `${data}: the class names differ from ${whose}, so classes are matched by position: ${
    pairsText(classes, known)
  }. If that is wrong, ${remedy}.`;
  return { labels, remark };
}

/** Returns a text such as `0 is green, 1 is red`, for at most a dozen classes. */
export function pairsText(names: readonly string[], others: readonly string[]): string {
  return named(names.map((name, label) => `${name} is ${others[label]}`), NAMED);
}

/** The maximum number of classes in a message. */
const NAMED = 12;

/**
 * Returns the run's class number for each class of a data set, or -1 if the run does not have the class. Classes are
 * matched by name. If both sides have numbers as names, classes are matched by number (`01` is 1), because as names
 * they sort 0, 1, 10, 2. If the classes of one side are 0, 1, 2 and so on, and both sides have the same number of
 * classes, they are matched by position. If that side is the run, this holds for arrays only.
 *
 * @param known the run's classes
 * @param arrays whether the data set's labels are numbers, whatever their names
 */
export function match(
  classes: readonly string[],
  known: readonly string[],
  arrays: boolean,
): { labels: number[]; byPlace: boolean } {
  const names = known.map(classNamed);
  const byName = classes.map((name) => names.indexOf(classNamed(name)));
  if (!byName.includes(-1)) return { labels: byName, byPlace: false };
  if (classes.every(isNumber) && known.every(isNumber)) {
    const labels = classes.map((name) => known.findIndex((one) => Number(one) === Number(name)));
    return { labels, byPlace: false };
  }
  const byPlace = classes.length === known.length && (isCounted(classes) || (arrays && isCounted(known)));
  return { labels: byPlace ? classes.map((_, label) => label) : byName, byPlace };
}

/** Returns whether names are 0, 1, 2 and so on, as in arrays without classes.txt. */
function isCounted(names: readonly string[]): boolean {
  return names.every((name, label) => name === String(label));
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}
