/** What there is to say of a data set's folder: what is left out, and what folders were taken for. One line each. */
import { basename, join } from "node:path";
import { shellWord } from "../../shell.ts";
import { stripControl } from "../../text.ts";
import { className, looseName, originalName } from "./class_name.ts";
import { count, named } from "../../counted.ts";
import { partName } from "./part_names.ts";
import type { Places } from "./places.ts";
import type { FilesBelow, ImageTree, Unusable } from "./tree.ts";

/** Returns the remedy for names that cannot be opened. */
export function renaming(root: string): string {
  return `Rename, for example with: convmv -r -f latin1 -t utf8 --notest ${shellWord(root)}`;
}

export class Remarks {
  readonly #notices: string[] = [];
  readonly #remarks: string[] = [];
  readonly #unusable: Unusable[] = [];
  readonly #hidden: string[] = [];

  /**
   * @param root the data set's folder, absolute
   * @param judged the images are judged and not learned from
   */
  constructor(private readonly root: string, private readonly judged: boolean) {}

  /** Returns all lines: those that must be seen as long as a run lasts, and the others. */
  texts(): { notices: string[]; remarks: string[] } {
    this.#sayUnusable();
    return { notices: this.#notices.map(stripControl), remarks: this.#remarks.map(stripControl) };
  }

  /** Files that are used in no way. */
  leftOut({ unusable, hidden }: Pick<FilesBelow, "unusable" | "hidden">): void {
    // Not with a spread: there may be more than a call may have arguments.
    for (const one of unusable) this.#unusable.push(one);
    for (const one of hidden) this.#hidden.push(one);
  }

  /** Images that lie beside the class folders. */
  loose(images: readonly string[]): void {
    if (images.length === 0) return;
    const [them, are] = images.length === 1 ? ["it", "is"] : ["them", "are"];
    this.#notices.push(
      `${count(images.length, "image", "images")} beside the class folders ${are} left out (${
        named(images.toSorted())
      }). ` +
        `Move ${them} into a class folder to use ${them}.`,
    );
  }

  /** The class folders lie further down, with nothing beside them. */
  wentDown(from: string, to: string): void {
    if (from === to) return;
    const where = from === "" ? this.root : from;
    this.#remarks.push(`All images in ${where} are in ${to}/, which is taken in its place.`);
  }

  /** Folders where classes lie that have no image. */
  emptyFolders(folders: readonly { readonly folder: string; readonly others: number }[]): void {
    if (folders.length === 0) return;
    const what = folders.map(({ folder, others }) => `${folder}/${otherFiles(others)}`);
    this.#notices.push(
      folders.length === 1
        ? `${what[0]} has no images and is left out.`
        : `${folders.length} folders have no images and are left out: ${named(what)}.`,
    );
  }

  /** Folders that differ only in Unicode form. */
  oneClass(folders: readonly string[]): void {
    this.#remarks.push(`${folders.join(" and ")} are one class: their names differ only in Unicode form.`);
  }

  /** Classes whose names are nearly the same. */
  nearlyOne(names: readonly string[]): void {
    if (this.judged) return;
    const groups = [...Map.groupBy(names, originalName).values()].filter(meansOne);
    if (groups.length === 0) return;
    // In quotes: a space at the end of a name is not to be seen without.
    const texts = groups.map((alike) => alike.map((name) => `"${name}"`).join(" and "));
    this.#notices.push(
      `${named(texts)} are classes of their own. If they mean the same, put their images into one folder.`,
    );
  }

  /** Class folders that are called like parts. */
  classesCalledParts(folders: readonly string[]): void {
    if (folders.length === 0) return;
    const is = folders.length === 1 ? "is taken for a class, like the folders beside it" : "are taken for classes";
    this.#notices.push(`${slashed(folders)} ${is}: a part of a data set has a folder for each class.`);
  }

  /** A part for validation that lies beside the class folders. */
  partBesideClasses(part: string): void {
    this.#notices.push(
      `${part}/ is taken for the validation set, and the folders beside it for classes to learn from.`,
    );
  }

  /** Folders without images, beside the one folder that has them. */
  withoutImages(tree: ImageTree, folders: readonly string[]): void {
    for (const folder of folders) {
      const found = this.#below(tree, folder);
      this.leftOut(found);
      this.#remarks.push(`${folder}/ has no images and is left out${otherFiles(found.others.length)}.`);
    }
  }

  #below(tree: ImageTree, folder: string): FilesBelow {
    return tree.filesBelow(folder, ({ path, reason }) => this.#remarks.push(`${path}/ is left out: ${reason}`));
  }

  /** Folders that are neither parts nor classes. */
  aside(tree: ImageTree, folders: readonly string[], { train, validation }: Places): void {
    const classes = classNames(train.folders);
    const leftOut: string[] = [];
    let imagesLeftOut = 0;
    const hints: string[] = [];
    let likeClass = false;
    for (const folder of folders) {
      const found = this.#below(tree, folder);
      const inner = tree.look(folder).folders.filter((path) => tree.hasImages(path));
      if (found.images.length === 0) {
        this.withoutImages(tree, [folder]);
      } else if (validation && inner.length > 0 && partName(basename(folder))?.role === "validation") {
        const evaluate = `deno task evaluate --data ${shellWord(join(this.root, folder))}`;
        const images = count(found.images.length, "image", "images");
        this.#remarks.push(
          `${folder}/ (${images}) is left out, since ${validation.within}/ is the validation set. For its figures: ${evaluate}`,
        );
      } else {
        const images = count(found.images.length, "image", "images");
        imagesLeftOut += found.images.length;
        likeClass ||= partName(basename(folder)) === null;
        leftOut.push(`${folder}/ (${images}${inner.length === 0 ? ", no class folders" : ""})`);
        if (!validation && inner.length > 0 && classNames(inner).join() === classes.join()) {
          hints.push(` If ${folder}/ is the validation set, rename it to val.`);
        }
      }
    }
    if (leftOut.length === 0) return;
    const beside = slashed(validation ? [train.within, validation.within] : [train.within]);
    if (hints.length === 0 && !validation && likeClass) {
      hints.push(` If ${train.within}/ is a class too, give it another name.`);
    }
    const [hint = ""] = this.judged ? [] : hints;
    this.#notices.push(
      leftOut.length === 1
        ? `${leftOut[0]} is left out beside ${beside}.${hint}`
        : `${leftOut.length} folders with ${imagesLeftOut} images are left out beside ${beside}: ` +
          `${named(leftOut)}${hint === "" ? "" : `;${hint}`}`,
    );
  }

  /** Classes that are made of folders which may be meant for the classes. */
  twoLevels(tree: ImageTree, { train: { folders } }: Places): void {
    const inner = folders.map((folder) => {
      const { images, folders } = tree.look(folder);
      return images.length > 0 ? [] : folders.filter((path) => tree.hasImages(path));
    });
    if (this.judged || folders.length < 2 || inner.some((folders) => folders.length < 2)) return;
    const below = [...new Set(inner.flat().map(className))];
    this.#notices.push(
      `The classes are ${named(folders.map(className))}: the folders in them (${named(below)}) are not told apart. ` +
        `If those are the classes, move them up, or name one folder with --data.`,
    );
  }

  #sayUnusable(): void {
    const of = (why: Unusable["why"]) => this.#unusable.filter((one) => one.why === why).map(({ path }) => path).sort();
    const dangling = of("dangling");
    if (dangling.length > 0) {
      const what = dangling.length === 1
        ? "1 link leads nowhere and is"
        : `${dangling.length} links lead nowhere and are`;
      this.#notices.push(`${what} left out: ${named(dangling)}`);
    }
    const garbled = of("encoding");
    if (garbled.length > 0) {
      const what = garbled.length === 1
        ? "1 name that is not UTF-8 is"
        : `${garbled.length} names that are not UTF-8 are`;
      this.#notices.push(`${what} left out (${named(garbled)}). ${renaming(this.root)}`);
    }
    const loops = of("loop");
    if (loops.length > 0) {
      const what = loops.length === 1
        ? "1 link leads back to a folder around it and is"
        : `${loops.length} links lead back to folders around them and are`;
      this.#remarks.push(`${what} not followed: ${named(loops)}`);
    }
    if (this.#hidden.length > 0) {
      const what = this.#hidden.length === 1 ? "1 hidden image is" : `${this.#hidden.length} hidden images are`;
      this.#remarks.push(`${what} left out: ${named(this.#hidden.toSorted())}`);
    }
  }
}

/** Copies alone, such as "Grade (1)" and "Grade (2)", may be what they say. */
function meansOne(names: readonly string[]): boolean {
  return new Set(names.map(looseName)).size < names.length ||
    (names.length > 1 && names.some((name) => looseName(name) === originalName(name)));
}

function otherFiles(number: number): string {
  return number === 0 ? "" : ` (${count(number, "other file", "other files")})`;
}

function classNames(folders: readonly string[]): string[] {
  return folders.map(className).sort();
}

function slashed(folders: readonly string[]): string {
  return folders.map((folder) => `${folder}/`).join(" and ");
}
