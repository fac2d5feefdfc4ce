import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { bases } from "../../src/bases/bases.ts";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { NETWORK_NAMES, type NetworkName } from "../../src/bases/networks.ts";
import { kerasConfig } from "../../src/export/keras/config.ts";
import { keras } from "../../src/export/keras/keras.ts";
import { kerasOrder } from "../../src/export/keras/order.ts";
import { readKerasArchive } from "../../src/model/keras_archive.ts";
import { readLayerKind } from "../../src/model/keras_config/layer_kind.ts";
import { toKeras } from "../../src/model/keras_config/write_kind.ts";
import { readKerasModel, readKerasWeights } from "../../src/model/keras_file.ts";
import { describe } from "../../src/model/layers.ts";
import { tensorflowEngine } from "../engine.ts";
import { formulaInput, formulaWeights } from "../model/formula_weights.ts";
import { kerasKinds } from "../model/kinds.ts";
import { askPython, pythonTest } from "../python/python.ts";
import { withTemporaryFolder } from "../support.ts";
import { madeUpModel } from "./made_up_model.ts";
import { madeUpPixels, ownProbabilities, softened } from "./models.ts";

const SERVICES = { tf: () => Promise.reject(new Error("Keras's format needs no TensorFlow")) };

Deno.test("the layers of keras.applications are in Keras's order already", () => {
  for (const { layers, smallestSize, name } of Object.values(bases)) {
    const list = layers(Math.max(96, smallestSize), "max");
    assert.deepEqual(kerasOrder(list).map((layer) => layer.name), list.map((layer) => layer.name), name);
  }
});

Deno.test("branches are in the order in which Keras meets them from the output", () => {
  const operation = (name: string, ...inputs: string[]) => ({ name, inputs });
  // `b` is written first, but the sum names `a` first, and `c` is further from the output than both.
  const list = [
    ...[operation("in"), operation("b", "in"), operation("c", "in"), operation("a", "c")],
    ...[operation("sum", "a", "b")],
  ];
  assert.deepEqual(kerasOrder(list).map(({ name }) => name), ["in", "c", "a", "b", "sum"]);
});

Deno.test("every kind of layer is read as it was written", () => {
  for (const { spec } of kerasKinds) {
    if (spec.type === "ReverseChannels") continue;
    const { class_name, config } = toKeras(spec);
    const reading = readLayerKind(class_name, JSON.parse(JSON.stringify(config)), { keras2: false });
    assert.ok("kind" in reading, JSON.stringify(reading));
    assert.deepEqual(toKeras(reading.kind), toKeras(spec));
  }
});

for (const name of ["squeezenet11", "mobilenet_v2", "efficientnetb0", "lesson-cnn"] as const) {
  Deno.test(`Headlight reads the layers and weights of its own export of ${name}`, async () => {
    await withTemporaryFolder(async (folder) => {
      const model = madeUpModel(name, 64);
      await keras.write(model, folder, SERVICES);
      const path = join(folder, "model.keras");
      const read = await readKerasModel(path);
      assert.deepEqual(read.inputShape, [64, 64, 3]);
      const types = describe(model.layers).slice(1).map(({ type }) => type);
      assert.deepEqual(
        read.layers.map(({ reading }) => "kind" in reading ? reading.kind.type : reading).toSorted(),
        types.toSorted(),
      );
      const weights = await readKerasWeights(path, model.layers, { matching: "own", model: read });
      assert.deepEqual(
        weights,
        model.weights.map(({ name, weights }) => ({
          name,
          weights: weights.map(({ name, shape, data }) => ({ name, shape, data })),
        })),
      );
    });
  });
}

Deno.test("the class names are in the metadata, and equal models give equal files", async () => {
  await withTemporaryFolder(async (folder) => {
    const model = madeUpModel("lesson-cnn", 32);
    const paths = ["one", "other"].map((name) => join(folder, name));
    for (const path of paths) {
      Deno.mkdirSync(path);
      await keras.write(model, path, SERVICES);
    }
    const [one, other] = paths.map((path) => Deno.readFileSync(join(path, "model.keras")));
    assert.deepEqual(one, other);
    const { classNames } = await readKerasArchive(join(folder, "one", "model.keras"));
    assert.deepEqual(classNames, model.classes);
  });
});

const answers = z.array(z.object({
  output: z.array(z.array(z.number())),
  parameters: z.int(),
  trainable: z.int(),
  layers: z.array(z.string()),
  loss: z.number().optional(),
  frozenStays: z.boolean().optional(),
}));

/** Few, because a large network takes Keras half a minute. HEADLIGHT_EXPORTS=all compares all of them. */
const NAMES = Deno.env.get("HEADLIGHT_EXPORTS") === "all"
  ? NETWORK_NAMES
  : ["squeezenet11", "mobilenet_v2", "lesson-cnn"] as const;

/** Asks Keras about exported models. */
async function askKeras(requests: readonly { path: string; pixels: string; train?: boolean }[]) {
  return answers.parse(await askPython("keras_predict.py", requests));
}

Deno.test(pythonTest(
  "Keras loads the export, gives Headlight's probabilities, counts its parameters and trains on",
  async (t) => {
    const { tf } = await tensorflowEngine();
    await withTemporaryFolder(async (folder) => {
      const size = 64;
      const modelOf = (name: NetworkName) => softened(tf, madeUpModel(name, size, "bn,dense:8:relu,dropout:0.5"));
      const pixels = madeUpPixels(5, size);
      const file = join(folder, "pixels");
      Deno.writeFileSync(file, new Uint8Array(pixels.buffer));
      const requests = [];
      for (const name of NAMES) {
        const path = join(folder, name);
        Deno.mkdirSync(path);
        await keras.write(modelOf(name), path, SERVICES);
        requests.push({ path: join(path, "model.keras"), pixels: file, train: true });
      }
      const found = await askKeras(requests);
      for (const [index, name] of NAMES.entries()) {
        await t.step(name, () => {
          const model = modelOf(name);
          const answer = found[index];
          assert.ok(answer);
          const own = ownProbabilities(tf, model, pixels, 5);
          const differences = answer.output.flat().map((value, place) => Math.abs(value - (own[place] ?? NaN)));
          assert.ok(Math.max(...differences) < 1e-4, `differs by ${Math.max(...differences)}`);
          const rows = describe(model.layers);
          assert.equal(answer.parameters, rows.reduce((sum, { parameters }) => sum + parameters, 0));
          assert.equal(answer.trainable, rows.reduce((sum, { trainableParameters }) => sum + trainableParameters, 0));
          const layers = kerasOrder(model.layers).filter(({ type }) => type !== "ReverseChannels");
          assert.deepEqual(answer.layers, layers.map((layer) => layer.name));
          assert.ok(answer.loss !== undefined && answer.loss > 0);
          assert.equal(answer.frozenStays, true);
        });
      }
    });
  },
));

Deno.test(
  pythonTest("Keras computes every kind of layer of an export as the layer that was recorded from Keras", async (t) => {
    await withTemporaryFolder(async (folder) => {
      const single = kerasKinds.filter(({ inputs }) => inputs.length === 1);
      const requests = [];
      for (const [index, { spec, inputs: [shape = []] }] of single.entries()) {
        const input: LayerSpec = { name: "in", type: "InputLayer", inputs: [], trainable: false, shape };
        const layers: LayerSpec[] = [input, { name: "layer", inputs: ["in"], trainable: true, ...spec }];
        // As in the recorded cases, whose lists begin with the same input.
        const weights = formulaWeights(layers);
        const pixels = join(folder, `${index}.pixels`);
        Deno.writeFileSync(pixels, new Uint8Array(formulaInput(shape, 0).buffer));
        const path = join(folder, String(index));
        Deno.mkdirSync(path);
        const model = { name: "one", layers, weights, classes: [], size: 0, resize: "bilinear" } as const;
        await keras.write(model, path, SERVICES);
        requests.push({ path: join(path, "model.keras"), pixels });
      }
      const found = await askKeras(requests);
      for (const [index, { spec, output }] of single.entries()) {
        await t.step(JSON.stringify(spec), () => {
          const values = found[index]?.output.flat() ?? [];
          assert.equal(values.length, output.length);
          const largest = Math.max(...output.map(Math.abs));
          for (const [place, value] of values.entries()) {
            assert.ok(Math.abs(value - (output[place] ?? NaN)) <= 1e-5 * largest, `${value} is not ${output[place]}`);
          }
        });
      }
    });
  }),
);

Deno.test("a layer that Keras has not is refused by its name", () => {
  const input: LayerSpec = { name: "in", type: "InputLayer", inputs: [], trainable: false, shape: [8, 8, 3] };
  const lambda: LayerSpec = { name: "resize", type: "Lambda", inputs: ["in"], trainable: false, size: 4 };
  assert.throws(() => kerasConfig("model", [input, lambda]), /Keras has no layer Lambda/);
});
