/**
 * Names of the classes of an array data set: from classes.txt beside the images, from the lesson, or the bare numbers.
 */
import { basename, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { readingProblem, readTextFile } from "../../files/text_file.ts";
import { classNamed } from "../images/class_name.ts";
import { stripControl } from "../../text.ts";

/** The classes of Dollar Street 10, in the lesson's order. */
export const DOLLAR_STREET_CLASSES: readonly string[] = [
  "day bed",
  "dishrag",
  "plate",
  "running shoe",
  "soap dispenser",
  "street sign",
  "table lamp",
  "tile roof",
  "toilet seat",
  "washing machine",
];

/** The maximum size of classes.txt in bytes; more than the names of 65,536 classes need. */
const MAX_BYTES = 1 << 24;

/**
 * Returns the names of classes 0…n-1: those in the folder's classes.txt; otherwise, for the Dollar Street data set, its
 * ten; otherwise the numbers up to `largestLabel`.
 * @throws HeadlightError (2) if classes.txt is malformed
 */
export function classNames(folder: string, setName: string, largestLabel: number): readonly string[] {
  const path = join(folder, "classes.txt");
  const text = readIfThere(path);
  if (text !== null) return parseClasses(text, path);
  if (setName === "dollarstreet" || basename(folder) === "dataset_dollarstreet") return DOLLAR_STREET_CLASSES;
  return Array.from({ length: largestLabel + 1 }, (_, label) => String(label));
}

/**
 * Returns the names in a file: `index name` lines, or if no line is one, a name on each line.
 *
 * @throws HeadlightError (2) if the file cannot be read or is malformed
 */
export function readClassNames(path: string): readonly string[] {
  const text = readIfThere(path);
  if (text === null) throw new HeadlightError(`${path}: no such file. Check the path of the class names.`);
  const lines = text.split(/\r\n|\n|\r/).map((line) => stripControl(line).trim()).filter((line) => line !== "");
  const numbered = lines.length === 0 || lines.some((line) => INDEX_AND_NAME.test(line));
  return parseClasses(numbered ? text : lines.map((name, index) => `${index} ${name}`).join("\n"), path);
}

const INDEX_AND_NAME = /^(\d+)\s+(.+)$/;

/** Returns the text of a file from which `readClassNames` reads these names. */
export function classNamesText(names: readonly string[]): string {
  const lines = names.map((name) => stripControl(name).trim());
  const numbered = lines.some((line) => INDEX_AND_NAME.test(line));
  return lines.map((name, index) => numbered ? `${index} ${name}\n` : `${name}\n`).join("");
}

/**
 * Parses lines of the form `index name`, in any order. The indices must be 0, 1, 2 … without gaps, and each name may
 * occur only once. Empty lines are skipped.
 */
function parseClasses(text: string, where: string): readonly string[] {
  const names = new Map<number, string>();
  const known = new Set<string>();
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = stripControl(raw).trim();
    if (line === "") continue;
    const [, number, name] = INDEX_AND_NAME.exec(line) ?? [];
    if (number === undefined || name === undefined) {
      throw new HeadlightError(
        `${where}, line ${index + 1}: "${line}" must be a class number and a name, for example "0 day bed"`,
      );
    }
    if (names.has(Number(number))) {
      throw new HeadlightError(
        `${where}, line ${index + 1}: class ${number} occurs twice. Give each class a number of its own`,
      );
    }
    const one = classNamed(name);
    if (known.has(one)) {
      throw new HeadlightError(
        `${where}, line ${index + 1}: two classes are called ${name}. Give each a name of its own`,
      );
    }
    names.set(Number(number), name);
    known.add(one);
  }
  if (names.size === 0) {
    throw new HeadlightError(
      `${where} is empty. Write a line for each class, for example "0 day bed", or remove the file`,
    );
  }
  return Array.from({ length: names.size }, (_, label) => {
    const name = names.get(label);
    if (name === undefined) {
      throw new HeadlightError(`${where} has no class ${label}. Number the classes from 0 without gaps`);
    }
    return name;
  });
}

function readIfThere(path: string): string | null {
  try {
    // Opening a named pipe could block for ever.
    if (!Deno.statSync(path).isFile) {
      throw new HeadlightError(`${path} is not a regular file. Replace it with a text file`);
    }
    return readTextFile(path, path, MAX_BYTES);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    if (error instanceof Deno.errors.NotFound) return null;
    throw new HeadlightError(`${path} ${readingProblem(error)}`, 2, { cause: error });
  }
}
