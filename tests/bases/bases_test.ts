import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BASE_NAMES, type BaseName, bases, DEFAULT_BASE } from "../../src/bases/bases.ts";
import { readKerasLayers } from "../../src/model/keras_file.ts";
import { fileHash } from "../../src/files/hash.ts";
import { describe } from "../../src/model/layers.ts";
import { parameterTotals } from "../../src/model/parameters.ts";
import { matchWeights } from "../../src/model/weights.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { publishedFile } from "../model/published_files.ts";
import { shared, sharedTest } from "../support.ts";
import { SQUEEZENET_PLACE } from "../test_data/sources.ts";

const NAMES = BASE_NAMES;

/** Parameters, and thousand millions of multiply-adds at 160 and 224 pixels, counted from keras.applications 3.16.0. */
const PUBLISHED: Readonly<Record<BaseName, readonly [parameters: number, at160: number, at224: number]>> = {
  densenet121: [7_037_504, 1.45, 2.83],
  densenet169: [12_642_880, 1.71, 3.36],
  densenet201: [18_321_984, 2.19, 4.29],
  // Not in that file.
  squeezenet11: [722_496, 0.13, 0.26],
  mobilenet_v2: [2_257_984, 0.15, 0.30],
  resnet50: [23_587_712, 1.97, 3.86],
  resnet50v2: [23_564_800, 1.78, 3.48],
  efficientnetb0: [4_049_571, 0.20, 0.38],
  vgg16: [14_714_688, 7.83, 15.35],
};

Deno.test("every base has its published number of parameters and of multiply-adds", () => {
  for (const name of NAMES) {
    const [parameters, ...macs] = PUBLISHED[name];
    for (const [index, size] of [160, 224].entries()) {
      const rows = describe(bases[name].layers(size, "max"));
      assert.equal(parameterTotals(rows).total, parameters, name);
      const found = rows.reduce((sum, row) => sum + row.macs, 0) / 1e9;
      assert.equal(found.toFixed(2), macs[index]?.toFixed(2), `${name} at ${size}`);
    }
  }
});

Deno.test("each base is frozen and has its documented feature width for both poolings and all sizes from 32 up", () => {
  for (const name of NAMES) {
    for (const pooling of ["max", "avg"] as const) {
      for (const size of [32, 33, 160, 224, 1024]) {
        const rows = describe(bases[name].layers(size, pooling));
        assert.deepEqual(rows.at(-1)?.outputShape, [null, bases[name].featureWidth], `${name} ${pooling} ${size}`);
        assert.equal(parameterTotals(rows).trainable, 0);
      }
    }
  }
});

Deno.test("layers have the names and the order of the published weight files", () => {
  const published: Partial<Record<BaseName, string[]>> = JSON.parse(
    Deno.readTextFileSync(new URL("../fixtures/model/published_layers.json", import.meta.url)),
  );
  const listed = NAMES.filter((name) => published[name]);
  assert.equal(listed.length, 3);
  for (const name of listed) {
    const layers = bases[name].layers(160, "max");
    // Keras numbers its input and padding layers through, and its pooling layer may come without a name; drop9 is left out.
    const numbered = /^(input|zero_padding2d|global_|max_pool|drop9)/;
    const theirs = published[name]?.map((layer) => layer.replaceAll("/", "_")).filter((layer) => !numbered.test(layer));
    assert.deepEqual(layers.map((layer) => layer.name).filter((layer) => !numbered.test(layer)), theirs, name);
  }
});

Deno.test("the weights of files in the published layouts fit the layers", async () => {
  for (const name of ["densenet121", "squeezenet11", "mobilenet_v2"] as const) {
    const file = publishedFile(`${name}.h5`);
    matchWeights(await readKerasLayers(file), bases[name].layers(160, "max"), file);
  }
});

/** The options of the lesson's own models, which name its base. */
const LESSON_MODELS = "src/results/lesson/lesson_models.ts";

/** Returns TypeScript code without its comments. A `//` inside a text, as in a URL, does not start a comment. */
function code(path: string): string {
  return readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

Deno.test("a new base needs only its own file and a place in the list, because no other code names a base", () => {
  const files = ["src", "components"].flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file))
  ).filter((file) => /\.tsx?$/.test(file) && file !== LESSON_MODELS);
  assert.ok(files.length > 200);
  for (const name of NAMES) {
    const naming = [...files, "main.ts"].filter((file) => {
      const text = code(join(PROJECT_ROOT, file));
      const words = [name, bases[name].displayName, ...bases[name].published.map((one) => one.name)];
      return words.some((word) => new RegExp(`\\b${word}\\b`).test(text));
    });
    assert.deepEqual(naming.toSorted(), ["src/bases/bases.ts", `src/bases/${name}.ts`]);
  }
});

Deno.test("every base is listed under its own name, and the lesson's base is the default", () => {
  for (const name of NAMES) assert.equal(bases[name].name, name);
  assert.equal(DEFAULT_BASE, "densenet121");
});

Deno.test(sharedTest("a base states the true size and hash of its published weights file", async () => {
  const { name, bytes, md5 } = bases.squeezenet11.published[0];
  const path = shared(SQUEEZENET_PLACE);
  assert.equal(basename(path), name);
  assert.deepEqual([Deno.statSync(path).size, await fileHash(path, "md5")], [bytes, md5]);
}));
