/** Images that lie in no class folder: what is expected instead, with an example from the person's own names. */
import { basename, join } from "node:path";
import { count } from "../../counted.ts";
import type { ImageTree } from "./tree.ts";

/** Names that begin with one of a few words are likely called after their classes, as in cat.1.jpg, dog.1.jpg. */
const MOST_CLASSES = 100;

/** Returns the line for folders that hold images, but no class folders. @param folders from the tree's root on */
export function lyingFlat(tree: ImageTree, folders: readonly string[]): string {
  const images = folders.flatMap((folder) => tree.at(folder).images);
  const where = folders.map((folder) => (folder === "" ? "it" : `${folder}/`)).join(" and ");
  const [folder = ""] = folders;
  const example = classFoldersFor(tree.at(folder).images.toSorted()).map((path) => join(folder, path)).join(", ");
  return `${count(images.length, "image lies", "images lie")} directly in ${where}, without class ` +
    `folders. Make a folder for each class and move the images there, for example ${example}`;
}

/** Returns two paths at which some images would lie in class folders. */
export function classFoldersFor(images: readonly string[]): string[] {
  const names = images.map((path) => basename(path));
  const byWord = Map.groupBy(names, (name) => /^\p{L}+/u.exec(name)?.[0] ?? "");
  const tells = byWord.size > 1 && byWord.size <= MOST_CLASSES && !byWord.has("") &&
    [...byWord.values()].every((same) => same.length > 1);
  if (tells) return [...byWord].slice(0, 2).map(([word, [name = ""]]) => `${word}/${name}`);
  const [one = "1.jpg", other = "2.jpg"] = names;
  return [`cat/${one}`, `dog/${other}`];
}
