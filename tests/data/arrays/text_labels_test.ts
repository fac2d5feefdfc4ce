/** Tests labels stored as text by running the printed command as a person would. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openNpyFolder } from "../../../src/data/arrays/npy_folder.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { readNpy } from "../../npy.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { npyWithHeader, smallArrays, writeSet } from "./made_npy.ts";

/** Returns names as NumPy stores text: four bytes per character. */
function textLabels(names: readonly string[]): Uint8Array {
  const longest = Math.max(...names.map((name) => name.length));
  const points = new Uint32Array(names.length * longest);
  names.forEach((name, row) => [...name].forEach((letter, place) => points[row * longest + place] = pointOf(letter)));
  const dict = `{'descr': '<U${longest}', 'fortran_order': False, 'shape': (${names.length},), }`;
  return npyWithHeader(dict, new Uint8Array(points.buffer));
}

function pointOf(letter: string): number {
  const point = letter.codePointAt(0);
  assert.ok(point !== undefined);
  return point;
}

/** Returns the error of opening a folder whose labels are text. */
function refusal(folder: string): HeadlightError {
  try {
    openNpyFolder(folder);
  } catch (error) {
    if (error instanceof HeadlightError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

/** Runs the command that an error prints in a shell. */
async function follow({ message }: HeadlightError): Promise<{ code: number; stderr: string }> {
  const command = /python3 -c .*/.exec(message)?.[0];
  assert.ok(command !== undefined, message);
  const { code, stderr } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

function writeTextSet(folder: string): void {
  writeSet(folder, smallArrays());
  // The validation set has all labels but begins with a different one, so on its own it would be numbered differently.
  Deno.writeFileSync(
    join(folder, "train_labels.npy"),
    textLabels(["pear", "äpfel", "pear", "äpfel", "red fig", "pear"]),
  );
  Deno.writeFileSync(join(folder, "test_labels.npy"), textLabels(["red fig", "pear", "äpfel", "pear"]));
}

const hasNumpy = (await new Deno.Command("python3", { args: ["-c", "import numpy"], stderr: "null" }).output()
  .catch(() => null))?.success === true;

Deno.test("text labels are refused in one line with a command that converts them to numbers", async () => {
  await withTemporaryFolder((folder) => {
    writeTextSet(folder);
    const { message, exitStatus } = refusal(folder);
    assert.equal(exitStatus, 2);
    assert.match(
      message,
      /train_labels\.npy holds text; labels must be class numbers\. [^\n]*classes\.txt in alphabetical order, run this: python3 -c "/,
    );
    assert.match(message, /numpy\.unique\([^\n]*return_inverse=True\)/);
    assert.doesNotMatch(message, /allow_pickle|check that/);
    const objects = npyWithHeader("{'descr': '|O', 'fortran_order': False, 'shape': (4,), }", new Uint8Array(64));
    Deno.writeFileSync(join(folder, "test_labels.npy"), objects);
    assert.match(refusal(folder).message, /allow_pickle=True/);
  });
});

Deno.test({
  name: `the printed command turns text labels into numbers that open with their names${needs("Python with NumPy")}`,
  ignore: !hasNumpy,
  fn: async () => {
    await withTemporaryFolder(async (parent) => {
      const folder = join(parent, "it's $HOME");
      Deno.mkdirSync(folder);
      writeTextSet(folder);
      assert.deepEqual(await follow(refusal(folder)), { code: 0, stderr: "" });
      const set = openNpyFolder(folder);
      assert.deepEqual(set.classes, ["pear", "red fig", "äpfel"]);
      assert.deepEqual([...set.train.labels], [0, 2, 0, 2, 1, 0]);
      assert.deepEqual([...set.validation.labels], [1, 0, 2, 0]);

      // The command does not overwrite an existing classes.txt, and then it changes nothing else either.
      writeTextSet(folder);
      const second = await follow(refusal(folder));
      assert.match(second.stderr, /FileExistsError.*classes\.txt/);
      assert.throws(() => readNpy(join(folder, "train_labels.npy")), /holds text/);
    });
  },
});

Deno.test({
  name: `if the labels of only one part are text, the printed command numbers that part alone${
    needs("Python with NumPy")
  }`,
  ignore: !hasNumpy,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      writeSet(folder, smallArrays());
      const path = join(folder, "train_labels.npy");
      Deno.writeFileSync(path, textLabels(["cat", "dog", "cat", "dog", "dog", "dog"]));
      const error = refusal(folder);
      assert.match(error.message, /check that the numbers in test_labels\.npy mean the names in that order: python3/);
      assert.deepEqual(await follow(error), { code: 0, stderr: "" });
      const set = openNpyFolder(folder);
      assert.deepEqual(set.classes, ["cat", "dog"]);
      assert.deepEqual([...set.train.labels, ...set.validation.labels], [0, 1, 0, 1, 1, 1, 0, 1, 0, 1]);
    });
  },
});
