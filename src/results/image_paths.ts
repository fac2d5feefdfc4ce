/** Finds the images for `predict` in its arguments: files, folders, and lists on standard input. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { beginsLikeImage, isImageFile } from "../data/images/format.ts";
import { type FoundFiles, listFiles } from "../data/images/listing.ts";
import { counted, named } from "../counted.ts";
import { leftOutLines, otherKind } from "../data/images/left_out.ts";
import { HeadlightError } from "../errors.ts";
import { isSystemError } from "../files/system_error.ts";

/** The argument that stands for a list on standard input. */
const STANDARD_INPUT = "-";

/** The message of the error if no image is named. */
export const NAME_IMAGES =
  "No images to predict. Name image files, folders of images, or - to read a list from standard input.";

const NOT_UTF_8 = "its name is not valid UTF-8. Rename it.";

/** A file that was named or found and cannot be read. */
export interface Refused {
  readonly path: string;
  readonly reason: string;
}

/** The images that were named. */
export interface AskedImages {
  /**
   * The paths in order, as they were given or found. Files that do not exist are included, and fail when they are read.
   */
  readonly paths: readonly string[];
  readonly refused: readonly Refused[];
  /** Lines about files in folders that were left out. Each begins with the folder that was given. */
  readonly passedOver: readonly string[];
}

/**
 * Finds the images that were named. A folder stands for all images in it and in its subfolders.
 *
 * @param given the arguments
 * @param list reads standard input: one path per line, or paths separated by NUL bytes (`find -print0`)
 * @param resolve returns the absolute path of a path
 * @throws HeadlightError (2) if no path is left, or one is empty
 */
export async function imagePaths(
  given: readonly string[],
  list: () => Promise<string>,
  resolve: (path: string) => string,
): Promise<AskedImages> {
  // It would stand for the working directory.
  if (given.includes("")) {
    throw new HeadlightError(`An image's path is empty (""). Remove it, or name a file or a folder.`);
  }
  const listed = given.includes(STANDARD_INPUT) ? pathsIn(await list()) : [];
  const paths: string[] = [];
  const refused: Refused[] = [];
  const passedOver: string[] = [];
  for (const path of given.flatMap((path) => (path === STANDARD_INPUT ? listed : [path]))) {
    if (!isFolder(resolve(path))) {
      // Deno replaces the bytes of a file name that are not UTF-8 with U+FFFD, and cannot open such a file.
      const isThere = existsSync(resolve(path));
      const other = isThere && !beginsLikeImage(resolve(path)) ? otherKind(path) : null;
      if (path.includes("\ufffd") && !isThere) refused.push({ path, reason: NOT_UTF_8 });
      else if (other !== null) refused.push({ path, reason: other });
      else paths.push(path);
      continue;
    }
    const found = listFiles(resolve(path));
    for (const file of found.images) paths.push(join(path, file));
    for (const one of refusedIn(found)) refused.push({ ...one, path: join(path, one.path) });
    for (const line of passedOverIn(found, (file) => join(path, file))) passedOver.push(`${path}: ${line}`);
  }
  if (paths.length + refused.length > 0) return { paths, refused, passedOver };
  const nothing = given.every((path) => path === STANDARD_INPUT)
    ? "The list on standard input is empty"
    : `No images in ${named(given.map((path) => (path === STANDARD_INPUT ? "the list on standard input" : path)))}`;
  const leftOut = passedOver.length === 0 ? "" : ` (${passedOver.join("; ")})`;
  throw new HeadlightError(`${nothing}${leftOut}. Name other files or folders.`);
}

/**
 * Returns whether an argument stands for images: `-`, a file with an image's name or content (or a missing file with an
 * image's name), or a folder that contains an image.
 */
export function namesImages(word: string, resolve: (path: string) => string): boolean {
  if (word === STANDARD_INPUT) return true;
  // It would stand for the working directory.
  if (word === "") return false;
  const path = resolve(word);
  return isFolder(path) ? listFiles(path).images.length > 0 : isImageFile(path);
}

/**
 * The maximum size of a list, in bytes: enough for a million paths. Larger input is not a list, but an endless pipe or
 * a disk image.
 */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/**
 * Reads a list on standard input.
 * @throws HeadlightError (2) if it is too long to be a list; the rest is not read
 */
export async function readList(
  input: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number = MAX_LIST_BYTES,
): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new HeadlightError(
        `Standard input has more than ${maxBytes} bytes, so it is not a list of paths. Write one path per line.`,
      );
    }
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

function pathsIn(text: string): string[] {
  return text.split(text.includes("\0") ? "\0" : /\r?\n/).filter((path) => path !== "");
}

/**
 * Returns whether a path is a folder. If it cannot be examined (a loop of links, a name too long), it is not; reading
 * it as a file then reports the reason.
 */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function refusedIn({ unreadable, unusable }: FoundFiles): Refused[] {
  const refused = [
    ...unreadable,
    ...unusable.flatMap(({ path, why }) => {
      if (why === "loop") return [];
      return [{ path, reason: why === "dangling" ? "broken symbolic link" : NOT_UTF_8 }];
    }),
  ];
  return refused.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Returns a line for each kind of file that was left out. */
function passedOverIn({ others, hidden, unusable }: FoundFiles, asGiven: (path: string) => string): string[] {
  const loops = unusable.filter(({ why }) => why === "loop").map(({ path }) => path);
  const names = (paths: readonly string[]) => named(paths.map(asGiven).sort());
  const { notices, remarks } = leftOutLines(others.map(asGiven));
  return [
    ...notices,
    ...remarks,
    ...(hidden.length === 0
      ? []
      : [`${counted(hidden.length, "hidden image is", "hidden images are")} left out: ${names(hidden)}`]),
    ...(loops.length === 0 ? [] : [
      `${counted(loops.length, "symbolic link points", "symbolic links point")} to a folder that contains ` +
      `${loops.length === 1 ? "it and is" : "them and are"} not followed: ${names(loops)}`,
    ]),
  ];
}
