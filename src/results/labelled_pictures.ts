/** Which pictures a run's classifier is judged by, and what its classes call them. */
import { basename } from "node:path";
import type { Resize } from "../config.ts";
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
  const { source, listing }: FoundSource = data === undefined
    ? { source: trained.source }
    : findSource(data, trained.options.resize);
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
    classOf: match(dataset, trained, data ?? trained.options.data ?? dataset.name),
  };
}

function findSource(data: string, resize: Resize): FoundSource {
  const found = checkFolder(data);
  if (found.kind === "npy") return { source: found };
  const { listing, ...folder } = found;
  // Nothing is learnt from it: all that is there may be judged.
  return { source: { ...folder, share: 1, seed: 0, resize }, listing };
}

/** By name; by number where the data set has numbers for names and as many of them as the run has classes. */
function match({ classes }: Dataset, { classes: known, run }: TrainedRun, data: string): number[] {
  const numbered = classes.length === known.length && classes.every((name, label) => name === String(label));
  if (numbered) return classes.map((_, label) => label);
  return classes.map((name) => {
    const label = known.indexOf(name);
    if (label >= 0) return label;
    const list = known.slice(0, 12).join(", ") + (known.length > 12 ? ", …" : "");
    throw new HeadlightError(
      `--data ${data}: run ${run.id} knows no class ${name} (${basename(data)}); it knows ${list}`,
    );
  });
}
