/** Finds out which folders of a data set are classes and which are parts (training, validation). */
import { basename } from "node:path";
import { at } from "../../at.ts";
import { HeadlightError } from "../../errors.ts";
import { className, classNamed } from "./class_name.ts";
import { imagesOutsideClasses } from "./outside_classes.ts";
import { type PartName, partName } from "./part_names.ts";
import type { ClassPlace, Places } from "./places.ts";
import type { Remarks } from "./remarks.ts";
import type { ImageTree } from "./tree.ts";

export interface FoundClasses {
  readonly places: Places;
  /** The folders that contain the class folders, and all folders above them. */
  readonly containers: readonly string[];
}

/**
 * Finds the class folders. If all images of a folder are in a single subfolder, that subfolder is used instead. A
 * folder is a part if it has a part's name and contains class folders. A folder that directly contains images is a
 * class, whatever its name.
 *
 * @param known the classes of the run that judges the images, if the images are only judged and not used for training
 * @throws HeadlightError (2) if a folder cannot be read, or it is not clear which folders are the classes
 */
export function findClasses(tree: ImageTree, remarks: Remarks, known?: readonly string[]): FoundClasses {
  const classNames = new Set(known?.map(classNamed));
  const isClass = (folder: string) => classNames.has(className(folder));
  const containers: string[] = [];
  let within = "";
  for (;;) {
    containers.push(within);
    const found = partsIn(within);
    if (found) return found;
    const only = onlyFolder(tree, within);
    if (only === null || isClass(only) || !branches(tree, only)) break;
    remarks.withoutImages(tree, besides(within, only));
    within = only;
  }
  remarks.wentDown("", within);
  const { folders } = tree.at(within);
  const parts = namedParts(folders.filter((folder) => !isClass(folder))).map(({ folder }) => folder);
  const withImages = folders.filter((folder) => tree.hasImages(folder));
  const unlike = withImages.filter((folder) => !parts.includes(folder));
  if (withImages.length > 0 && unlike.length === 0) {
    throw new HeadlightError(`${tree.root}: ${imagesOutsideClasses(tree, withImages)}`);
  }
  remarks.classesCalledParts(withImages.filter((folder) => parts.includes(folder)));
  return { places: { train: { within, folders }, validation: null }, containers };

  function besides(within: string, only: string): string[] {
    return tree.at(within).folders.filter((folder) => folder !== only);
  }

  /** Returns the parts among the subfolders of a folder, or null if the subfolders are classes. */
  function partsIn(within: string): FoundClasses | null {
    const { folders } = tree.at(within);
    const named = namedParts(folders.filter((folder) => !isClass(folder)));
    const parts = named.filter(({ folder }) => foldersWithImages(tree, folder).length > 0);
    const train = first(parts, "train");
    const validation = first(parts, "validation");
    const others = folders.filter((folder) => !named.some((part) => part.folder === folder) && tree.hasImages(folder));
    if (train && validation) return taken(within, train.folder, validation.folder);
    if (train && (others.length === 0 || isLikelyPart(train.folder))) return taken(within, train.folder, null);
    if (train || !validation || onlyFolder(tree, within) !== null) return null;
    if (others.length > 0) return besideClasses(within, others, validation.folder);
    if (known) return taken(within, validation.folder, null);
    const there = parts.map(({ folder }) => `${folder}/`).join(" and ");
    const which = parts.length === 1 ? "it" : "one of them";
    throw new HeadlightError(`${tree.root} has ${there}, but no folder of training images. Rename ${which} to train.`);
  }

  /** Returns whether a folder called train, beside other folders that may be classes, looks like a part. */
  function isLikelyPart(folder: string): boolean {
    return tree.at(folder).images.length === 0 && foldersWithImages(tree, folder).length > 1;
  }

  function taken(within: string, train: string, validation: string | null): FoundClasses {
    const place = (part: string): ClassPlace => {
      const chain = chainTo(tree, part);
      containers.push(...chain);
      chain.slice(1).forEach((only, place) => remarks.withoutImages(tree, besides(at(chain, place), only)));
      const [last = part] = chain.slice(-1);
      remarks.wentDown(part, last);
      return { within: last, folders: tree.at(last).folders };
    };
    remarks.wentDown("", within);
    const places = { train: place(train), validation: validation === null ? null : place(validation) };
    remarks.aside(tree, tree.at(within).folders.filter((folder) => folder !== train && folder !== validation), places);
    return { places, containers };
  }

  /**
   * Handles `<class>/…` beside `test/<class>/…`. Returns null if the part has classes that neither are beside it nor
   * are known.
   */
  function besideClasses(within: string, others: readonly string[], part: string): FoundClasses | null {
    const names = new Set(others.map(className));
    if (!foldersWithImages(tree, part).every((folder) => names.has(className(folder)) || isClass(folder))) {
      return null;
    }
    containers.push(part);
    const folders = tree.at(within).folders;
    const places = {
      train: { within, folders: others },
      validation: { within: part, folders: tree.at(part).folders },
    };
    remarks.wentDown("", within);
    remarks.partBesideClasses(part);
    remarks.aside(tree, folders.filter((folder) => folder !== part && !others.includes(folder)), places);
    return { places, containers };
  }
}

interface NamedPart extends PartName {
  readonly folder: string;
}

/**
 * Returns the folders that have a part's name. A name with a prefix counts only beside another part with the same
 * prefix.
 */
function namedParts(folders: readonly string[]): NamedPart[] {
  const all = folders.flatMap((folder) => {
    const name = partName(basename(folder));
    return name === null ? [] : [{ ...name, folder }];
  });
  return all.filter(({ prefix, role }) =>
    prefix === "" || all.some((other) => other.prefix === prefix && other.role !== role)
  );
}

function first(parts: readonly NamedPart[], role: PartName["role"]): NamedPart | undefined {
  return parts.filter((part) => part.role === role).sort((one, other) => one.rank - other.rank)[0];
}

function foldersWithImages(tree: ImageTree, folder: string): string[] {
  return tree.look(chainTo(tree, folder).at(-1) ?? folder).folders.filter((inner) => tree.hasImages(inner));
}

/**
 * Returns the folder and then, as long as all images are in a single subfolder with several folders below it, that
 * subfolder.
 */
function chainTo(tree: ImageTree, folder: string): string[] {
  const chain = [folder];
  for (let only = onlyFolder(tree, folder); only !== null && branches(tree, only); only = onlyFolder(tree, only)) {
    chain.push(only);
  }
  return chain;
}

/** Returns the only subfolder that has images, if no images are beside it; null if there are none or several. */
function onlyFolder(tree: ImageTree, within: string): string | null {
  const { folders, images } = tree.look(within);
  const [only, second] = folders.length === 1 ? folders : folders.filter((folder) => tree.hasImages(folder));
  return only !== undefined && second === undefined && images.length === 0 ? only : null;
}

/** Returns whether a folder, or the chain of single subfolders below it, has several folders of images. */
function branches(tree: ImageTree, folder: string): boolean {
  for (let next: string | null = folder; next !== null; next = onlyFolder(tree, next)) {
    if (tree.look(next).folders.filter((inner) => tree.hasImages(inner)).length > 1) return true;
  }
  return false;
}
