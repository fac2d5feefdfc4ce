/** The exported model for TensorFlow.js in Chromium, and the page of the README as it stands there. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import { TFJS_VERSION } from "../../src/export/tfjs/how_to_load.ts";
import { tfjs } from "../../src/export/tfjs/tfjs.ts";
import { resizeInto } from "../../src/data/images/resize.ts";
import { tensorflowEngine } from "../engine.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { baseModel, CLASSES, largestDifference, lessonModel, madeUpPixels, ownProbabilities } from "./models.ts";
import { codeBlocks } from "./code_blocks.ts";

/** The Chromium to test with, for example /usr/bin/chromium. */
const CHROMIUM = Deno.env.get("HEADLIGHT_EXPORT_CHROMIUM");
const TIMEOUT_MS = 120_000;

const { tf } = await tensorflowEngine();
const services = { tf: () => Promise.resolve(tf) };

function browserTest(name: string, fn: () => Promise<void>): void {
  const need = needs("HEADLIGHT_EXPORT_CHROMIUM: Chromium");
  Deno.test({ name: CHROMIUM === undefined ? name + need : name, ignore: CHROMIUM === undefined, fn });
}

/** Opens a page of a folder in Chromium, and returns what it posts to /result. */
async function resultOf(folder: string, page: string): Promise<string> {
  const library = join(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs")), "tf.min.js");
  const posted = Promise.withResolvers<string>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      posted.resolve(await request.text());
      return new Response();
    }
    const type = pathname.endsWith(".html") ? { "content-type": "text/html" } : {};
    const file = pathname === "/tf.min.js" ? library : join(folder, pathname);
    return await Deno.readFile(file).then(
      (bytes) => new Response(bytes, { headers: type }),
      () => new Response(null, { status: 404 }),
    );
  });
  const profile = await Deno.makeTempDir({ prefix: "headlight-test-" });
  const browser = new Deno.Command(CHROMIUM ?? "chromium", {
    args: [
      ...["--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
      ...["--disable-background-networking", `--user-data-dir=${profile}`],
      `http://127.0.0.1:${server.addr.port}/${page}`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => posted.reject(new Error("Chromium posted no result")), TIMEOUT_MS);
  try {
    return await posted.promise;
  } finally {
    clearTimeout(timer);
    browser.kill();
    await browser.status;
    await server.shutdown();
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}

const PAGE = `<!DOCTYPE html>
<script src="tf.min.js"></script>
<script type="module">
const results = {};
try {
  for (const backend of ["webgl", "cpu"]) {
    if (!await tf.setBackend(backend)) throw new Error(\`no \${backend}\`);
    const model = await tf.loadGraphModel("model.json");
    const pixels = new Float32Array(await (await fetch("pixels.bin")).arrayBuffer());
    const { size } = model.metadata;
    for (const count of [1, 5]) {
      const output = tf.tidy(() => model.predict(tf.tensor4d(pixels.slice(0, count * size * size * 3), [count, size, size, 3])));
      results[\`\${backend} \${count}\`] = [...await output.data()];
      output.dispose();
    }
    model.dispose();
    results[\`\${backend} tensors\`] = [tf.memory().numTensors];
  }
  await fetch("result", { method: "POST", body: JSON.stringify(results) });
} catch (error) {
  await fetch("result", { method: "POST", body: JSON.stringify({ error: String(error) }) });
}
</script>`;

const resultsSchema = z.record(z.string(), z.array(z.number()));

for (
  const [name, make] of [
    ["squeezenet11", () => baseModel(tf, { base: "squeezenet11", size: 64, head: "bn,dense:50:relu,dropout:0.5" })],
    ["mobilenet_v2", () => baseModel(tf, { base: "mobilenet_v2", size: 96, head: "linear" })],
    ["lesson-cnn", () => lessonModel(tf)],
  ] as const
) {
  browserTest(`${name}: TensorFlow.js in Chromium computes Headlight's probabilities on WebGL and cpu`, async () => {
    const model = await make();
    await withTemporaryFolder(async (folder) => {
      await tfjs.write(model, folder, services);
      const pixels = madeUpPixels(5, model.size);
      await Deno.writeFile(join(folder, "pixels.bin"), new Uint8Array(pixels.buffer));
      await Deno.writeTextFile(join(folder, "test.html"), PAGE);
      const found = resultsSchema.parse(JSON.parse(await resultOf(folder, "test.html")));
      const own = ownProbabilities(tf, model, pixels, 5);
      for (const [backend, tolerance] of [["webgl", 1e-3], ["cpu", 1e-4]] as const) {
        for (const count of [1, 5]) {
          const difference = largestDifference(
            found[`${backend} ${count}`] ?? [],
            own.slice(0, count * CLASSES.length),
          );
          assert.ok(difference < tolerance, `${backend}, ${count}: ${difference}`);
        }
        assert.deepEqual(found[`${backend} tensors`], [0]);
      }
    });
  });
}

/** Chooses the photo as a person does, and posts what the page says. */
const CHOOSE = `<script type="module">
const photo = new File([await (await fetch("photo.png")).blob()], "photo.png");
const chosen = new DataTransfer();
chosen.items.add(photo);
const input = document.querySelector("input");
input.files = chosen.files;
const said = document.querySelector("pre");
new MutationObserver(() => fetch("result", { method: "POST", body: said.textContent })).observe(said, { childList: true });
input.dispatchEvent(new Event("change"));
</script>`;

browserTest("the page of the README says what Headlight predicts for a photo", async () => {
  const model = lessonModel(tf);
  await withTemporaryFolder(async (folder) => {
    await tfjs.write(model, folder, services);
    const [height, width] = [150, 211];
    const pixels = Uint8Array.from(madeUpPixels(1, height, width));
    await sharp(pixels, { raw: { width, height, channels: 3 } }).png().toFile(join(folder, "photo.png"));
    const [page = ""] = codeBlocks(tfjs.howToLoad(model), "html");
    const cdn = `https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@${TFJS_VERSION}/dist/tf.min.js`;
    assert.ok(page.includes(cdn));
    await Deno.writeTextFile(join(folder, "index.html"), page.replace(cdn, "tf.min.js") + CHOOSE);
    const said = await resultOf(folder, "index.html");
    const resized = new Float32Array(model.size ** 2 * 3);
    resizeInto(resized, { width, height, pixels }, model.size);
    const own = ownProbabilities(tf, model, resized, 1);
    const lines = said.split("\n").map((line) => /^([\d.]+)% (.*)$/.exec(line) ?? []);
    const order = CLASSES.toSorted((one, other) =>
      (own[CLASSES.indexOf(other)] ?? 0) - (own[CLASSES.indexOf(one)] ?? 0)
    );
    assert.deepEqual(lines.map(([, , name]) => name), order);
    const percents = order.map((name) => 100 * (own[CLASSES.indexOf(name)] ?? NaN));
    assert.ok(largestDifference(lines.map(([, percent]) => Number(percent)), percents) < 0.15, said);
  });
});
