/** What the class numbers mean: classes.txt beside the images, the lesson's ten, or the bare numbers. */
import { basename, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { readingProblem, readTextFile } from "../../files/text_file.ts";
import { classNamed } from "../images/class_name.ts";
import { stripControl } from "../../text.ts";

/** Dollar Street 10's classes, as the lesson lists them. */
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

/** More than names of 65,536 classes take. */
const MAX_BYTES = 1 << 24;

/**
 * The names of classes 0…n-1: from the folder's classes.txt, else the Dollar Street ten for its set, else numbers up
 * to `largestLabel`.
 * @throws HeadlightError (2) on a malformed classes.txt.
 */
export function classNames(folder: string, setName: string, largestLabel: number): readonly string[] {
  const path = join(folder, "classes.txt");
  const text = readIfThere(path);
  if (text !== null) return parseClasses(text, path);
  if (setName === "dollarstreet" || basename(folder) === "dataset_dollarstreet") return DOLLAR_STREET_CLASSES;
  return Array.from({ length: largestLabel + 1 }, (_, label) => String(label));
}

/** `index name` lines in any order, every index from 0 on and every name once; empty lines are skipped. */
function parseClasses(text: string, where: string): readonly string[] {
  const names = new Map<number, string>();
  const known = new Set<string>();
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = stripControl(raw).trim();
    if (line === "") continue;
    const [, number, name] = /^(\d+)\s+(.+)$/.exec(line) ?? [];
    if (number === undefined || name === undefined) {
      throw new HeadlightError(
        `${where}, line ${index + 1}: "${line}" is not a number and a name, such as "0 day bed"`,
      );
    }
    if (names.has(Number(number))) {
      throw new HeadlightError(`${where}, line ${index + 1}: class ${number} is there twice`);
    }
    const one = classNamed(name);
    if (known.has(one)) {
      throw new HeadlightError(
        `${where}, line ${index + 1}: two classes are called ${name}; give each a name of its own`,
      );
    }
    names.set(Number(number), name);
    known.add(one);
  }
  if (names.size === 0) {
    throw new HeadlightError(
      `${where} is empty; write a line for each class, such as "0 day bed", or remove the file`,
    );
  }
  return Array.from({ length: names.size }, (_, label) => {
    const name = names.get(label);
    if (name === undefined) throw new HeadlightError(`${where} lacks class ${label}; number the classes from 0 on`);
    return name;
  });
}

function readIfThere(path: string): string | null {
  try {
    // Opening a named pipe would wait for a writer, perhaps for ever.
    if (!Deno.statSync(path).isFile) {
      throw new HeadlightError(`${path} is not a regular file; put a text file in its place`);
    }
    return readTextFile(path, path, MAX_BYTES);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    if (error instanceof Deno.errors.NotFound) return null;
    throw new HeadlightError(`${path} ${readingProblem(error)}`, 2, { cause: error });
  }
}
