/** Which images `predict --copy-to` copies to where. Pure. */
import { basename, extname, join } from "node:path";
import { valueOf } from "../../at.ts";

/** An image and the class that was predicted for it. */
export interface SortedImage {
  /** Absolute. */
  readonly path: string;
  readonly class: string;
}

/** What the plan depends on. */
export interface Disk {
  /** Returns whether there is anything at a path. */
  isThere(path: string): boolean;
  /** Returns whether two files have the same content. */
  isSame(one: string, other: string): boolean;
}

export interface PlannedCopy {
  readonly source: string;
  readonly class: string;
  /** The absolute path of the class's folder. */
  readonly folder: string;
  /** The source's file name. */
  readonly name: string;
  /** The number that the copy's name gets, see `numberedName`. */
  readonly number: number;
  /**
   * Why it is not copied: the folder has this very file already, or one of the same name and content is copied before
   * it. Null for one that is copied.
   */
  readonly skippedBecause: "there" | "duplicate" | null;
}

/**
 * Plans a copy of each image. A name that another image or file has gets the next free number. A file with the same
 * content under this name is not copied again.
 *
 * @param folders the name of the folder for each class
 * @param to the absolute path of the folder that contains these folders
 */
export function planCopies(
  images: readonly SortedImage[],
  folders: ReadonlyMap<string, string>,
  to: string,
  disk: Disk,
): PlannedCopy[] {
  /** The source of each planned copy, by its path in lower case, because some file systems ignore case. */
  const planned = new Map<string, string>();
  return images.map(({ path: source, class: name }) => {
    const place = { source, class: name, folder: join(to, valueOf(folders, name)), name: basename(source) };
    for (let number = 1;; number++) {
      const target = join(place.folder, numberedName(place.name, number));
      const key = target.normalize("NFC").toLowerCase();
      const earlier = planned.get(key);
      if (earlier === undefined && !disk.isThere(target)) {
        planned.set(key, source);
        return { ...place, number, skippedBecause: null };
      }
      if (disk.isSame(source, earlier ?? target)) {
        return { ...place, number, skippedBecause: earlier === undefined ? "there" : "duplicate" };
      }
    }
  });
}

/** The maximum number of bytes of a file name. */
const MOST_BYTES = 255;

/** Returns `photo.jpg` for the number 1 and `photo (2).jpg` for the number 2. A name that is too long is cut. */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const extension = extname(name);
  const end = ` (${number})${extension}`;
  let stem = name.slice(0, name.length - extension.length);
  while (stem !== "" && bytesOf(stem + end) > MOST_BYTES) stem = [...stem].slice(0, -1).join("");
  return stem + end;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

export interface ClassCount {
  readonly class: string;
  /** The name of the class's folder. */
  readonly folder: string;
  /** The number of images to copy. */
  readonly images: number;
  /** How many of these get another name, because theirs is taken. */
  readonly renamed: number;
  /** The number of images that are there already. */
  readonly there: number;
  /** The number of images that are copied under the same name already. */
  readonly duplicates: number;
}

/** Returns how many images go where, in the order of the classes. Classes without images are left out. */
export function countCopies(plan: readonly PlannedCopy[], folders: ReadonlyMap<string, string>): ClassCount[] {
  const byClass = Map.groupBy(plan, (copy) => copy.class);
  return [...folders].flatMap(([name, folder]) => {
    const copies = byClass.get(name) ?? [];
    if (copies.length === 0) return [];
    const howMany = (is: (copy: PlannedCopy) => boolean) => copies.filter(is).length;
    return [{
      class: name,
      folder,
      images: howMany(({ skippedBecause }) => skippedBecause === null),
      renamed: howMany(({ skippedBecause, number }) => skippedBecause === null && number > 1),
      there: howMany(({ skippedBecause }) => skippedBecause === "there"),
      duplicates: howMany(({ skippedBecause }) => skippedBecause === "duplicate"),
    }];
  });
}
