import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import { type File, writeHdf5 } from "../../src/model/hdf5.ts";
import { checkKerasWeights, readKerasLayers, readKerasWeights } from "../../src/model/keras_file.ts";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { type LayerWeights, matchWeights } from "../../src/model/weights.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { FIXTURES } from "./parity_fixture.ts";

const CONVOLUTION = { type: "Conv2D", kernel: 1, strides: 1, padding: "valid", bias: false, trainable: false } as const;
const SPECS: readonly LayerSpec[] = [
  { name: "input_layer", type: "InputLayer", inputs: [], trainable: false, shape: [4, 4, 3] },
  { ...CONVOLUTION, name: "first_conv", inputs: ["input_layer"], filters: 2 },
  { name: "relu", type: "Activation", activation: "relu", inputs: ["first_conv"], trainable: false },
  { ...CONVOLUTION, name: "second_conv", inputs: ["relu"], filters: 4, bias: true },
];

/** Returns values that count up, so that a test notices an array in the wrong place. */
function array(name: string, ...shape: number[]): { name: string; shape: number[]; data: Float32Array } {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { name, shape, data: Float32Array.from({ length: size }, (_, index) => index + shape.length / 8) };
}

const FITTING: readonly LayerWeights[] = [
  { name: "input_layer", weights: [] },
  { name: "first_conv", weights: [array("kernel", 1, 1, 3, 2)] },
  { name: "second_conv", weights: [array("kernel", 1, 1, 2, 4), array("bias", 4)] },
];

/** Asserts that both the check and reading with matching refuse the file, in one line and with exit status 2. */
async function refuses(path: string, reason: RegExp): Promise<void> {
  const expected = (error: unknown) => {
    assert.ok(error instanceof HeadlightError, String(error));
    assert.equal(error.exitStatus, 2);
    assert.match(error.message, reason);
    assert.ok(error.message.startsWith(path) && !error.message.includes("\n"), error.message);
    return true;
  };
  await assert.rejects(checkKerasWeights(path, SPECS), expected);
  await assert.rejects(readKerasWeights(path, SPECS), expected);
}

Deno.test("weights that were written are read back value by value under the names of the list", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "new", "weights.h5");
    await writeKerasWeights(path, FITTING);
    await checkKerasWeights(path, SPECS);
    assert.deepEqual(await readKerasWeights(path, SPECS), FITTING.slice(1));
    assert.deepEqual([...Deno.readDirSync(join(folder, "new"))].map((entry) => entry.name), ["weights.h5"]);
  });
});

Deno.test("equal weights give equal files, whenever they are written", async () => {
  await withTemporaryFolder(async (folder) => {
    const paths = [join(folder, "one.h5"), join(folder, "other.h5")] as const;
    await writeKerasWeights(paths[0], FITTING);
    // HDF5 stores times in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await writeKerasWeights(paths[1], FITTING);
    assert.deepEqual(Deno.readFileSync(paths[0]), Deno.readFileSync(paths[1]));
    assert.ok(Date.now() > 1e12);
  });
});

Deno.test("an .h5 file that does not fit the base is refused, naming the layer, the weight and both shapes", async (t) => {
  const [input, first, second] = FITTING;
  assert.ok(input && first && second);
  const kernel = array("kernel", 1, 1, 2, 4);
  const cases: readonly (readonly [string, readonly LayerWeights[], RegExp])[] = [
    ["lacks a layer", [input, second], /layer first_conv is missing \(the file has 1 layers with .*, the base has 2\)/],
    [
      "has a layer too many",
      [input, first, { name: "fc1000", weights: [array("kernel", 4, 9)] }, second],
      /layer fc1000 is not part of the base/,
    ],
    [
      "has another shape",
      [first, { name: "second_conv", weights: [array("kernel", 3, 3, 2, 4), array("bias", 4)] }],
      /layer second_conv: kernel has shape \(3, 3, 2, 4\), expected \(1, 1, 2, 4\)/,
    ],
    [
      "lacks a bias",
      [first, { name: "second_conv", weights: [kernel] }],
      /layer second_conv has 1 weight, expected 2/,
    ],
    [
      "is of another network",
      [{ name: "dense", weights: [array("kernel", 4, 9)] }],
      /has 1 layers with weights, the base has 2, layer first_conv \(dense in the file\): kernel has shape \(4, 9\)/,
    ],
  ];
  await withTemporaryFolder(async (folder) => {
    for (const [name, layers, reason] of cases) {
      await t.step(name, async () => {
        const path = join(folder, `${name}.h5`);
        await writeKerasWeights(path, layers);
        await refuses(path, reason);
      });
    }
  });
});

Deno.test("layers are matched by order, so other names with the right shapes are accepted", () => {
  const renamed = FITTING.map((layer, index) => ({ ...layer, name: `layer/${index}` }));
  assert.deepEqual(matchWeights(renamed, SPECS, "file").map((layer) => layer.name), ["first_conv", "second_conv"]);
});

Deno.test("a file that is not HDF5, is truncated, is a folder or does not exist is refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    await refuses(path, /: no such file\. /);
    await refuses(folder, /: not a file\. /);
    const unzipped = join(folder, "unzipped.keras");
    Deno.mkdirSync(unzipped);
    Deno.writeTextFileSync(join(unzipped, "model.weights.h5"), "");
    await refuses(unzipped, /: a folder that Keras saved with zipped=False\. Save the model with model\.save/);
    await Deno.writeTextFile(path, "<html>not found</html>");
    await refuses(path, /neither an HDF5 file nor a zip file\. Use a file that Keras wrote/);
    await Deno.writeTextFile(path, "");
    await refuses(path, /neither an HDF5 file/);
    await writeKerasWeights(path, FITTING);
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.subarray(0, 2000));
    await refuses(path, new RegExp(`[^ :]: the file is truncated: it has 2000 of ${whole.length} bytes`));
  });
});

Deno.test("an HDF5 file that is not a Keras weights file is refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    await hdf5(path, (file) => file.create_attribute("author", "somebody"));
    await refuses(path, /no attribute layer_names/);
    await hdf5(path, (file) => file.create_attribute("layer_names", ["first_conv"]));
    await refuses(path, /layer first_conv cannot be read/);
  });
});

Deno.test("float64 weights are rounded to float32, and other number types are refused by name", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    const write = (data: Float64Array | Int32Array) =>
      hdf5(path, (file) => {
        file.create_attribute("layer_names", ["first_conv"]);
        const group = file.create_group("first_conv");
        group.create_attribute("weight_names", ["kernel:0"]);
        group.create_dataset({ name: "kernel:0", data, shape: [1, 1, 3, 2] });
      });
    await write(Float64Array.of(0.1, 2, 3, 4, 5, 6));
    const [layer] = await readKerasLayers(path);
    assert.deepEqual(layer?.weights[0]?.data, Float32Array.of(0.1, 2, 3, 4, 5, 6));
    await write(Int32Array.of(1, 2, 3, 4, 5, 6));
    await refuses(path, /kernel:0 contains values that are not floating-point numbers\. Save the weights as float32\./);
  });
});

Deno.test("name lists that Keras has split are read, as are weights inside a whole model's file", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "model.h5");
    await hdf5(path, (file) => {
      const root = file.create_group("model_weights");
      root.create_attribute("layer_names0", ["first_conv"]);
      root.create_attribute("layer_names1", ["second_conv"]);
      for (const { name, weights } of FITTING.slice(1)) {
        const group = root.create_group(name);
        group.create_attribute("weight_names", weights.map((weight) => weight.name));
        for (const weight of weights) {
          group.create_dataset({ name: weight.name, data: weight.data, shape: [...weight.shape] });
        }
      }
    });
    await checkKerasWeights(path, SPECS);
    assert.deepEqual(await readKerasLayers(path), FITTING.slice(1));
  });
});

Deno.test({
  name: `reading leaves no file open${needs("Linux")}`,
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, "weights.h5");
      await writeKerasWeights(path, FITTING);
      for (let time = 0; time < 3; time++) {
        await checkKerasWeights(path, SPECS);
        await readKerasWeights(path, SPECS);
      }
      const open = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => linkTarget(`/proc/self/fd/${name}`));
      assert.deepEqual(open.filter((target) => target.startsWith(folder)), []);
    }),
});

/**
 * Returns the target of a link, or an empty string for the descriptor that listed the folder, which is closed by then.
 */
function linkTarget(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

async function hdf5(path: string, fill: (file: File) => void): Promise<void> {
  await writeHdf5(path, ({ file }) => fill(file));
}

Deno.test("a whole number among the weights is read, as Keras writes it for a normalization layer", async () => {
  const path = join(FIXTURES, "normalization.h5");
  const specs: readonly LayerSpec[] = [
    { name: "input_layer", type: "InputLayer", inputs: [], trainable: false, shape: [5, 7, 3] },
    { name: "normalization", type: "Normalization", inputs: ["input_layer"], trainable: false },
  ];
  await checkKerasWeights(path, specs);
  assert.deepEqual(await readKerasWeights(path, specs), [{
    name: "normalization",
    weights: [
      { name: "mean", shape: [3], data: Float32Array.of(0.25, -1, 0.5) },
      { name: "variance", shape: [3], data: Float32Array.of(0.5, 2, 4) },
      { name: "count", shape: [], data: Float32Array.of(7) },
    ],
  }]);
});
