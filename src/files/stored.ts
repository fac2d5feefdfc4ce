/** Reads files that Headlight wrote. Each error says in one line what is wrong with the file and what to do. */
import { count } from "../counted.ts";
import { z } from "zod";
import { HeadlightError } from "../errors.ts";
import { shortened } from "../text.ts";
import { systemReason } from "./system_error.ts";

export interface StoredFile {
  readonly path: string;
  /** What the person can do about an error, as a sentence without a period, or "" if the error is not shown. */
  readonly remedy: string;
  /** 2 if the error is found before any work starts, 1 if it is found later. */
  readonly exitStatus: 1 | 2;
  /** The maximum size in bytes. A larger file cannot have been written by Headlight. */
  readonly maxBytes?: number;
}

/** Larger than any file that is read as a whole: a config.json with 10,000 class names is below 1 MB. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The maximum length, in characters, of a value or a reason in an error message. */
const REASON_CHARACTERS = 200;

/** A stored file that cannot be used. */
export class StoredFileError extends HeadlightError {
  /** The message without its remedy, for those who do something about it themselves. */
  readonly fault: string;

  /** @param wrong what is wrong, worded to follow the file's name, such as `does not exist` */
  constructor({ path, remedy, exitStatus }: StoredFile, readonly wrong: string, options?: ErrorOptions) {
    super([`${path} ${wrong}`, ...(remedy === "" ? [] : [remedy])].join(". "), exitStatus, options);
    this.fault = `${path} ${wrong}`;
  }
}

/**
 * Opens a stored file for reading. Only a regular file is accepted: opening a named pipe could block for ever.
 * @throws StoredFileError
 */
export function openStored(file: StoredFile): Deno.FsFile {
  return explained(file, () => {
    refuseIrregular(file, Deno.statSync(file.path));
    return Deno.openSync(file.path, { read: true });
  });
}

/**
 * Returns whether a path is a regular file or a link to one. Call this before opening a file in the cache: opening a
 * named pipe would block.
 */
export function isRegularFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Returns what kind of file this is, worded for an error, or null if it is a regular file. */
function notRegular(info: Deno.FileInfo): string | null {
  if (info.isFile) return null;
  if (info.isDirectory) return "is a folder, not a file";
  return info.isFifo ? "is a named pipe, not a file" : "is not a regular file";
}

function refuseIrregular(file: StoredFile, info: Deno.FileInfo): void {
  const wrong = notRegular(info);
  if (wrong !== null) throw new StoredFileError(file, wrong);
}

/** Reads a whole stored file. @throws StoredFileError */
export function readStored(file: StoredFile): Uint8Array<ArrayBuffer> {
  const { path, maxBytes = MAX_BYTES } = file;
  return explained(file, () => {
    const info = Deno.statSync(path);
    refuseIrregular(file, info);
    if (info.size > maxBytes) {
      throw new StoredFileError(file, `is too large (${count(info.size)} bytes; the limit is ${count(maxBytes)})`);
    }
    return Deno.readFileSync(path);
  });
}

/** Runs a function and converts file system errors to a StoredFileError. */
function explained<T>(file: StoredFile, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof StoredFileError) throw error;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new StoredFileError(file, "does not exist", { cause: error });
    }
    throw new StoredFileError(file, `cannot be read (${systemReason(error)})`, { cause: error });
  }
}

/** Reads a whole stored text file. @throws StoredFileError */
export function readStoredText(file: StoredFile): string {
  return textOf(readStored(file), file);
}

/** Reads a stored JSON file. @throws StoredFileError that names the file and, if possible, the key */
export function readStoredJson<T>(file: StoredFile, schema: z.ZodType<T>): T {
  return parseStoredJson(readStored(file), file, schema);
}

/** Parses the content of a stored JSON file. @throws StoredFileError, as `readStoredJson` */
export function parseStoredJson<T>(content: Uint8Array, file: StoredFile, schema: z.ZodType<T>): T {
  if (content.length === 0) throw new StoredFileError(file, "is empty");
  let value: unknown;
  try {
    value = JSON.parse(textOf(content, file));
  } catch (error) {
    if (error instanceof StoredFileError) throw error;
    throw new StoredFileError(file, "is not valid JSON: it was cut off, damaged or edited", { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StoredFileError(file, wrongWith(value, parsed.error));
}

function textOf(content: Uint8Array, file: StoredFile): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    throw new StoredFileError(file, "is not UTF-8 text: it was damaged or edited", { cause: error });
  }
}

/** Describes the first problem that the schema found with a value. */
function wrongWith(value: unknown, { issues: [issue] }: z.ZodError): string {
  if (!issue) return "has an unexpected form";
  if (issue.path.length === 0) return `has an unexpected form (${shortened(issue.message, REASON_CHARACTERS)})`;
  const key = shortened(issue.path.join("."), REASON_CHARACTERS);
  if (valueAt(value, issue.path) === undefined) return `lacks "${key}"`;
  return `has an unexpected "${key}" (${shortened(issue.message, REASON_CHARACTERS)})`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found: unknown = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}
