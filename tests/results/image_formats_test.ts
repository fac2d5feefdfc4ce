/** Image files as phones, scanners and browsers write them, used from the command line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { heicFiles, heicImage, heicWithPng, image, writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const MODEL = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "2", "--seed", "3"];

const predictionSchema = z.object({
  path: z.string(),
  predictions: z.array(z.object({ class: z.string(), probability: z.number() })),
});

/** Image files of two classes, by their names' endings: so many of each. */
async function imagesOf(classes: Readonly<Record<string, Readonly<Record<string, number>>>>) {
  const files: Record<string, Uint8Array> = {};
  for (const [name, counts] of Object.entries(classes)) {
    for (const [extension, count] of Object.entries(counts)) {
      for (let number = 0; number < count; number++) {
        const made = image(48, 48, 3 * Object.keys(files).length);
        const file = await (extension === "tif" ? made.tiff() : made.jpeg()).toBuffer();
        files[`${name}/${number}.${extension}`] = new Uint8Array(file);
      }
    }
  }
  return files;
}

for (
  const [what, classes, images] of [
    ["TIFF", { green: { tif: 8 }, red: { tif: 8 } }, 16],
    ["JPEG and TIFF", { green: { tif: 8 }, red: { jpg: 8, tif: 3 } }, 19],
    ["JFIF", { green: { jfif: 8 }, red: { jfif: 8 } }, 16],
  ] as const
) {
  Deno.test(
    `every file of a folder of ${what} files is trained on, and none is reported as left out`,
    async () => {
      await withTemporaryFolder(async (folder) => {
        const data = join(folder, "data");
        writeFiles(data, await imagesOf(classes));
        const run = new JsonRun(["train", "--data", data, ...MODEL, "--runs", join(folder, "runs")]);
        assert.equal(await run.status(), 0, run.stderr);
        const { train, validation } = run.all("run")[0]?.dataset ?? assert.fail();
        assert.equal(train + validation, images);
        assert.deepEqual(run.all("log").filter(({ level }) => level === "warn").map(({ text }) => text), []);
      });
    },
  );
}

/** Trains on a folder of HEIC files; asserts that predict gives for each what it gives for the PNG beside it, to 0.02. */
async function assertHeicAsPng(folder: string, data: string, images: number, pairs: readonly [string, string][]) {
  const env = emptyFeatureCache(folder);
  const runs = join(folder, "runs");
  const run = new JsonRun(["train", "--data", data, ...MODEL, "--runs", runs], { env });
  assert.equal(await run.status(), 0, run.stderr);
  const { train, validation, classes } = run.all("run")[0]?.dataset ?? assert.fail();
  assert.equal(train + validation, images);
  const { status, stdout, stderr } = await headlight(["predict", "latest", ...pairs.flat(), "--json", "--runs", runs], {
    env,
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "", "native code may not print");
  const found = stdout.trim().split("\n").map((line) => {
    const { predictions } = predictionSchema.parse(JSON.parse(line));
    return Object.fromEntries(predictions.map(({ class: name, probability }) => [name, probability]));
  });
  for (const index of pairs.keys()) {
    const [heic = {}, png = {}] = found.slice(2 * index);
    assert.deepEqual(Object.keys(heic).sort(), classes);
    for (const [name, probability] of Object.entries(heic)) {
      assert.ok(Math.abs(probability - (png[name] ?? NaN)) <= 0.02, `${name}: ${probability}, PNG ${png[name]}`);
    }
  }
}

Deno.test("HEIC files are trained on, and predict gives what the same image as PNG gives, to 0.02", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    const png = join(folder, "upright.png");
    const files = Object.entries(heicFiles()).map(([name, file]): [string, Uint8Array] => [
      `${name.startsWith("orientation") ? "turned" : "other"}/${name}.heic`,
      file,
    ]);
    const pairs = ["turned/orientation 1", "turned/orientation 6", "other/full chroma"].map((
      name,
    ): [string, string] => [
      join(data, `${name}.heic`),
      png,
    ]);
    for (const [name, made] of Object.entries(heicWithPng())) {
      files.push([`other/${name}.heic`, made.heic]);
      writeFiles(folder, { [`${name}.png`]: made.png });
      pairs.push([join(data, "other", `${name}.heic`), join(folder, `${name}.png`)]);
    }
    writeFiles(data, Object.fromEntries(files));
    await heicImage().png().toFile(png);
    await assertHeicAsPng(folder, data, files.length, pairs);
  });
});
