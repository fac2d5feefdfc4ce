import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_NAMES, bases, DEFAULT_BASE } from "../../src/bases/bases.ts";
import { fileHash } from "../../src/files/hash.ts";
import { readKerasWeights } from "../../src/model/keras_h5.ts";
import { describe } from "../../src/model/layers.ts";
import { parameterTotals } from "../../src/model/parameters.ts";
import { matchWeights } from "../../src/model/weights.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { shared, sharedTest } from "../support.ts";

const NAMES = BASE_NAMES;

Deno.test("DenseNet121 and SqueezeNet 1.1 have their published numbers of layers and parameters", () => {
  const densenet = describe(bases.densenet121.layers(160, "max"));
  assert.equal(densenet.length, 428);
  assert.equal(parameterTotals(densenet).total, 7_037_504);
  const squeezenet = describe(bases.squeezenet11.layers(160, "max"));
  assert.equal(parameterTotals(squeezenet).total, 722_496);
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
  const published: Record<string, string[]> = JSON.parse(
    Deno.readTextFileSync(new URL("../fixtures/model/published_layers.json", import.meta.url)),
  );
  for (const name of NAMES) {
    const layers = bases[name].layers(160, "max");
    // Keras numbers its input and padding layers through, and its pooling layer may come without a name; drop9 is left out.
    const numbered = /^(input|zero_padding2d|global_|max_pool|drop9)/;
    const theirs = published[name]?.map((layer) => layer.replaceAll("/", "_")).filter((layer) => !numbered.test(layer));
    assert.deepEqual(layers.map((layer) => layer.name).filter((layer) => !numbered.test(layer)), theirs);
  }
});

sharedTest("the weights of published files fit the layers", async () => {
  const files = {
    densenet121: shared("goldens/densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5"),
    squeezenet11: shared("weights/squeezenet11/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5"),
  };
  for (const name of NAMES) {
    matchWeights(await readKerasWeights(files[name]), bases[name].layers(160, "max"), files[name]);
  }
});

/** Returns TypeScript code without its comments. A `//` inside a text, as in a URL, does not start a comment. */
function code(path: string): string {
  return readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

Deno.test("a new base needs only its own file and a place in the list, because no other code names a base", () => {
  const files = ["src", "components"].flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file))
  ).filter((file) => /\.tsx?$/.test(file));
  assert.ok(files.length > 200);
  for (const name of NAMES) {
    const naming = [...files, "main.ts"].filter((file) => {
      const text = code(join(PROJECT_ROOT, file));
      return [name, bases[name].displayName, bases[name].published.name].some((word) => text.includes(word));
    });
    assert.deepEqual(naming.toSorted(), ["src/bases/bases.ts", `src/bases/${name}.ts`]);
  }
});

Deno.test("every base is listed under its own name, and the lesson's base is the default", () => {
  for (const name of NAMES) assert.equal(bases[name].name, name);
  assert.equal(DEFAULT_BASE, "densenet121");
});

sharedTest("a base states the true size and hash of its published weights file", async () => {
  const { name, bytes, md5 } = bases.squeezenet11.published;
  const path = shared("weights/squeezenet11", name);
  assert.deepEqual([Deno.statSync(path).size, await fileHash(path, "md5")], [bytes, md5]);
});
