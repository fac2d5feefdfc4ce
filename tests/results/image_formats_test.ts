/** Image files as phones, scanners and browsers write them, used from the command line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { decodeImage } from "../../src/data/images/decode.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const MODEL = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "2", "--seed", "3"];

const predictionSchema = z.object({
  path: z.string(),
  predictions: z.array(z.object({ class: z.string(), probability: z.number() })),
});

for (
  const [what, data, images] of [
    ["TIFF", ["07-unknown-endings", "tif-only"], 16],
    ["JPEG and TIFF", ["07-unknown-endings", "tif-mixed"], 19],
    ["JFIF", ["07-unknown-endings", "jfif"], 16],
  ] as const
) {
  sharedTest(
    `every file of a folder of ${what} files is trained on, and none is reported as left out`,
    async () => {
      await withTemporaryFolder(async (folder) => {
        const run = new JsonRun([
          "train",
          "--data",
          shared("cases", ...data),
          ...MODEL,
          "--runs",
          join(folder, "runs"),
        ]);
        assert.equal(await run.status(), 0, run.stderr);
        const { train, validation } = run.all("run")[0]?.dataset ?? assert.fail();
        assert.equal(train + validation, images);
        assert.deepEqual(run.all("log").filter(({ level }) => level === "warn").map(({ text }) => text), []);
      });
    },
  );
}

sharedTest(
  "a phone's HEIC files are trained on, and predict gives the same as for PNGs of the same pixels, to 0.02",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const env = emptyFeatureCache(folder);
      const runs = join(folder, "runs");
      const run = new JsonRun(["train", "--data", shared("cases", "23-heic"), ...MODEL, "--runs", runs], { env });
      assert.equal(await run.status(), 0, run.stderr);
      const { train, validation } = run.all("run")[0]?.dataset ?? assert.fail();
      assert.equal(train + validation, 12);
      const files = ["IMG_0", "IMG_1"].flatMap((name) => [
        shared("cases", "23-heic", "Apple", `${name}.HEIC`),
        shared("cases", "23-heic-decoded", `Apple_${name}.png`),
      ]);
      const { status, stdout, stderr } = await headlight(["predict", "latest", ...files, "--json", "--runs", runs], {
        env,
      });
      assert.equal(status, 0, stderr);
      assert.equal(stderr, "", "native code may not print");
      const [heic0, png0, heic1, png1] = stdout.trim().split("\n").map((line) => {
        const { predictions } = predictionSchema.parse(JSON.parse(line));
        return Object.fromEntries(predictions.map(({ class: name, probability }) => [name, probability]));
      });
      for (const [heic = {}, png = {}] of [[heic0, png0], [heic1, png1]]) {
        assert.deepEqual(Object.keys(heic).sort(), ["Apple", "Milk"]);
        for (const [name, probability] of Object.entries(heic)) {
          assert.ok(Math.abs(probability - (png[name] ?? NaN)) <= 0.02, `${name}: ${probability}, PNG ${png[name]}`);
        }
      }
    });
  },
);

for (const name of ["p8", "l8", "p4", "b1", "rle8"]) {
  sharedTest(`a BMP has the pixels of the PNG of the same name: ${name}`, async () => {
    const [bmp, png] = await Promise.all(
      ["bmp", "png"].map((format) =>
        decodeImage(Deno.readFileSync(shared("cases", "01-bmp-palette", `${name}.${format}`)))
      ),
    );
    assert.deepEqual(bmp, png);
  });
}
