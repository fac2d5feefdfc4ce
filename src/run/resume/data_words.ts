/** The words for how a run's data differ from those that it was begun with. */
import { count, counted, named } from "../../counted.ts";
import { stripControl } from "../../text.ts";
import type { RunImages } from "../folder/run_images.ts";

/** The number of images of both parts. */
export interface PartCounts {
  readonly train: number;
  readonly validation: number;
}

/**
 * Returns how the classes differ.
 * @param was the names of the classes in their order, which differ from `now`
 */
export function classesWords(was: readonly string[], now: readonly string[]): string {
  if (was.length !== now.length) {
    const [gone, added] = [was.filter((name) => !now.includes(name)), now.filter((name) => !was.includes(name))];
    const names = [...listed("missing", gone), ...listed("new", added)];
    return [`${was.length} classes, now ${now.length}`, ...names].join("; ");
  }
  const index = was.findIndex((name, place) => name !== now[place]);
  return `class ${index} was ${quoted(was[index])}, now ${quoted(now[index])}`;
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${few(names.map(quoted))}`];
}

/**
 * Returns how the numbers of images differ.
 * @param validation how the validation images differ, if it is known by name
 */
export function countsWords(was: PartCounts, now: PartCounts, validation: string | null): string {
  const parts = [
    ...(was.train === now.train
      ? []
      : [`${counted(was.train, "training image", "training images")}, now ${count(now.train)}`]),
    ...(was.validation === now.validation ? [] : [
      validation ?? `${counted(was.validation, "validation image", "validation images")}, now ${count(now.validation)}`,
    ]),
  ];
  return parts.join("; ");
}

/** Returns which validation images are missing or new, or null if none are. */
export function validationWords(was: readonly string[], now: readonly string[]): string | null {
  const [before, after] = [new Set(was), new Set(now)];
  const gone = was.filter((path) => !after.has(path));
  const added = now.filter((path) => !before.has(path));
  const parts = [
    ...(gone.length === 0
      ? []
      : [`${counted(gone.length, "validation image is", "validation images are")} missing: ${few(gone)}`]),
    ...(added.length === 0
      ? []
      : [`${counted(added.length, "validation image is", "validation images are")} new: ${few(added)}`]),
  ];
  return parts.length === 0 ? null : parts.join("; ");
}

/** Returns how two lists of images differ that are not the same. */
export function imagesWords(was: RunImages, now: RunImages): string {
  const images = new Map(now.validation.map((image) => [image.path, image]));
  const others = (key: "sha256" | "class") =>
    was.validation.filter((image) => (images.get(image.path) ?? image)[key] !== image[key]).map(({ path }) => path);
  const [content, label] = [others("sha256"), others("class")];
  const paths = ({ validation }: RunImages) => validation.map(({ path }) => path);
  const names = validationWords(paths(was), paths(now));
  const parts = [
    ...(names === null ? [] : [names]),
    ...(content.length === 0 ? [] : [haveAnother("content", content)]),
    ...(label.length === 0 ? [] : [haveAnother("class", label)]),
    ...trainingWords(was.trained_on, now.trained_on),
  ];
  return parts.length === 0 ? "the same images in another order" : parts.join("; ");
}

function haveAnother(what: string, paths: readonly string[]): string {
  return `${counted(paths.length, "validation image has", "validation images have")} another ${what}: ${few(paths)}`;
}

/** Of training images only marks of their content are known. */
function trainingWords(was: readonly string[], now: readonly string[]): string[] {
  const [gone, added] = [without(was, now), without(now, was)];
  const parts = [
    ...(gone === 0 ? [] : [`${counted(gone, "training image was", "training images were")} removed`]),
    ...(added === 0 ? [] : [
      gone === 0
        ? `${counted(added, "training image was", "training images were")} added`
        : `${counted(added, "was", "were")} added`,
    ]),
  ];
  return parts.length === 0 ? [] : [parts.join(" and ")];
}

/** Returns how many of `these` are not in `those`, where both may have the same one several times. */
function without(these: readonly string[], those: readonly string[]): number {
  const left = new Map<string, number>();
  for (const one of those) left.set(one, (left.get(one) ?? 0) + 1);
  return these.filter((one) => {
    const number = left.get(one) ?? 0;
    left.set(one, number - 1);
    return number <= 0;
  }).length;
}

function few(names: readonly string[]): string {
  return stripControl(named(names));
}

function quoted(name: string | undefined): string {
  return stripControl(JSON.stringify(name ?? ""));
}
