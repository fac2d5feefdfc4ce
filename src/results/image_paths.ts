/** Which files `predict` looks at: files, folders, and lists on standard input. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { beginsLikeImage, isImageFile } from "../data/images/format.ts";
import { type FoundFiles, listFiles } from "../data/images/listing.ts";
import { count, named } from "../counted.ts";
import { leftOutLines, otherKind } from "../data/images/left_out.ts";
import { HeadlightError } from "../errors.ts";
import { isSystemError } from "../files/system_error.ts";

/** A list in place of a path. */
const STANDARD_INPUT = "-";

/** What to do where no image was named. */
export const NAME_IMAGES = "no image was named. Name image files, folders of images, or - for a list on standard input";

const NOT_UTF_8 = "its name is not UTF-8: rename it";

/** Something that was named or found and cannot be looked at. */
export interface Refused {
  readonly path: string;
  readonly reason: string;
}

export interface AskedImages {
  /** Each as it was given or found, in order. What is not there is among them: it is named when it is to be read. */
  readonly paths: readonly string[];
  readonly refused: readonly Refused[];
  /** What the walks through folders left out, in lines that begin with the folder that was given. */
  readonly passedOver: readonly string[];
}

/**
 * Finds the images that were asked for. A folder stands for those below it.
 *
 * @param list gives standard input's text: one path a line, or between zero bytes where it has any (`find -print0`).
 * @throws HeadlightError (2) where nothing is left to be asked.
 */
export async function imagePaths(
  given: readonly string[],
  list: () => Promise<string>,
  resolve: (path: string) => string,
): Promise<AskedImages> {
  const listed = given.includes(STANDARD_INPUT) ? pathsIn(await list()) : [];
  const paths: string[] = [];
  const refused: Refused[] = [];
  const passedOver: string[] = [];
  for (const path of given.flatMap((path) => (path === STANDARD_INPUT ? listed : [path]))) {
    if (!isFolder(resolve(path))) {
      // Deno gives the bytes of a name that are not UTF-8 as U+FFFD, and there is no way to open it.
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
    ? "the list on standard input is empty"
    : `no image in ${named(given.map((path) => (path === STANDARD_INPUT ? "the list on standard input" : path)))}`;
  throw new HeadlightError([nothing, ...passedOver].join("; "));
}

/**
 * Returns whether a word of the command line stands for images: the list, a file that is called or begins like an image,
 * there or not, or a folder with one in it.
 */
export function namesImages(word: string, resolve: (path: string) => string): boolean {
  const path = resolve(word);
  if (word === STANDARD_INPUT) return true;
  return isFolder(path) ? listFiles(path).images.length > 0 : isImageFile(path);
}

/** A million paths or more. What goes on beyond that is no list: an endless pipe, a disk image. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/**
 * Returns the text of a list on standard input.
 * @throws HeadlightError (2) where it is too long to be one; no more of it is read or kept.
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
      throw new HeadlightError(`standard input has more than ${maxBytes} bytes: give a list of files, one a line`);
    }
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

function pathsIn(text: string): string[] {
  return text.split(text.includes("\0") ? "\0" : /\r?\n/).filter((path) => path !== "");
}

/** What cannot be looked at (a loop of links, a name too long) is not a folder: reading it as a file says why. */
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
      return [{ path, reason: why === "dangling" ? "the link leads nowhere" : NOT_UTF_8 }];
    }),
  ];
  return refused.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A line for each kind of file that is left out. */
function passedOverIn({ others, hidden, unusable }: FoundFiles, asGiven: (path: string) => string): string[] {
  const loops = unusable.filter(({ why }) => why === "loop").map(({ path }) => path);
  const names = (paths: readonly string[]) => named(paths.map(asGiven).sort());
  const { notices, remarks } = leftOutLines(others.map(asGiven));
  return [
    ...notices,
    ...remarks,
    ...(hidden.length === 0
      ? []
      : [`${count(hidden.length, "hidden image is", "hidden images are")} left out: ${names(hidden)}`]),
    ...(loops.length === 0 ? [] : [
      `${count(loops.length, "link leads", "links lead")} back to a folder around ` +
      `${loops.length === 1 ? "it and is" : "them and are"} not followed: ${names(loops)}`,
    ]),
  ];
}
