/**
 * Collects the lines that tell the person what was left out of a data set's folder and how its folders were
 * interpreted.
 */
import { basename, join } from "node:path";
import { shellWord } from "../../shell.ts";
import { stripControl } from "../../text.ts";
import { className, looseName, originalName } from "./class_name.ts";
import { count, counted, named } from "../../counted.ts";
import { partName } from "./part_names.ts";
import type { Places } from "./places.ts";
import type { FilesBelow, ImageTree, Unusable } from "./tree.ts";

/** Returns the remedy for file names that are not UTF-8. */
export function renaming(root: string): string {
  return `Rename, for example with: convmv -r -f latin1 -t utf8 --notest ${shellWord(root)}`;
}

export class Remarks {
  readonly #notices: string[] = [];
  readonly #remarks: string[] = [];
  readonly #unusable: Unusable[] = [];
  readonly #hidden: string[] = [];

  /**
   * @param root the absolute path of the data set's folder
   * @param judged whether the images are only judged and not used for training
   */
  constructor(private readonly root: string, private readonly judged: boolean) {}

  /** Returns all lines: notices to show during the whole run, and remarks to show once. */
  texts(): { notices: string[]; remarks: string[] } {
    this.#sayUnusable();
    return { notices: this.#notices.map(stripControl), remarks: this.#remarks.map(stripControl) };
  }

  /** Notes files that are not used. */
  leftOut({ unusable, hidden }: Pick<FilesBelow, "unusable" | "hidden">): void {
    // A spread would fail if there are more items than a call may have arguments.
    for (const one of unusable) this.#unusable.push(one);
    for (const one of hidden) this.#hidden.push(one);
  }

  /** Notes images beside the class folders. */
  loose(images: readonly string[]): void {
    if (images.length === 0) return;
    const [them, are] = images.length === 1 ? ["it", "is"] : ["them", "are"];
    this.#notices.push(
      `${counted(images.length, "image", "images")} beside the class folders ${are} left out (${
        named(images.toSorted())
      }). ` +
        `Move ${them} into a class folder to use ${them}.`,
    );
  }

  /** Notes that the class folders are further down, in a single subfolder. */
  wentDown(from: string, to: string): void {
    if (from === to) return;
    const where = from === "" ? this.root : from;
    this.#remarks.push(`All images in ${where} are in ${to}/, which is used instead.`);
  }

  /** Notes class folders without images. */
  emptyFolders(folders: readonly { readonly folder: string; readonly others: number }[]): void {
    if (folders.length === 0) return;
    const what = folders.map(({ folder, others }) => `${folder}/${otherFiles(others)}`);
    this.#notices.push(
      folders.length === 1
        ? `${what[0]} has no images and is left out.`
        : `${count(folders.length)} folders have no images and are left out: ${named(what)}.`,
    );
  }

  /** Notes folders whose names differ only in Unicode form. */
  oneClass(folders: readonly string[]): void {
    this.#remarks.push(
      `${folders.join(" and ")} are treated as one class, because their names differ only in Unicode form.`,
    );
  }

  /** Notes classes whose names are nearly the same. */
  nearlyOne(names: readonly string[]): void {
    if (this.judged) return;
    const groups = [...Map.groupBy(names, originalName).values()].filter(meansOne);
    if (groups.length === 0) return;
    // Quotes make a space at the end of a name visible.
    const texts = groups.map((alike) => alike.map((name) => `"${name}"`).join(" and "));
    this.#notices.push(
      `${named(texts)} are separate classes. If they mean the same, put their images into one folder.`,
    );
  }

  /** Notes class folders that have the name of a part. */
  classesCalledParts(folders: readonly string[]): void {
    if (folders.length === 0) return;
    const is = folders.length === 1 ? "is treated as a class, like the folders beside it" : "are treated as classes";
    this.#notices.push(`${slashed(folders)} ${is}. A part of a data set must contain a folder for each class.`);
  }

  /** Notes a validation part beside the class folders. */
  partBesideClasses(part: string): void {
    this.#notices.push(
      `${part}/ is used as the validation set, and the folders beside it as the classes to learn from.`,
    );
  }

  /** Notes folders without images beside the only folder that has some. */
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

  /** Notes folders that are neither parts nor classes. */
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
        const images = counted(found.images.length, "image", "images");
        this.#remarks.push(
          `${folder}/ (${images}) is left out, because ${validation.within}/ is the validation set. To evaluate a run on it: ${evaluate}`,
        );
      } else {
        const images = counted(found.images.length, "image", "images");
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
    const used = validation ? "are used" : "is used";
    if (hints.length === 0 && !validation && likeClass) {
      hints.push(` If ${train.within}/ is a class too, give it another name.`);
    }
    const [hint = ""] = this.judged ? [] : hints;
    this.#notices.push(
      leftOut.length === 1
        ? `${leftOut[0]} is left out, because only ${beside} ${used}.${hint}`
        : `${count(leftOut.length)} folders with ${
          counted(imagesLeftOut, "image", "images")
        } are left out, because only ${beside} ${used}: ` +
          `${named(leftOut)}.${hint}`,
    );
  }

  /** Notes classes whose subfolders may have been meant as the classes. */
  twoLevels(tree: ImageTree, { train: { folders } }: Places): void {
    const inner = folders.map((folder) => {
      const { images, folders } = tree.look(folder);
      return images.length > 0 ? [] : folders.filter((path) => tree.hasImages(path));
    });
    if (this.judged || folders.length < 2 || inner.some((folders) => folders.length < 2)) return;
    const below = [...new Set(inner.flat().map(className))];
    this.#notices.push(
      `The classes are ${named(folders.map(className))}. The folders in them (${
        named(below)
      }) are not separate classes. ` +
        `If they should be, move them up, or name one of the folders with --data.`,
    );
  }

  #sayUnusable(): void {
    const of = (why: Unusable["why"]) => this.#unusable.filter((one) => one.why === why).map(({ path }) => path).sort();
    const dangling = of("dangling");
    if (dangling.length > 0) {
      const what = counted(dangling.length, "broken link is", "broken links are");
      this.#notices.push(`${what} left out: ${named(dangling)}`);
    }
    const garbled = of("encoding");
    if (garbled.length > 0) {
      const what = counted(garbled.length, "name that is not UTF-8 is", "names that are not UTF-8 are");
      this.#notices.push(`${what} left out (${named(garbled)}). ${renaming(this.root)}`);
    }
    const loops = of("loop");
    if (loops.length > 0) {
      const what = counted(
        loops.length,
        "link points to a folder that contains it and is",
        "links point to folders that contain them and are",
      );
      this.#remarks.push(`${what} not followed: ${named(loops)}`);
    }
    if (this.#hidden.length > 0) {
      const what = this.#hidden.length === 1 ? "1 hidden image is" : `${this.#hidden.length} hidden images are`;
      this.#remarks.push(`${what} left out: ${named(this.#hidden.toSorted())}`);
    }
  }
}

/**
 * Returns whether names probably mean the same class. Numbered names alone, such as "Grade (1)" and "Grade (2)", may be
 * different classes.
 */
function meansOne(names: readonly string[]): boolean {
  return new Set(names.map(looseName)).size < names.length ||
    (names.length > 1 && names.some((name) => looseName(name) === originalName(name)));
}

function otherFiles(number: number): string {
  return number === 0 ? "" : ` (${counted(number, "other file", "other files")})`;
}

function classNames(folders: readonly string[]): string[] {
  return folders.map(className).sort();
}

function slashed(folders: readonly string[]): string {
  return folders.map((folder) => `${folder}/`).join(" and ");
}
