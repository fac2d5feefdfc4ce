/** Lists the images in a folder by class. Opens only files whose names have no extension. */
import { HeadlightError } from "../../errors.ts";
import { className } from "./class_name.ts";
import { findClasses } from "./find_classes.ts";
import type { ClassFiles, FolderListing } from "./folder_listing.ts";
import type { Places } from "./places.ts";
import { Remarks, renaming } from "./remarks.ts";
import { type FilesBelow, type FolderContent, ImageTree } from "./tree.ts";

/**
 * Returns the contents of a data set's folder.
 *
 * @param known the classes of the run that judges the images: a folder with one of these names is a class, even if it
 * is also the name of a part
 * @throws HeadlightError (2) if a folder cannot be read, or it is not clear which folders are the classes
 */
export function listImages(
  folder: string,
  tree: ImageTree = new ImageTree(folder),
  known?: readonly string[],
): FolderListing {
  const remarks = new Remarks(folder, known !== undefined);
  const { places, containers } = findClasses(tree, remarks, known);
  const others: string[] = [];
  const note = (found: Omit<FilesBelow, "images">) => {
    for (const other of found.others) others.push(other);
    remarks.leftOut(found);
  };
  for (const path of containers) note(tree.at(path));
  remarks.loose(containers.flatMap((path) => tree.at(path).images));
  const classes = (within: string, folders: readonly string[]): ListedClass[] => {
    refuseGarbledClass(folder, tree.at(within));
    return classesOf(tree, folders, remarks, note);
  };
  const layout = withoutEmpty(layoutOf(places, classes), remarks);
  remarks.nearlyOne((layout.kind === "classes" ? layout.all : layout.train).map(({ name }) => name));
  remarks.twoLevels(tree, places);
  return { layout, others, ...remarks.texts() };
}

function layoutOf(
  places: Places,
  classes: (within: string, folders: readonly string[]) => ListedClass[],
): Listed {
  const train = classes(places.train.within, places.train.folders);
  if (!places.validation) return { kind: "classes", all: train };
  const { within, folders } = places.validation;
  const validation = classes(within, folders);
  return { kind: "parts", train, validation, folders: { train: places.train.within, validation: within } };
}

/** A class as it was found. It may have no images. */
interface ListedClass extends ClassFiles {
  readonly folders: readonly string[];
  /** The number of files that are not images. */
  readonly others: number;
}

type Listed =
  | { readonly kind: "classes"; readonly all: readonly ListedClass[] }
  | {
    readonly kind: "parts";
    readonly train: readonly ListedClass[];
    readonly validation: readonly ListedClass[];
    readonly folders: { readonly train: string; readonly validation: string };
  };

/** Leaves out classes that have no image in any part. */
function withoutEmpty(listed: Listed, remarks: Remarks): FolderListing["layout"] {
  const lists = listed.kind === "classes" ? [listed.all] : [listed.train, listed.validation];
  const used = new Set(lists.flat().filter(({ paths }) => paths.length > 0).map(({ name }) => name));
  remarks.emptyFolders(
    lists.flat().filter(({ name }) => !used.has(name))
      .flatMap(({ folders, others }) => folders.map((folder) => ({ folder, others }))),
  );
  const kept = (list: readonly ListedClass[]): ClassFiles[] =>
    list.filter(({ name }) => used.has(name)).map(({ name, paths }) => ({ name, paths }));
  if (listed.kind === "classes") return { kind: listed.kind, all: kept(listed.all) };
  return { ...listed, train: kept(listed.train), validation: kept(listed.validation) };
}

/** Returns the classes, sorted as Keras sorts them. */
function classesOf(
  tree: ImageTree,
  folders: readonly string[],
  remarks: Remarks,
  note: (found: FilesBelow) => void,
): ListedClass[] {
  const byName = Map.groupBy(folders, className);
  return [...byName].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, same]) => {
    if (same.length > 1) remarks.oneClass(same);
    const found = same.map((folder) => tree.filesBelow(folder));
    found.forEach(note);
    return {
      name,
      paths: found.length === 1 ? found.flatMap(({ images }) => images) : joined(found),
      folders: same,
      others: found.reduce((sum, { others }) => sum + others.length, 0),
    };
  });
}

function joined(found: readonly FilesBelow[]): string[] {
  return found.flatMap(({ images }) => images).sort();
}

/** Rejects a class folder whose name cannot be opened: leaving out a class would silently make another data set. */
function refuseGarbledClass(root: string, { unusable }: FolderContent): void {
  const [garbled] = unusable.filter(({ why, isFolder }) => why === "encoding" && isFolder);
  if (!garbled) return;
  throw new HeadlightError(
    `${root}: the name of the class folder ${garbled.path} is not UTF-8, so it cannot be opened. ${renaming(root)}`,
  );
}

/** The files that `predict` finds below a folder. */
export interface FoundFiles extends FilesBelow {
  /** Folders that cannot be read. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** Returns all files below a folder, at any depth, as paths relative to it. The images are sorted. */
export function listFiles(folder: string): FoundFiles {
  const unreadable: { path: string; reason: string }[] = [];
  return { ...new ImageTree(folder).filesBelow("", (one) => unreadable.push(one)), unreadable };
}
