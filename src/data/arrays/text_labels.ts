/** Labels that are text instead of class numbers: what to do is one command, which numbers them. */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { shellWord } from "../../shell.ts";
import { type NpyFile, readNpyHeader } from "./npy.ts";
import { UnreadableDtype } from "./npy_header.ts";

/** Text of fixed length in Unicode (U) or bytes (S, a), or Python objects, as pandas gives text. */
const TEXT = /^([<>|=]?[USa]\d*|\|O)$/;

/** The labels of both parts. */
const FILES = ["train_labels.npy", "test_labels.npy"] as const;

/**
 * Reads the header of a part's labels.
 * @throws HeadlightError (2) as `readNpyHeader`; for text, with a command that numbers the labels
 */
export function readLabelsHeader(folder: string, part: "train" | "test"): NpyFile {
  const path = join(folder, `${part}_labels.npy`);
  try {
    return readNpyHeader(path);
  } catch (error) {
    if (!(error instanceof UnreadableDtype && TEXT.test(error.code))) throw error;
    const what = error.code === "|O" ? "Python objects" : "text";
    const line = `${path} holds ${what}; labels must be class numbers. ${remedy(folder)}`;
    throw new HeadlightError(line, 2, { cause: error });
  }
}

function remedy(folder: string): string {
  const texts = FILES.flatMap((name) => {
    const code = textCode(join(folder, name));
    return code === null ? [] : [{ name, code }];
  });
  const names = texts.map(({ name }) => name);
  const numbered = FILES.find((name) => !names.includes(name));
  // Numbers that are there already were given by somebody else: which names they mean is for the person to know.
  const check = numbered === undefined
    ? ""
    : `, and check that the numbers in ${numbered} mean the names in that order`;
  const command = numberingCommand(folder, names, texts.some(({ code }) => code === "|O"));
  return `To number them, and write the names into classes.txt in alphabetical order, run this${check}: ${command}`;
}

/** Returns NumPy's code for the labels in a file if they are text, else null. */
function textCode(path: string): string | null {
  try {
    readNpyHeader(path);
  } catch (error) {
    if (error instanceof UnreadableDtype && TEXT.test(error.code)) return error.code;
  }
  return null;
}

/**
 * Returns the shell command that replaces the labels in these files by numbers. A classes.txt that is there is kept: the
 * command stops at it, before anything is changed.
 * @param pickled whether NumPy needs pickle to load one of them
 */
function numberingCommand(folder: string, files: readonly string[], pickled: boolean): string {
  // Double quotes, dollar signs and backslashes would mean something to the shell.
  const script = [
    "import numpy, os, sys",
    "os.chdir(sys.argv[1])",
    `files = [${files.map((name) => `'${name}'`).join(", ")}]`,
    `parts = [numpy.load(f${pickled ? ", allow_pickle=True" : ""}).ravel().astype(str) for f in files]`,
    "names, numbers = numpy.unique(numpy.concatenate(parts), return_inverse=True)",
    "out = open('classes.txt', 'x', encoding='utf-8')",
    "[print(i, name, file=out) for i, name in enumerate(names)]",
    "out.close()",
    "[numpy.save(f, part) for f, part in zip(files, numpy.split(numbers, [len(parts[0])]))]",
  ].join("; ");
  return `python3 -c "${script}" ${shellWord(folder)}`;
}
