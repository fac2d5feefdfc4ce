/** What a report says about the data of a run. Pure. */
import { count, counted, named } from "../../counted.ts";
import type { BrokenImage } from "../../data/dataset/dataset.ts";
import { partName } from "../../data/images/part_names.ts";
import { percent } from "../../dashboard/text/formats.ts";
import type { RunStory } from "../../dashboard/summary/run_card.ts";
import type { PerClass } from "../../events.ts";
import type { RunConfig } from "../../run/folder/run_config.ts";
import type { RunImages } from "../../run/folder/run_images.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { shownName, stripControl } from "../../text.ts";
import type { ClassCount, DataPart, Fact } from "./report.ts";

export interface DataFacts {
  readonly story: Pick<RunStory, "overview" | "config">;
  readonly state: Pick<RunState, "facts">;
  /** The run's list of its validation images; null if it has none. */
  readonly images: Pick<RunImages, "validation"> | null;
  /** The validation images that could not be decoded now; null if none were read. */
  readonly broken: readonly BrokenImage[] | null;
}

/** The maximum number of broken images that are named. */
const BROKEN_NAMED = 10;

/** Returns the data set, how it was split, the images of each class, and which images are broken. */
export function dataPart({ story: { overview, config }, state: { facts }, images, broken }: DataFacts): DataPart {
  const name = config?.resolved?.data_name ?? facts?.dataset.name ?? overview.data;
  const folder = config?.resolved?.data["folder"];
  const classes = classCounts(overview.classes, config?.resolved?.per_class);
  const [train, validation] = classes.length > 0
    ? [sumOf(classes.map((one) => one.train)), sumOf(classes.map((one) => one.validation))]
    : [facts?.dataset.train ?? null, facts?.dataset.validation ?? null];
  const split = config === null ? null : splitText(config, images);
  return {
    facts: [
      { name: "Data set", text: stripControl(name ?? "not known") },
      ...(typeof folder === "string" ? [{ name: "Folder", text: stripControl(folder) }] : []),
      ...(train === null || validation === null ? [] : [imagesFact(train, validation)]),
      ...(split === null ? [] : [{ name: "Split", text: split }]),
    ],
    classes,
    broken: [...leftOutTexts(classes), ...(broken === null || broken.length === 0 ? [] : [namedText(broken)])],
  };
}

function imagesFact(train: number, validation: number): Fact {
  return { name: "Images", text: `${count(train)} for training, ${count(validation)} for validation` };
}

function classCounts(classes: RunStory["overview"]["classes"], found: PerClass | undefined): ClassCount[] {
  return (classes ?? []).map(({ name, train, validation }, label) => {
    const all = found === undefined ? null : (found.train[label] ?? 0) + (found.validation[label] ?? 0);
    return {
      name: shownName(name),
      train,
      validation,
      broken: all === null ? null : Math.max(0, all - train - validation),
    };
  });
}

/** Returns how the images were divided into those for training and those for validation. */
function splitText({ options, resolved }: RunConfig, images: DataFacts["images"]): string | null {
  if (resolved === null) return null;
  switch (resolved.data["kind"]) {
    case "npy":
      return "The data set has arrays of its own for training and for validation.";
    case "demo":
      return "The built-in data set has fixed images for training and for validation.";
    default:
      return ofFolder(options, resolved.classes, images);
  }
}

function ofFolder(
  { validation_split: share, seed }: RunConfig["options"],
  classes: readonly string[],
  images: DataFacts["images"],
): string {
  const drawn = `${percent(share)} of each class, drawn at random with seed ${seed}, are for validation.`;
  const [first] = images?.validation ?? [];
  if (first === undefined) return `If the folder has no images for validation of its own: ${drawn}`;
  const folders = first.path.split("/").slice(0, -1);
  const above = folders.slice(0, Math.max(0, folders.indexOf(classes[first.class] ?? "")));
  return above.some((folder) => partName(folder)?.role === "validation")
    ? "The data set has a folder of its own for validation."
    : drawn;
}

function leftOutTexts(classes: readonly ClassCount[]): string[] {
  if (classes.length === 0 || classes.every(({ broken }) => broken === null)) return [];
  const all = sumOf(classes.map(({ broken }) => broken ?? 0));
  if (all === 0) return ["All images could be decoded."];
  return [
    `${counted(all, "image", "images")} could not be decoded and ${all === 1 ? "was" : "were"} left out of the run.`,
  ];
}

function namedText(broken: readonly BrokenImage[]): string {
  const names = broken.map(({ path, reason }) => stripControl(`${path} (${reason})`));
  return `Validation images that cannot be decoded: ${named(names, BROKEN_NAMED)}.`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
