/** Rejects labels that are text and prints a command that converts them to class numbers. */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { shellWord } from "../../shell.ts";
import { type NpyFile, readNpyHeader } from "./npy.ts";
import { UnreadableDtype } from "./npy_header.ts";

/** NumPy's type codes for text: Unicode (U) or bytes (S, a) of fixed length, or Python objects, which pandas uses. */
const TEXT = /^([<>|=]?[USa]\d*|\|O)$/;

/** The labels of both parts. */
const FILES = ["train_labels.npy", "test_labels.npy"] as const;

/**
 * Reads the header of the labels of one part.
 * @throws HeadlightError (2) as `readNpyHeader`; if the labels are text, with the command that converts them
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
  // Existing numbers were assigned by somebody else, so only the person knows which names they mean.
  const check = numbered === undefined
    ? ""
    : `, and check that the numbers in ${numbered} mean the names in that order`;
  const command = numberingCommand(folder, names, texts.some(({ code }) => code === "|O"));
  return `To convert them to numbers, and write the names into classes.txt in alphabetical order, run this${check}: ${command}`;
}

/** Returns NumPy's type code for the labels in a file if they are text, otherwise null. */
function textCode(path: string): string | null {
  try {
    readNpyHeader(path);
  } catch (error) {
    if (error instanceof UnreadableDtype && TEXT.test(error.code)) return error.code;
  }
  return null;
}

/**
 * Returns the shell command that replaces the labels in these files with numbers. If classes.txt exists, the command
 * stops before it changes anything.
 * @param pickled whether NumPy needs pickle to load one of the files
 */
function numberingCommand(folder: string, files: readonly string[], pickled: boolean): string {
  // The script must not contain double quotes, dollar signs or backslashes, which the shell would interpret.
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
