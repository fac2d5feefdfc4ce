/** Which images a run's classifier is judged by, and what its classes call them. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { classNamed } from "../data/images/class_name.ts";
import { checkFolder } from "../data/find_folder.ts";
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

export interface LabelledImages {
  readonly source: DataSource;
  /** Its validation part is what counts. */
  readonly dataset: Dataset;
  /** For people: "the validation part of grocery10". */
  readonly name: string;
  /** For each class number of the data set, the run's. */
  readonly classOf: readonly number[];
  /** Images that the run was validated on and that are not judged: they are not there, or others now. */
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  readonly redrawn: Caveats["redrawn"];
  /** Whether the run was trained on a file of that SHA-256; null where it does not tell. */
  readonly wasTrainedOn: ((sha256: string) => boolean) | null;
  /** What to say of how its classes were matched with the run's, or null if their names are the same. */
  readonly remark: string | null;
}

/**
 * The run's own validation part, or that of another folder; a folder of classes alone counts as a whole. Of a run that
 * keeps a list of its validation images exactly those are opened, as far as they are still what they were.
 *
 * @param onProgress is told how many of the list's images were looked at
 * @throws HeadlightError (2) where the folder is no data set, or has a class that the run does not know; where none of
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
    const found = findSource(data, trained);
    return { ...await open(found, trained, data), wasTrainedOn, ...NOTHING_CHANGED };
  }
  if (source.kind !== "pictures") {
    return { ...await open({ source }, trained, data), wasTrainedOn, ...NOTHING_CHANGED };
  }
  if (list) {
    const asked = { run: run.id, source, classes, size, validation: list.validation };
    const own = await openOwnValidation(asked, onProgress);
    const name = `the validation part of ${own.dataset.name}`;
    return { ...own, name, classOf: [...classes.keys()], remark: null, wasTrainedOn, redrawn: null };
  }
  const listing = listImages(source.folder);
  const opened = await open({ source, listing }, trained, data);
  return { ...opened, wasTrainedOn, ...NOTHING_CHANGED, redrawn: redrawn(listing, opened.dataset, trained) };
}

const NOTHING_CHANGED = { gone: [], changed: [], redrawn: null } as const;

async function open({ source, listing }: FoundSource, trained: TrainedRun, data: string | undefined) {
  const dataset = await openDataSource(source, trained.options.size, listing);
  const whole = source.kind === "pictures" && dataset.train.count === 0;
  const name = whole ? dataset.name : `the validation part of ${dataset.name}`;
  const { count } = dataset.validation;
  const before = trained.resolved.validation;
  // A folder lives on after the run: classes may have come and gone, which numbers alone would not tell.
  const changed = data === undefined && count !== before ? `, changed since: it had ${before} images` : "";
  const { labels, remark } = matched(dataset, trained, source, data ?? trained.options.data ?? dataset.name);
  return { source, dataset, name: name + changed, classOf: labels, remark };
}

/** Whether the validation part of a run without a list is drawn anew, and whether the lot is surely another one. */
function redrawn({ layout }: FolderListing, dataset: Dataset, { resolved }: TrainedRun): Caveats["redrawn"] {
  if (layout.kind !== "classes") return null;
  const same = dataset.train.count === resolved.train && dataset.validation.count === resolved.validation &&
    (!resolved.per_class || isDeepStrictEqual(perClassOf(dataset), resolved.per_class));
  return same ? "as many" : "changed";
}

function findSource(data: string, { classes, options: { resize } }: TrainedRun): FoundSource {
  const found = checkFolder(data, classes);
  if (found.kind === "npy") return { source: found };
  const { listing, ...folder } = found;
  // Nothing is learnt from it: all that is there may be judged.
  return { source: { ...folder, share: 1, seed: 0, resize }, listing };
}

/** @throws HeadlightError (2) that names the class which the run does not know */
function matched(
  { classes }: Dataset,
  { classes: known, run }: TrainedRun,
  { kind }: DataSource,
  data: string,
): { labels: number[]; remark: string | null } {
  const arrays = kind === "npy";
  const { labels, byPlace } = match(classes, known, arrays);
  const stray = labels.indexOf(-1);
  if (stray >= 0) {
    const remedy = arrays && classes.every(isNumber)
      ? `. Write the names of the numbers into ${join(data, "classes.txt")}, a line each, such as "0 ${known[0]}"`
      : "";
    throw new HeadlightError(
      `--data ${data}: run ${run.id} knows no class ${classes[stray]}; it knows ${named(known, NAMED)}${remedy}`,
    );
  }
  if (!byPlace) return { labels, remark: null };
  const pairs = classes.map((name, label) => `${name} is ${known[label]}`);
  const remedy = arrays ? `write the right names into ${join(data, "classes.txt")}` : "rename the folders";
  const remark = `${data}: its classes are matched with the run's by number: ${
    named(pairs, NAMED)
  }. If that is wrong, ${remedy}`;
  return { labels, remark };
}

/** How many classes a line names. */
const NAMED = 12;

/**
 * Returns the number of the run's class for each class of a data set, -1 where there is none. Classes are matched by
 * name. Where one side has numbers for names: by number if the other side has numbers too (`01` is 1), else by place if
 * there are as many of them. Numbers have no other order than their own: as names they sort 0, 1, 10, 2.
 *
 * @param known the run's classes
 * @param arrays whether the data set has labels that are numbers, whatever their names
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

/** Whether names are 0, 1, 2 and so on, as arrays without classes.txt have them. */
function isCounted(names: readonly string[]): boolean {
  return names.every((name, label) => name === String(label));
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}
