/** The exported model in Chromium: with TensorFlow.js alone, and through the page that comes with it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import type { ExportedModel } from "../../src/export/exported_model.ts";
import { tfjs, tfjsPage } from "../../src/export/tfjs/tfjs.ts";
import { decodeImage } from "../../src/data/images/decode.ts";
import { resizeInto } from "../../src/data/images/resize.ts";
import { DECODED } from "../data/images/tensorflow_pixels.ts";
import { axeFaults, browserTest, keepScreenshot, openPage, SCREENS } from "../browser.ts";
import { tensorflowEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { codeBlocks } from "./code_blocks.ts";
import { baseModel, CLASSES, largestDifference, lessonModel, madeUpPixels, ownProbabilities } from "./models.ts";

const { tf } = await tensorflowEngine();
const services = { tf: () => Promise.resolve(tf) };

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

/** Serves a folder while `body` runs, which gets the folder's address with a slash at its end. */
async function served<T>(folder: string, body: (address: string) => Promise<T>): Promise<T> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const name = decodeURIComponent(new URL(request.url).pathname).slice(1) || "index.html";
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    return await Deno.readFile(join(folder, name)).then(
      (bytes) => new Response(bytes, { headers: { "content-type": type } }),
      () => new Response(null, { status: name === "favicon.ico" ? 204 : 404 }),
    );
  });
  try {
    return await body(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

/** Asks the model for 1 and 5 images on each backend. Returns the probabilities, and the tensors that are left. */
const ASK = `(async () => {
  const results = {};
  const pixels = new Float32Array(await (await fetch("pixels.bin")).arrayBuffer());
  for (const backend of ["webgl", "cpu"]) {
    if (!await tf.setBackend(backend)) throw new Error("no " + backend);
    const before = tf.memory().numTensors;
    const model = await tf.loadGraphModel("model.json");
    const { size } = model.metadata;
    for (const count of [1, 5]) {
      const images = tf.tensor4d(pixels.slice(0, count * size * size * 3), [count, size, size, 3]);
      const output = model.predict(images);
      results[backend + " " + count] = [...await output.data()];
      tf.dispose([images, output]);
    }
    model.dispose();
    results[backend + " left"] = [tf.memory().numTensors - before];
  }
  return results;
})()`;

for (
  const [name, make] of [
    ["squeezenet11", () => baseModel(tf, { base: "squeezenet11", size: 64, head: "bn,dense:50:relu,dropout:0.5" })],
    ["mobilenet_v2", () => baseModel(tf, { base: "mobilenet_v2", size: 96, head: "linear" })],
    ["lesson-cnn", () => Promise.resolve(lessonModel(tf))],
  ] as const
) {
  Deno.test(browserTest(
    `${name}: TensorFlow.js in Chromium computes Headlight's probabilities on WebGL and cpu`,
    async (browser) => {
      const model = await make();
      await withTemporaryFolder(async (folder) => {
        await tfjs.write(model, folder, services);
        const pixels = madeUpPixels(5, model.size);
        await Deno.writeTextFile(join(folder, "alone.html"), '<!DOCTYPE html><script src="tf.min.js"></script>');
        await Deno.writeFile(join(folder, "pixels.bin"), new Uint8Array(pixels.buffer));
        const found = await served(folder, async (address) => {
          const { page } = await openPage(browser, `${address}alone.html`);
          return await page.evaluate<Record<string, number[]>>(ASK);
        });
        const own = ownProbabilities(tf, model, pixels, 5);
        for (const [backend, tolerance] of [["webgl", 1e-3], ["cpu", 1e-4]] as const) {
          for (const count of [1, 5]) {
            const wanted = own.slice(0, count * CLASSES.length);
            const difference = largestDifference(found[`${backend} ${count}`] ?? [], wanted);
            assert.ok(difference < tolerance, `${backend}, ${count}: ${difference}`);
          }
          assert.deepEqual(found[`${backend} left`], [0]);
        }
      });
    },
  ));
}

const [HEIGHT, WIDTH] = [150, 211];

/** Writes a photograph. Returns Headlight's answers for it as the page shows them, the most probable first. */
async function madePhoto(path: string, model: ExportedModel): Promise<string[]> {
  const pixels = Uint8Array.from(madeUpPixels(1, HEIGHT, WIDTH));
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).png().toFile(path);
  const resized = new Float32Array(model.size ** 2 * 3);
  resizeInto(resized, { width: WIDTH, height: HEIGHT, pixels }, model.size);
  const own = ownProbabilities(tf, model, resized, 1);
  return [...own].map((probability, index) => ({ probability, name: CLASSES[index] ?? "" }))
    .sort((one, other) => other.probability - one.probability)
    .map(({ name, probability }) => `${name} ${(100 * probability).toFixed(1)}%`);
}

/** Waits for the answers, and returns the lines of the list. */
async function answers(page: Page): Promise<string[]> {
  await page.locator("#results li").first().waitFor();
  return await page.locator("#results li").evaluateAll((items) =>
    items.map((item) => (item as unknown as { textContent: string }).textContent)
  );
}

/** Gives the page a file as if it were dropped or pasted. */
function give(page: Page, event: "drop" | "paste", bytes: readonly number[], name: string): Promise<void> {
  const field = event === "drop" ? "dataTransfer" : "clipboardData";
  return page.evaluate(`(() => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], ${JSON.stringify(name)}));
    const event = new Event(${JSON.stringify(event)}, { bubbles: true, cancelable: true });
    Object.defineProperty(event, ${JSON.stringify(field)}, { value: files });
    document.body.dispatchEvent(event);
  })()`);
}

for (const kind of ["folder", "single file"] as const) {
  Deno.test(browserTest(
    `the page (${kind}) names the classes that Headlight predicts, by mouse, keyboard, drop and paste`,
    async (browser) => {
      const model = lessonModel(tf);
      await withTemporaryFolder(async (folder) => {
        await (kind === "folder" ? tfjs : tfjsPage).write(model, folder, services);
        const photo = join(folder, "photo.png");
        const own = await madePhoto(photo, model);
        const bytes = [...Deno.readFileSync(photo)];
        const use = async (address: string) => {
          const { page, said } = await openPage(browser, address);
          const status = page.locator("#status");
          await page.getByText("Choose an image, drop one here").waitFor();
          await page.locator("#file").setInputFiles(photo);
          assert.deepEqual(await answers(page), own);
          assert.equal(await status.textContent(), own[0]?.replace(/^(.*) (?=[\d.]+%$)/, "\u2068$1\u2069, "));
          for (const event of ["drop", "paste"] as const) {
            await page.reload();
            await give(page, event, bytes, "photo.png");
            assert.deepEqual(await answers(page), own, event);
          }
          assert.deepEqual(said, []);
          await give(page, "drop", [1, 2, 3], "notes.txt");
          await page.getByText("This is not an image that the browser can read.").waitFor();
          const { page: other } = await openPage(browser, address);
          await other.getByText("Choose an image, drop one here").waitFor();
          await other.keyboard.press("Tab");
          assert.equal(await other.evaluate("document.activeElement.id"), "choose");
          const chooser = other.waitForEvent("filechooser");
          // The browser is told to leave the dialog to this test before the key reaches it.
          await other.evaluate("null");
          await other.keyboard.press("Enter");
          await (await chooser).setFiles(photo);
          assert.deepEqual(await answers(other), own);
        };
        await (kind === "folder" ? served(folder, use) : use(`file://${folder}/index.html`));
      });
    },
  ));
}

Deno.test(browserTest("the page classifies what the camera sees, and gives the camera back", async (browser) => {
  await withTemporaryFolder(async (folder) => {
    await tfjs.write(lessonModel(tf), folder, services);
    await served(folder, async (address) => {
      const { page } = await openPage(browser, address);
      await page.getByRole("button", { name: "Use the camera" }).click();
      await page.getByRole("button", { name: "Classify this image" }).click();
      assert.equal((await answers(page)).length, 3);
      await page.getByRole("button", { name: "Stop the camera" }).click();
      assert.equal(await page.evaluate("document.getElementById('video').srcObject"), null);
    });
  });
}));

Deno.test(
  browserTest(
    "the page fits a phone and a desktop, light and dark, and axe finds no serious fault",
    async (browser) => {
      const model = { ...lessonModel(tf), classes: ["<img src=x onerror=alert(1)>", "x".repeat(200), "تفاح"] };
      await withTemporaryFolder(async (folder) => {
        await tfjs.write(model, folder, services);
        const photo = join(folder, "photo.png");
        await madePhoto(photo, model);
        await served(folder, async (address) => {
          for (const viewport of SCREENS) {
            for (const colorScheme of ["light", "dark"] as const) {
              const { page, said, context } = await openPage(browser, address, { viewport, colorScheme });
              await page.locator("#file").setInputFiles(photo);
              await answers(page);
              assert.deepEqual(await axeFaults(page), [], `${viewport.width} ${colorScheme}`);
              const width = await page.evaluate("document.documentElement.scrollWidth");
              assert.equal(width, viewport.width, "nothing is wider than the screen");
              assert.deepEqual(said, []);
              await keepScreenshot(page, `page-${viewport.width}-${colorScheme}`);
              await context.close();
            }
          }
        });
      });
    },
  ),
);

Deno.test(browserTest("the page says how to serve it where it was opened from the disk", async (browser) => {
  await withTemporaryFolder(async (folder) => {
    await tfjs.write(lessonModel(tf), folder, services);
    const { page } = await openPage(browser, `file://${folder}/index.html`);
    await page.getByText("python3 -m http.server").waitFor();
  });
}));

/** Returns the pixels that the page gives the model for these files. */
const PIXELS_OF = `(async (files) => {
  const results = [];
  for (const { bytes, type } of files) {
    const classifier = await headlight.loadClassifier("model.json");
    const found = [];
    const { resizeBilinear } = tf.image;
    tf.image.resizeBilinear = (image, ...more) => {
      found.push([...image.dataSync()].map(Math.round));
      return resizeBilinear(image, ...more);
    };
    const count = tf.memory().numTensors;
    await classifier.classify(new Blob([new Uint8Array(bytes)], { type }));
    tf.image.resizeBilinear = resizeBilinear;
    results.push({ pixels: found[0], left: tf.memory().numTensors - count });
  }
  return results;
})`;

Deno.test(browserTest(
  "the page reads transparent, 16-bit and CMYK images as the training does, and ignores color profiles",
  async (browser) => {
    await withTemporaryFolder(async (folder) => {
      await tfjs.write(lessonModel(tf), folder, services);
      await Deno.writeTextFile(
        join(folder, "own.html"),
        '<!DOCTYPE html><script src="tf.min.js"></script><script src="classify.js"></script>',
      );
      const profiled = await sharp(Uint8Array.from(madeUpPixels(1, 8, 12)), {
        raw: { width: 12, height: 8, channels: 3 },
      })
        .withIccProfile("p3").png().toBuffer();
      const cases = [
        ...DECODED.filter(({ what }) => !what.includes("without Adobe")),
        { what: "a PNG with the profile of an iPhone", file: profiled, rgb: (await decodeImage(profiled)).pixels },
      ];
      const files = cases.map(({ what, file }) => ({
        bytes: [...file],
        type: what.startsWith("JPEG") ? "image/jpeg" : "image/png",
      }));
      await served(folder, async (address) => {
        const { page, said } = await openPage(browser, `${address}own.html`);
        const found = await page.evaluate<{ pixels: number[]; left: number }[]>(
          `${PIXELS_OF}(${JSON.stringify(files)})`,
        );
        for (const [index, { what, rgb }] of cases.entries()) {
          assert.deepEqual(found[index], { pixels: [...rgb], left: 0 }, what);
        }
        assert.deepEqual(said, []);
      });
    });
  },
));

Deno.test(browserTest("the code for a page of one's own says what Headlight predicts", async (browser) => {
  const model = lessonModel(tf);
  await withTemporaryFolder(async (folder) => {
    await tfjs.write(model, folder, services);
    const photo = join(folder, "photo.png");
    const own = await madePhoto(photo, model);
    await Deno.writeTextFile(join(folder, "own.html"), codeBlocks(tfjs.howToLoad(model), "html")[0] ?? "");
    await served(folder, async (address) => {
      const { page, said } = await openPage(browser, `${address}own.html`);
      await page.locator("input").setInputFiles(photo);
      await page.getByText("%").waitFor();
      const lines = (await page.locator("pre").textContent())?.split("\n");
      assert.deepEqual(lines, own.map((line) => line.replace(/^(.*) ([\d.]+%)$/, "$2 $1")));
      assert.deepEqual(said, []);
    });
  });
}));
