/** The exported SavedModel in Python: TensorFlow, Keras, and the code of the README as it stands there. */
import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import { resizeInto } from "../../src/data/images/resize.ts";
import { decodeImage } from "../../src/data/images/decode.ts";
import { savedModel } from "../../src/export/saved_model/saved_model.ts";
import { tensorflowEngine } from "../engine.ts";
import { SHARED, withTemporaryFolder } from "../support.ts";
import { baseModel, CLASSES, largestDifference, lessonModel, madeUpPixels, ownProbabilities } from "./models.ts";
import { pythonJson, pythonTest, runPython } from "../python/python.ts";
import { codeBlocks } from "./code_blocks.ts";

const SIGNATURES = `
import json, sys
import numpy as np, tensorflow as tf, keras
size, images, files = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pixels = np.fromfile("pixels.bin", "<f4").reshape(images, size, size, 3)
model = tf.saved_model.load("saved_model")
serve, any_size, jpeg = (model.signatures[name] for name in ("serving_default", "any_size", "jpeg"))
decoded = jpeg(image_bytes=tf.constant([open(file, "rb").read() for file in files]))
def both(file):
    image = tf.io.decode_jpeg(tf.io.read_file(file), channels=3, dct_method="INTEGER_ACCURATE")
    resized = tf.image.resize_with_pad(tf.cast(image, tf.float32), size, size, antialias=ANTIALIAS)
    given = any_size(pixels=tf.cast(image, tf.float32)[None])
    return [serve(pixels=resized[None])["probabilities"].numpy(), given["probabilities"].numpy()]
pairs = [both(file) for file in files]
lite = tf.lite.Interpreter(model_content=tf.lite.TFLiteConverter.from_saved_model("saved_model", signature_keys=["serving_default"]).convert())
lite.allocate_tensors()
print(json.dumps({
    "five": serve(pixels=tf.constant(pixels))["probabilities"].numpy().ravel().tolist(),
    "one": serve(pixels=tf.constant(pixels[:1]))["probabilities"].numpy().ravel().tolist(),
    "lite": lite.get_signature_runner("serving_default")(pixels=pixels)["probabilities"].ravel().tolist(),
    "layer": np.ravel(keras.layers.TFSMLayer("saved_model", call_endpoint="serving_default")(pixels)["probabilities"]).tolist(),
    "decoded": decoded["probabilities"].numpy().ravel().tolist(),
    "resized": np.ravel([one for one, _ in pairs]).tolist(),
    "any": np.ravel([other for _, other in pairs]).tolist(),
    "classes": [[name.decode() for name in row] for row in decoded["classes"].numpy()],
}))
`;

const numbers = z.array(z.number());
const results = z.object({
  five: numbers,
  one: numbers,
  lite: numbers,
  layer: numbers,
  decoded: numbers,
  resized: numbers,
  any: numbers,
  classes: z.array(z.array(z.string())),
});

const { tf } = await tensorflowEngine();
const services = { tf: () => Promise.resolve(tf) };

/** Photographs of two sizes where the shared data is there, otherwise made-up images, as JPEG and PNG. */
async function imageFiles(folder: string): Promise<string[]> {
  const paths = [join(folder, "wide.jpg"), join(folder, "tall.png")];
  await sharp(Uint8Array.from(madeUpPixels(1, 240, 333)), { raw: { width: 333, height: 240, channels: 3 } })
    .jpeg().toFile(join(folder, "wide.jpg"));
  await sharp(Uint8Array.from(madeUpPixels(1, 150, 61)), { raw: { width: 61, height: 150, channels: 3 } })
    .png().toFile(join(folder, "tall.png"));
  const photo = join(SHARED, "data/grocery10/images/test/Tomato/Beef-Tomato_001.jpg");
  return await Deno.stat(photo).then(() => [...paths, photo], () => paths);
}

const MODELS = [
  ["squeezenet11", () => baseModel(tf, { base: "squeezenet11", size: 64, head: "bn,dense:50:relu,dropout:0.5" })],
  ["mobilenet_v2", () => baseModel(tf, { base: "mobilenet_v2", size: 96, head: "linear" })],
  ["lesson-cnn", () => lessonModel(tf)],
  ["lesson-cnn with antialiasing", () => lessonModel(tf, 64, "antialias")],
] as const;

for (const [name, make] of MODELS) {
  Deno.test(pythonTest(`${name}: TensorFlow and Keras in Python compute Headlight's probabilities`, async () => {
    const model = await make();
    const { size, resize } = model;
    await withTemporaryFolder(async (folder) => {
      await savedModel.write(model, folder, services);
      const pixels = madeUpPixels(5, size);
      await Deno.writeFile(join(folder, "pixels.bin"), new Uint8Array(pixels.buffer));
      const files = await imageFiles(folder);
      const code = SIGNATURES.replace("ANTIALIAS", resize === "antialias" ? "True" : "False");
      const found = await pythonJson(results, code, [String(size), "5", ...files], folder);
      const five = ownProbabilities(tf, model, pixels, 5);
      const close = (one: ArrayLike<number>, other: ArrayLike<number>, what: string) =>
        assert.ok(largestDifference(one, other) < 1e-4, `${what}: ${largestDifference(one, other)}`);
      close(found.five, five, "five images");
      close(found.one, ownProbabilities(tf, model, pixels.slice(0, size * size * 3), 1), "one image");
      close(found.lite, five, "converted to TensorFlow Lite");
      close(found.layer, five, "as a Keras layer");
      close(found.decoded, found.resized, "decoded in the graph");
      close(found.any, found.resized, "resized in the graph");
      assert.deepEqual(found.classes, files.map(() => CLASSES));
      if (resize === "antialias") return;
      // Headlight reads the files itself, with libvips.
      const own = new Float32Array(files.length * size * size * 3);
      for (const [index, file] of files.entries()) {
        const image = await decodeImage(await Deno.readFile(file));
        resizeInto(own.subarray(index * size * size * 3), image, size);
      }
      close(found.decoded, ownProbabilities(tf, model, own, files.length), "Headlight's own reading of the files");
    });
  }));
}

Deno.test(pythonTest("the Python code of the README runs as it stands there", async () => {
  const model = lessonModel(tf);
  await withTemporaryFolder(async (folder) => {
    await savedModel.write(model, folder, services);
    const [wide] = await imageFiles(folder);
    await Deno.copyFile(wide ?? "", join(folder, "photo.jpg"));
    const blocks = codeBlocks(savedModel.howToLoad(model), "python");
    assert.equal(blocks.length, 2);
    const printed = await runPython(blocks[0] ?? "", [], folder);
    const lines = printed.trim().split("\n");
    assert.deepEqual(lines.map((line) => line.replace(/ [\d.]+%$/, "")).toSorted(), [...CLASSES].toSorted());
    const shape = await runPython(
      `${blocks[1]}\nprint(model.predict(__import__("numpy").zeros((3, 64, 64, 3)), verbose=0).shape)`,
      [],
      folder,
    );
    assert.equal(shape.trim(), "(3, 3)");
  });
}));
