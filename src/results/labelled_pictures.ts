/** Which pictures a run's classifier is judged by, and what its classes call them. */
import { basename } from "node:path";
import { classNamed } from "../data/pictures/class_name.ts";
import { checkFolder } from "../data/find_folder.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { type DataSource, type FoundSource, openDataSource } from "../data/open.ts";
import { HeadlightError } from "../errors.ts";
import type { TrainedRun } from "./trained_run.ts";

export interface LabelledPictures {
  readonly source: DataSource;
  /** Its validation part is what counts. */
  readonly dataset: Dataset;
  /** For people: "the validation part of grocery10". */
  readonly name: string;
  /** For each class number of the data set, the run's. */
  readonly classOf: readonly number[];
}

/**
 * The run's own validation part, or that of another folder; a folder of classes alone counts as a whole.
 * @throws HeadlightError (2) where the folder is no data set, or has a class that the run does not know.
 */
export async function openLabelled(trained: TrainedRun, data: string | undefined): Promise<LabelledPictures> {
  const { source, listing }: FoundSource = data === undefined ? { source: trained.source } : findSource(data, trained);
  const dataset = await openDataSource(source, trained.options.size, listing);
  const whole = source.kind === "pictures" && dataset.train.count === 0;
  const name = whole ? dataset.name : `the validation part of ${dataset.name}`;
  const { count } = dataset.validation;
  const before = trained.resolved.validation;
  // A folder lives on after the run: classes may have come and gone, which numbers alone would not tell.
  const changed = data === undefined && count !== before ? `, changed since: it had ${before} pictures` : "";
  return {
    source,
    dataset,
    name: name + changed,
    classOf: matched(dataset, trained, data ?? trained.options.data ?? dataset.name),
  };
}

function findSource(data: string, { classes, options: { resize } }: TrainedRun): FoundSource {
  const found = checkFolder(data, classes);
  if (found.kind === "npy") return { source: found };
  const { listing, ...folder } = found;
  // Nothing is learnt from it: all that is there may be judged.
  return { source: { ...folder, share: 1, seed: 0, resize }, listing };
}

/** @throws HeadlightError (2) that names the class which the run does not know */
function matched({ classes }: Dataset, { classes: known, run }: TrainedRun, data: string): number[] {
  const labels = match(classes, known);
  const stray = labels.indexOf(-1);
  if (stray < 0) return labels;
  const list = known.slice(0, 12).join(", ") + (known.length > 12 ? ", …" : "");
  throw new HeadlightError(
    `--data ${data}: run ${run.id} knows no class ${classes[stray]} (${basename(data)}); it knows ${list}`,
  );
}

/**
 * By name. Where the data set has numbers for names: by number if the run's classes are numbers too (`01` is 1), else by
 * place if there are as many of them. Numbers have no other order than their own: as names they sort 0, 1, 10, 2.
 */
export function match(classes: readonly string[], known: readonly string[]): number[] {
  const names = known.map(classNamed);
  const byName = classes.map((name) => names.indexOf(classNamed(name)));
  if (!byName.includes(-1)) return byName;
  if (classes.every(isNumber) && known.every(isNumber)) {
    return classes.map((name) => known.findIndex((one) => Number(one) === Number(name)));
  }
  const numbered = classes.length === known.length && classes.every((name, label) => name === String(label));
  return numbered ? classes.map((_, label) => label) : byName;
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}
