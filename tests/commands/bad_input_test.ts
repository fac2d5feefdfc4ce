/** Bad input as a person meets it: one line, exit status 2, nothing written, no stack trace. */
import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type BaseName, bases } from "../../src/bases/bases.ts";
import { describe, sizeOf } from "../../src/model/layers.ts";
import type { LayerWeights } from "../../src/model/weights.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import type { NpyArray } from "../npy.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { npyWithHeader, type SetArrays, smallArrays, writeSet } from "../data/arrays/made_npy.ts";

interface Case {
  readonly what: string;
  /** Creates the bad input in a folder and returns the arguments after `train`. */
  readonly args: (folder: string) => string[] | Promise<string[]>;
  readonly env?: (folder: string) => Record<string, string>;
  /** The error: what is wrong, where, and what to do. */
  readonly says: RegExp;
}

/** Writes a set with one array changed. */
function withArray(name: keyof SetArrays, change: (array: NpyArray) => NpyArray) {
  return (folder: string): string[] => {
    const arrays = smallArrays();
    arrays[name] = change(arrays[name]);
    writeSet(folder, arrays);
    return ["--data", folder];
  };
}

const int64 = (...values: number[]): NpyArray => ({
  dtype: "int64",
  shape: [values.length],
  data: BigInt64Array.from(values.map(BigInt)),
});

/** Writes weights with the shapes of a base. */
function zeroWeights(base: BaseName): LayerWeights[] {
  return describe(bases[base].layers(160, "max")).filter(({ weights }) => weights.length > 0)
    .map(({ name, weights }) => ({
      name,
      weights: weights.map(({ name, shape }) => ({ name, shape, data: new Float32Array(sizeOf(shape)) })),
    }));
}

const WEIGHTS = ["--data", "demo", "--base", "squeezenet11", "--weights"];

const CASES: readonly Case[] = [
  {
    what: "a missing .npy",
    args: (folder) => {
      writeSet(folder, smallArrays());
      Deno.removeSync(join(folder, "test_labels.npy"));
      return ["--data", folder];
    },
    says: /test_labels\.npy does not exist/,
  },
  {
    what: "a folder where a .npy should be",
    args: (folder) => {
      writeSet(folder, smallArrays());
      Deno.removeSync(join(folder, "train_images.npy"));
      Deno.mkdirSync(join(folder, "train_images.npy"));
      return ["--data", folder];
    },
    says: /train_images\.npy is a folder\. Replace it with a \.npy file/,
  },
  {
    what: "an empty classes.txt",
    args: (folder) => {
      writeSet(folder, smallArrays());
      Deno.writeTextFileSync(join(folder, "classes.txt"), "");
      return ["--data", folder];
    },
    says: /classes\.txt is empty\. Write a line for each class/,
  },
  {
    what: "a truncated .npy",
    args: (folder) => {
      writeSet(folder, smallArrays());
      Deno.truncateSync(join(folder, "train_images.npy"), 150);
      return ["--data", folder];
    },
    says: /train_images\.npy.*\b150\b|train_images\.npy.*(bytes|truncated)/,
  },
  {
    what: "images of a wrong shape",
    args: withArray("train_images", () => ({ dtype: "uint8", shape: [6, 2, 3], data: new Uint8Array(36) })),
    says: /train_images\.npy.*6×2×3|train_images\.npy.*\(6, 2, 3\)/,
  },
  {
    what: "images of a wrong dtype",
    args: (folder) => {
      writeSet(folder, smallArrays());
      const header = "{'descr': '<c16', 'fortran_order': False, 'shape': (6, 2, 3, 3), }";
      Deno.writeFileSync(join(folder, "train_images.npy"), npyWithHeader(header, new Uint8Array(6 * 18 * 16)));
      return ["--data", folder];
    },
    says: /train_images\.npy holds complex128; the supported types are .*\. Convert it/,
  },
  {
    what: "Fortran order",
    args: (folder) => {
      writeSet(folder, smallArrays());
      const header = "{'descr': '|u1', 'fortran_order': True, 'shape': (6, 2, 3, 3), }";
      Deno.writeFileSync(join(folder, "train_images.npy"), npyWithHeader(header, new Uint8Array(108)));
      return ["--data", folder];
    },
    says: /train_images\.npy.*Fortran order.*ascontiguousarray/,
  },
  {
    what: "a label out of range",
    args: withArray("train_labels", () => int64(0, 1, 0, 1, 0, -1)),
    says: /train_labels\.npy.*-1/,
  },
  {
    what: "labels of another length",
    args: withArray("train_labels", () => int64(0, 1, 0)),
    says: /train_labels\.npy.*3.*6|6.*3/,
  },
  { what: "a class without images", args: withArray("train_labels", () => int64(0, 2, 0, 2, 0, 2)), says: /class 1\b/ },
  {
    what: "NaN pixels",
    args: withArray("train_images", () => ({
      dtype: "float32",
      shape: [6, 2, 3, 3],
      data: Float32Array.from({ length: 108 }, (_, index) => (index === 40 ? NaN : index)),
    })),
    says: /train_images\.npy.*(NaN|not finite)/i,
  },
  {
    what: "float pixels not above 1 with preprocess scale",
    args: (folder) => {
      const arrays = smallArrays();
      for (const name of ["train_images", "test_images"] as const) {
        const { shape } = arrays[name];
        arrays[name] = {
          dtype: "float32",
          shape,
          data: new Float32Array(shape.reduce((size, side) => size * side, 1)).fill(0.5),
        };
      }
      writeSet(folder, arrays);
      return ["--data", folder];
    },
    says: /255/,
  },
  {
    what: "a missing data folder",
    args: (folder) => ["--data", join(folder, "nothing")],
    says: /no such folder/,
  },
  {
    what: "an image folder of one class",
    args: (folder) => {
      Deno.mkdirSync(join(folder, "train", "cat"), { recursive: true });
      Deno.writeTextFileSync(join(folder, "train", "cat", "1.jpg"), "");
      return ["--data", folder];
    },
    says: /has one folder \(cat\) of images, but a data set needs at least two classes/,
  },
  {
    what: "an .h5 that is not HDF5",
    args: (folder) => {
      Deno.writeTextFileSync(join(folder, "w.h5"), "not weights at all");
      return [...WEIGHTS, join(folder, "w.h5")];
    },
    says: /w\.h5.*HDF5/,
  },
  {
    what: "an .h5 that lacks a layer",
    args: async (folder) => {
      const weights = [{ name: "kernel:0", shape: [3, 3, 3, 64], data: new Float32Array(1728) }, {
        name: "bias:0",
        shape: [64],
        data: new Float32Array(64),
      }];
      await writeKerasWeights(join(folder, "w.h5"), [{ name: "conv1", weights }]);
      return [...WEIGHTS, join(folder, "w.h5")];
    },
    says: /w\.h5.*fire2/,
  },
  {
    what: "an .h5 with a layer of another shape",
    args: async (folder) => {
      const layers = describe(bases.squeezenet11.layers(160, "max")).filter(({ weights }) => weights.length > 0)
        .map(({ name, weights }) => ({
          name,
          weights: weights.map(({ name, shape }) => {
            const made = name.startsWith("kernel") && shape[2] === 3 ? [5, 5, 3, 64] : [...shape];
            return { name, shape: made, data: new Float32Array(sizeOf(made)) };
          }),
        }));
      await writeKerasWeights(join(folder, "w.h5"), layers);
      return [...WEIGHTS, join(folder, "w.h5")];
    },
    says: /conv1.*5.*5.*3.*64.*3.*3.*3.*64|conv1.*3.*3.*3.*64.*5.*5.*3.*64/,
  },
  {
    what: "a misspelled name of weights",
    args: () => [...WEIGHTS, "imagnet"],
    says: /--weights \/.*\/imagnet: no such file, did you mean imagenet\?/,
  },
  {
    what: "a misspelled file of weights",
    args: (folder) => {
      Deno.writeTextFileSync(join(folder, "squeezenet.h5"), "");
      return [...WEIGHTS, join(folder, "squezenet.h5")];
    },
    says: /squezenet\.h5: no such file, did you mean .*\/squeezenet\.h5\?/,
  },
  {
    what: "the weights of another base",
    args: async (folder) => {
      const path = join(folder, "w.h5");
      await writeKerasWeights(path, zeroWeights("squeezenet11"));
      return ["--data", "demo", "--base", "densenet121", "--weights", path];
    },
    says: /w\.h5: these are the weights of squeezenet11, not of densenet121\. Use --base squeezenet11, or name a file/,
  },
  {
    what: "weights that are not there",
    args: (folder) => [...WEIGHTS, join(folder, "missing.h5")],
    says:
      /^headlight: --weights \/.*\/missing\.h5: no such file\. Name a \.h5, \.weights\.h5 or \.keras file, imagenet or random\.$/m,
  },
  {
    what: "a base in a file that is not there",
    args: (folder) => ["--data", "demo", "--base", join(folder, "missing.keras")],
    says:
      /^headlight: --base \/.*\/missing\.keras: no such file\. Name a \.keras or \.h5 file, or a base of deno task bases\.$/m,
  },
  {
    what: "a missing TensorFlow folder",
    args: (folder) => ["--data", "demo", "--tensorflow", join(folder, "nowhere")],
    says: /--tensorflow: no TensorFlow in .*nowhere: no such folder\. Name/,
  },
  {
    what: "a HEADLIGHT_TENSORFLOW without TensorFlow in it",
    args: () => ["--data", "demo"],
    env: (folder) => ({ HEADLIGHT_TENSORFLOW: folder }),
    says: /HEADLIGHT_TENSORFLOW: no TensorFlow in .*: libtensorflow_cc\S+ is missing/,
  },
  {
    what: "--tensorflow with --engine wasm",
    args: (folder) => ["--data", "demo", "--engine", "wasm", "--tensorflow", folder],
    says: /--tensorflow cannot be combined with --engine wasm\. Remove one of them/,
  },
  {
    what: "images too thin to leave any pixel",
    args: (folder) => {
      const arrays = smallArrays();
      for (const name of ["train_images", "test_images"] as const) {
        const [count = 0] = arrays[name].shape;
        arrays[name] = { dtype: "uint8", shape: [count, 1, 200, 3], data: new Uint8Array(count * 600) };
      }
      writeSet(folder, arrays);
      return ["--data", folder];
    },
    says:
      /: its images of 1×200 pixels \(height × width\) would have no pixels left at size 160\. Crop them, or .* --size/,
  },
  {
    what: "a cache folder that is a file",
    args: () => ["--data", "demo"],
    env: (folder) => {
      Deno.writeTextFileSync(join(folder, "file"), "");
      return { XDG_CACHE_HOME: join(folder, "file") };
    },
    says: /The cache folder .*file\/headlight cannot be written \(Not a directory\)\. .*XDG_CACHE_HOME/,
  },
  {
    what: "a cache folder that cannot be created",
    args: () => ["--data", "demo"],
    env: () => ({ XDG_CACHE_HOME: "/proc/nowhere" }),
    says: /The cache folder \/proc\/nowhere\/headlight cannot be written \(.*\)\. .*XDG_CACHE_HOME/,
  },
  {
    what: "an unwritable place for features",
    args: () => ["--data", "demo"],
    env: (folder) => {
      Deno.mkdirSync(join(folder, "headlight"));
      Deno.writeTextFileSync(join(folder, "headlight", "features"), "");
      return { XDG_CACHE_HOME: folder };
    },
    says: /The cache folder .*headlight\/features cannot be written \(Not a directory\)\. .*XDG_CACHE_HOME/,
  },
  { what: "an unknown flag, with the near one", args: () => ["--epoch", "3"], says: /--epoch\b.*--epochs/ },
  { what: "a number out of range", args: () => ["--dropout", "1.5"], says: /--dropout 1\.5: must be less than 1/ },
  { what: "an argument too many", args: () => ["grocery10"], says: /argument/ },
];

for (const { what, args, env, says } of CASES) {
  Deno.test(`bad input: ${what} is reported in one line, exit status 2, nothing written`, async () => {
    await withTemporaryFolder(async (folder) => {
      const data = join(folder, "data");
      Deno.mkdirSync(data);
      const runs = join(folder, "runs");
      const { status, stdout, stderr } = await headlight(["train", ...await args(data), "--runs", runs], {
        env: env?.(data) ?? {},
      });
      assert.equal(status, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^headlight: [^\n]+\n$/, "one line");
      assert.match(stderr, says);
      assert.equal(existsSync(runs), false, "something was written");
    });
  });
}

Deno.test("bad input: --debug shows the stack", async () => {
  const { status, stderr } = await headlight(["train", "--dropout", "1.5", "--debug"]);
  assert.equal(status, 2);
  assert.match(stderr, /\n\s+at /);
});

Deno.test("bad input: an unwritable folder of runs is reported in one line that names --runs, exit status 2", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    const { status, stderr } = await headlight(["train", "--data", "demo", "--runs", join(folder, "file")]);
    assert.equal(status, 2);
    assert.match(stderr, /^headlight: [^\n]*--runs[^\n]*\n$/);
  });
});

Deno.test("bad input: watch, stop and checkpoint report a run that does not exist in one line, exit status 2", async () => {
  await withTemporaryFolder(async (runs) => {
    for (const command of ["watch", "stop", "checkpoint"]) {
      for (const args of [[], ["20260101"]]) {
        const { status, stdout, stderr } = await headlight([command, ...args, "--runs", runs]);
        assert.equal(status, 2, `${command} ${args}`);
        assert.equal(stdout, "");
        assert.match(stderr, /^headlight: (?:There are no runs|No run|20260101 is neither a run) [^\n]*\n$/);
      }
    }
  });
});

Deno.test("bad input: watch with three runs names the command that shows them, with their names and their folder", async () => {
  await withTemporaryFolder(async (runs) => {
    const { status, stderr } = await headlight(["watch", "a", "my run", "c", "--runs", runs]);
    assert.equal(status, 2);
    assert.equal(
      stderr,
      "headlight: watch shows at most two runs, not 3. To see them in one plot and one table: " +
        `deno task compare a 'my run' c --runs ${runs}\n`,
    );
  });
});

Deno.test("bad input: an unknown command is reported in one line with a similar one, exit status 2", async () => {
  const { status, stderr } = await headlight(["trian"]);
  assert.equal(status, 2);
  assert.match(stderr, /^headlight: [^\n]*train[^\n]*\n$/);
});

Deno.test("planned tasks and flags do not exist yet", async () => {
  for (
    const args of [["serve"], ["train", "--nodes", "2"]]
  ) {
    const { status, stderr } = await headlight(args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, /^headlight: unknown [^\n]*\n$/);
  }
});

Deno.test("escape sequences in class names are not drawn", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    Deno.mkdirSync(data);
    writeSet(data, smallArrays());
    Deno.writeTextFileSync(join(data, "classes.txt"), "0 \x1b[31mred\x1b]0;title\x07\n1 blue\x9b2J\n");
    // The link to the set has an escape sequence in its name too.
    const link = join(folder, "\x1b[2Jlink");
    symlinkSync(data, link);
    const flags = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "1"];
    for (const view of ["--plain", "--json"]) {
      const { status, stdout } = await headlight([
        "train",
        "--data",
        link,
        ...flags,
        view,
        "--runs",
        join(folder, "runs"),
      ]);
      assert.equal(status, 0);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }
  });
});
