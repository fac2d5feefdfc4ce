/** Which files `predict` is asked about: files, folders, and lists on standard input. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type FoundFiles, listFiles } from "../data/pictures/listing.ts";
import { count, named } from "../data/pictures/counted.ts";
import { leftOutLines } from "../data/pictures/left_out.ts";
import { HeadlightError } from "../errors.ts";
import { isSystemError } from "../files/system_error.ts";

/** A list in place of a path. */
export const STANDARD_INPUT = "-";

const NOT_UTF_8 = "its name is not UTF-8: rename it";

/** Something that was named or found and cannot be looked at. */
export interface Refused {
  readonly path: string;
  readonly reason: string;
}

export interface AskedPictures {
  /** Each as it was given or found, in order. What is not there is among them: it is named when it is to be read. */
  readonly paths: readonly string[];
  readonly refused: readonly Refused[];
  /** What the walks through folders passed over, in lines that begin with the folder that was given. */
  readonly passedOver: readonly string[];
}

/**
 * Finds the pictures that were asked for. A folder stands for those below it.
 *
 * @param list gives standard input's text: one path a line, or between zero bytes where it has any (`find -print0`).
 * @throws HeadlightError (2) where nothing is left to be asked.
 */
export async function picturePaths(
  given: readonly string[],
  list: () => Promise<string>,
  resolve: (path: string) => string,
): Promise<AskedPictures> {
  const listed = given.includes(STANDARD_INPUT) ? pathsIn(await list()) : [];
  const paths: string[] = [];
  const refused: Refused[] = [];
  const passedOver: string[] = [];
  for (const path of given.flatMap((path) => (path === STANDARD_INPUT ? listed : [path]))) {
    if (!isFolder(resolve(path))) {
      // Deno gives the bytes of a name that are not UTF-8 as U+FFFD, and there is no way to open it.
      if (path.includes("\ufffd") && !existsSync(resolve(path))) refused.push({ path, reason: NOT_UTF_8 });
      else paths.push(path);
      continue;
    }
    const found = listFiles(resolve(path));
    for (const file of found.pictures) paths.push(join(path, file));
    for (const one of refusedIn(found)) refused.push({ ...one, path: join(path, one.path) });
    const line = passedOverIn(found, (file) => join(path, file));
    if (line !== null) passedOver.push(`${path}: ${line}`);
    for (const notice of leftOutLines(found.others).notices) passedOver.push(`${path}: ${notice}`);
  }
  if (paths.length + refused.length > 0) return { paths, refused, passedOver };
  const found = passedOver.length === 0 ? "" : `${passedOver.join("; ")}; `;
  throw new HeadlightError(`${found}no picture to look at: name files, folders, or - for a list on standard input`);
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

/** Null if nothing was passed over. */
function passedOverIn({ others, hidden, unusable }: FoundFiles, asGiven: (path: string) => string): string | null {
  const loops = unusable.filter(({ why }) => why === "loop");
  const names = (paths: readonly string[]) => named(paths.map(asGiven).sort());
  const parts = [
    others.length === 0 ? [] : [`${count(others.length, "file", "files")} not called an image (${names(others)})`],
    hidden.length === 0 ? [] : [`${count(hidden.length, "hidden image", "hidden images")} (${names(hidden)})`],
    loops.length === 0 ? [] : [
      `${count(loops.length, "link", "links")} back to a folder around ` +
      `${loops.length === 1 ? "it" : "them"} (${names(loops.map(({ path }) => path))})`,
    ],
  ].flat();
  return parts.length === 0 ? null : `passed over ${parts.join(", ")}`;
}
