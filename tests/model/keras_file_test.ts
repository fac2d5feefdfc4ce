import assert from "node:assert/strict";
import { join } from "node:path";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { buildNetwork } from "../../src/model/build.ts";
import { fileNetwork } from "../../src/model/base_network.ts";
import { cutOf, describeModel, layersUpTo, ownShape } from "../../src/model/cut.ts";
import { checkKerasWeights, readKerasModel, readKerasWeights } from "../../src/model/keras_file.ts";
import { wasmEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { EXPECTED, IMAGES, kerasFile, MODEL_FILES, pixels, SIZE } from "./keras_files.ts";

const engine = await wasmEngine();

/** Asserts that values differ by at most 1e-4 of the largest one. */
function assertNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const differences = expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN)));
  assert.ok(Math.max(...differences) <= 1e-4 * largest, `${Math.max(...differences)} of ${largest}`);
}

function outputOf(tf: Tf, layers: readonly LayerSpec[], weights: Awaited<ReturnType<typeof readKerasWeights>>) {
  const network = buildNetwork(tf, layers, weights);
  const output = tf.tidy(() => network.predict(tf.tensor4d(pixels(), [IMAGES, SIZE, SIZE, 3])));
  network.dispose();
  return output;
}

for (const [file, name] of Object.entries(MODEL_FILES)) {
  const expected = EXPECTED[name];

  Deno.test(`${file}: the whole model computes what Keras computes`, async () => {
    const path = kerasFile(file);
    const model = await readKerasModel(path);
    const layers = layersUpTo(model, model.output, ownShape(model));
    const output = outputOf(engine.tf, layers, await readKerasWeights(path, layers, { matching: "own" }));
    assertNear(output.dataSync(), expected.output);
    output.dispose();
  });

  Deno.test(`${file}: cut before its top it has Keras's features and number of parameters`, async () => {
    const path = kerasFile(file);
    const model = await readKerasModel(path);
    const cut = cutOf(model, null);
    const rows = describeModel(model, cut);
    assert.equal(rows.reduce((sum, { parameters }) => sum + parameters, 0), expected.base_parameters);
    const layers = layersUpTo(model, cut, ownShape(model));
    await checkKerasWeights(path, layers, { matching: "own" });
    const maps = outputOf(engine.tf, layers, await readKerasWeights(path, layers, { matching: "own" }));
    const features = engine.tf.tidy(() => maps.max([1, 2]));
    assertNear(features.dataSync(), expected.features);
    engine.tf.dispose([maps, features]);
  });
}

Deno.test("mixed.weights.h5, which does not name its layers, has the weights of mixed.keras", async () => {
  const path = kerasFile("mixed.keras");
  const model = await readKerasModel(path);
  const layers = layersUpTo(model, model.nested.get("inner") ?? "", ownShape(model));
  // The layers of the nested model are in the file of the whole model, as a base is in a model that was saved with it.
  const inner = layers.filter(({ name }) => name === model.input || name.startsWith("stem_"))
    .map((layer, index) => index === 1 ? { ...layer, inputs: [model.input] } : layer);
  const expected = await readKerasWeights(path, inner);
  assert.deepEqual(expected.map(({ name }) => name), ["stem_conv", "stem_bn", "stem_depthwise"]);
  for (const file of ["mixed.weights.h5", "mixed.h5"]) {
    await checkKerasWeights(kerasFile(file), inner);
    assert.deepEqual(await readKerasWeights(kerasFile(file), inner), expected, file);
  }
});

Deno.test("weights of a model with models in it are read from a file with weights alone, with the model's own layers", async () => {
  const { layers, model } = await fileNetwork(kerasFile("mixed.keras"), null);
  const specs = layers(SIZE, "max");
  const own = await readKerasWeights(kerasFile("mixed.keras"), specs, { matching: "own" });
  assert.equal(own.length, 8);
  await checkKerasWeights(kerasFile("mixed.weights.h5"), specs, { model });
  assert.deepEqual(await readKerasWeights(kerasFile("mixed.weights.h5"), specs, { model }), own);
});

Deno.test("a model with layers that are not known is refused with all of their types in one line", async () => {
  const path = kerasFile("unsupported.keras");
  const model = await readKerasModel(path);
  assert.throws(
    () => cutOf(model, null),
    /^HeadlightError: layers of these types are not supported: Attention, LSTM\. Use another model, or as a base cut it before them with --cut LAYER\.$/,
  );
  assert.equal(describeModel(model, cutOf(model, "begin")).at(-1)?.name, "begin");
});

Deno.test("a file with weights and no model is refused as a model, and other files say what they are not", async () => {
  await assert.rejects(readKerasModel(kerasFile("mixed.weights.h5")), /it has weights but no model\. Use a file that/);
  await assert.rejects(readKerasModel(kerasFile("none.keras")), /none\.keras: no such file\. Check the path\./);
  await assert.rejects(
    readKerasModel(kerasFile("make.py")),
    /make\.py: neither an HDF5 file nor a zip file\. Use a file/,
  );
});

Deno.test("a .keras file that is cut off is refused in one sentence and a remedy", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "cut.keras");
    await Deno.writeFile(path, (await Deno.readFile(kerasFile("tutorial.keras"))).subarray(0, 2000));
    await assert.rejects(
      readKerasModel(path),
      /cut\.keras: the file is damaged \([^()]*[^.]\)\. Download or copy it again\.$/,
    );
  });
});
