/** MobileNetV2 for 160 pixels in all formats of Keras: as the weights of a base and as a model. */
import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { cutOf, describeModel, layersUpTo, ownShape } from "../../src/model/cut.ts";
import { readKerasModel, readKerasWeights } from "../../src/model/keras_file.ts";
import { parameterTotals } from "../../src/model/parameters.ts";
import { publishedFile } from "./published_files.ts";

const WHOLE = publishedFile("mobilenet_v2_whole.h5");
const LAYERS = bases.mobilenet_v2.layers(160, "max");

Deno.test("a base's weights are the same from .h5, .weights.h5 and the nested model of a whole one", async () => {
  const expected = await readKerasWeights(publishedFile("mobilenet_v2.h5"), LAYERS);
  assert.equal(expected.reduce((sum, { weights }) => sum + weights.length, 0), 260);
  for (const path of [publishedFile("mobilenet_v2.weights.h5"), WHOLE]) {
    assert.deepEqual(await readKerasWeights(path, LAYERS), expected, path);
  }
});

Deno.test("a whole model cut before its top is the base that was put into it", async () => {
  const model = await readKerasModel(WHOLE);
  const cut = cutOf(model, null);
  assert.equal(cut, "out_relu");
  assert.equal(cutOf(model, "mobilenetv2_1.00_160"), cut);
  assert.equal(parameterTotals(describeModel(model, cut)).total, 2_257_984);
  const layers = layersUpTo(model, cut, ownShape(model));
  const own = await readKerasWeights(WHOLE, layers, { matching: "own" });
  assert.deepEqual(own, await readKerasWeights(WHOLE, LAYERS));
});
