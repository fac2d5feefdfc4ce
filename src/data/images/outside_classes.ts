/** The error for images that are not in class folders, with an example made from the person's own file names. */
import { basename, join } from "node:path";
import { counted } from "../../counted.ts";
import type { ImageTree } from "./tree.ts";

/**
 * The maximum number of different first words at which file names are assumed to start with the class, as in cat.1.jpg.
 */
const MOST_CLASSES = 100;

/**
 * Returns the error text for folders that contain images but no class folders.
 * @param folders paths relative to the tree's root
 */
export function imagesOutsideClasses(tree: ImageTree, folders: readonly string[]): string {
  const images = folders.flatMap((folder) => tree.at(folder).images);
  const where = folders.map((folder) => (folder === "" ? "this folder" : `${folder}/`)).join(" and ");
  const [folder = ""] = folders;
  const example = classFoldersFor(tree.at(folder).images.toSorted()).map((path) => join(folder, path)).join(", ");
  const are = counted(images.length, "image is not in a class folder", "images are not in class folders");
  return `${are} but directly in ${where}. Make a folder for each class and move the images there, for example ${example}`;
}

/** Returns two example paths that show where images would be in class folders. */
export function classFoldersFor(images: readonly string[]): string[] {
  const names = images.map((path) => basename(path));
  const byWord = Map.groupBy(names, (name) => /^\p{L}+/u.exec(name)?.[0] ?? "");
  const tells = byWord.size > 1 && byWord.size <= MOST_CLASSES && !byWord.has("") &&
    [...byWord.values()].every((same) => same.length > 1);
  if (tells) return [...byWord].slice(0, 2).map(([word, [name = ""]]) => `${word}/${name}`);
  const [one = "1.jpg", other = "2.jpg"] = names;
  return [`cat/${one}`, `dog/${other}`];
}
