/** Trains on image folders from the command line: undecodable images are named and left out, and the rest is used. */
import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { bmp, image, writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const MODEL = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "2"];

/** Reddish and bluish images: two classes that any model can learn. */
async function goodImages(each: number): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, background] of [["red", "#c02010"], ["blue", "#1020c0"]] as const) {
    for (let index = 0; index < each; index++) {
      const size = 40 + index;
      const file = sharp({ create: { width: size, height: 60, channels: 3, background } }).jpeg();
      files[`${name}/${String(index).padStart(3, "0")}.jpg`] = new Uint8Array(await file.toBuffer());
    }
  }
  return files;
}

/** Names that could confuse a terminal, a shell or a JSON parser. */
const ODD_NAMES = [
  "with space.jpg",
  "quote'\".jpg",
  "line\nbreak.jpg",
  "\x1b[31mred\x1b]0;title\x07.jpg",
  "emoji 🦊.jpg",
  "-dash.jpg",
  "ünïcödé\u202e.jpg",
  "$(touch x).jpg",
];

/** Two hundred odd files and whether each can be decoded. */
async function oddFiles(): Promise<{ file: Uint8Array; name: string; decodes: boolean }[]> {
  const jpeg = new Uint8Array(await image(90, 70).jpeg().toBuffer());
  const png = new Uint8Array(await image(90, 70).png().toBuffer());
  const encode = async (image: Sharp) => new Uint8Array(await image.toBuffer());
  const odd: { file: Uint8Array; name: string; decodes: boolean }[] = [
    { name: "empty.jpg", file: new Uint8Array(), decodes: false },
    { name: "text.png", file: new TextEncoder().encode("not an image"), decodes: false },
    { name: "png.jpg", file: png, decodes: true },
    { name: "jpeg.gif", file: jpeg, decodes: true },
    { name: "one-pixel.png", file: await encode(image(1, 1).png()), decodes: true },
    { name: "wide.png", file: await encode(image(20_000, 400).png()), decodes: true },
    { name: "thin.png", file: await encode(image(20_000, 2).png()), decodes: false },
    { name: "cmyk.jpg", file: await encode(image(90, 70).toColourspace("cmyk").jpeg()), decodes: true },
    { name: "progressive.jpg", file: await encode(image(90, 70).jpeg({ progressive: true })), decodes: true },
    { name: "image.bmp", file: bmp(90, 70), decodes: true },
    { name: "cut.bmp", file: bmp(90, 70).subarray(0, 400), decodes: false },
    ...ODD_NAMES.map((name) => ({ name, file: jpeg, decodes: true })),
    ...ODD_NAMES.map((name) => ({ name: `broken ${name}`, file: jpeg.subarray(0, 300), decodes: false })),
  ];
  for (let index = odd.length; index < 200; index++) {
    const whole = index % 2 === 0 ? jpeg : png;
    const length = Math.floor((whole.length * (index % 50)) / 52);
    odd.push({
      name: `cut-${index}.${index % 2 === 0 ? "jpg" : "png"}`,
      file: whole.subarray(0, length),
      decodes: false,
    });
  }
  return odd;
}

Deno.test("of two hundred odd files each is trained on or named, without a crash or control sequences in the output", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    const odd = await oddFiles();
    writeFiles(data, {
      ...await goodImages(60),
      ...Object.fromEntries(odd.map(({ name, file }) => [`red/${name}`, file])),
    });
    symlinkSync(join(data, "red"), join(data, "red", "loop"));
    const expected = odd.filter(({ decodes }) => !decodes).length;
    const run = new JsonRun(
      ["train", "--data", data, ...MODEL, "--max-broken", "1", "--runs", join(folder, "runs")],
      { env: emptyFeatureCache(folder) },
    );
    assert.equal(await run.status(), 0, run.stderr);
    const [said] = run.all("run");
    assert.deepEqual(said?.dataset.classes, ["blue", "red"]);
    assert.equal((said?.dataset.train ?? 0) + (said?.dataset.validation ?? 0), 120 + odd.length);
    const warnings = run.all("log").filter(({ level }) => level === "warn").map(({ text }) => text);
    assert.equal(warnings.filter((text) => text.startsWith("Image left out: ")).length, 20);
    const [end] = run.all("end");
    assert.match(
      end?.notices.join() ?? "",
      new RegExp(`${expected} of ${120 + odd.length} images cannot be decoded`),
    );
    // deno-lint-ignore no-control-regex -- control characters are intended here.
    assert.doesNotMatch([...warnings, ...(end?.notices ?? [])].join(""), /[\x00-\x1f\x7f-\x9f\u202e]/);
    assert.match(warnings.join("\n"), /red\/empty\.jpg \(the file is empty\)|red\/broken /);

    // With the cache, the same files are known to be undecodable.
    const again = new JsonRun(
      ["train", "--data", data, ...MODEL, "--max-broken", "1", "--runs", join(folder, "runs")],
      { env: { XDG_CACHE_HOME: folder } },
    );
    assert.equal(await again.status(), 0, again.stderr);
    assert.deepEqual(again.all("end")[0]?.notices, end?.notices);
    const figures = (one: JsonRun) => one.all("epoch").map(({ loss, val_loss }) => [loss, val_loss]);
    assert.deepEqual(figures(again), figures(run));
  });
});

Deno.test("more undecodable images than --max-broken allows end the run with one line that names them, exit status 1", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    writeFiles(data, { ...await goodImages(20), "red/x.jpg": new Uint8Array(), "blue/y.png": new Uint8Array(9) });
    const args = ["train", "--data", data, ...MODEL, "--plain", "--runs", join(folder, "runs")];
    const { status, stdout } = await headlight(args, { env: emptyFeatureCache(folder) });
    assert.equal(status, 1);
    assert.match(
      stdout,
      /2 of 42 images cannot be decoded, but --max-broken 0\.01 allows 1\. Repair or delete them, or leave them out with --max-broken 0\.05\. They are blue\/y\.png \(.*\); red\/x\.jpg \(the file is empty\)\.\n/,
    );
    assert.doesNotMatch(stdout, /^ *repeat/m, "it would fail again");
    const again = await headlight(["summary", "latest", "--runs", join(folder, "runs")]);
    assert.equal(again.status, 0);
    assert.doesNotMatch(again.stdout, /^ *repeat/m);
    const allowed = await headlight([...args, "--max-broken", "0.05"], { env: { XDG_CACHE_HOME: folder } });
    assert.equal(allowed.status, 0, allowed.stdout + allowed.stderr);
    assert.match(allowed.stdout, /2 of 42 images cannot be decoded and are left out/);
  });
});

Deno.test("an image that is in both parts is reported", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    const good = await goodImages(8);
    const files = Object.fromEntries(
      Object.entries(good).map(([path, file], index) => [`${index % 8 < 6 ? "train" : "val"}/${path}`, file]),
    );
    writeFiles(data, { ...files, "val/red/copy.jpg": good["red/000.jpg"] ?? new Uint8Array() });
    const run = new JsonRun(["train", "--data", data, ...MODEL, "--runs", join(folder, "runs")]);
    assert.equal(await run.status(), 0, run.stderr);
    assert.deepEqual(run.all("end")[0]?.notices, [
      "1 validation image is also in the training set, so the validation figures are too optimistic: " +
      "val/red/copy.jpg has the same content as train/red/000.jpg",
    ]);
    assert.equal(run.all("run")[0]?.model.preprocess, "imagenet");
  });
});

Deno.test("an image in the wrong class is among the most confident mistakes, with name and image, despite an undecodable one", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    const good = await goodImages(20);
    const { "blue/000.jpg": blue = new Uint8Array(), "red/000.jpg": red = new Uint8Array() } = good;
    const files = Object.fromEntries(
      Object.entries(good).map(([path, file], index) => [`${index % 20 < 16 ? "train" : "val"}/${path}`, file]),
    );
    writeFiles(data, {
      ...files,
      "val/blue/000 broken.jpg": blue.subarray(0, 90),
      "val/blue/\x1b[2Jred.jpg": red,
      "val/red/blue.jpg": blue,
    });
    const args = ["--data", data, ...MODEL, "--max-broken", "0.5", "--runs", join(folder, "runs")];
    const run = new JsonRun(["train", ...args], { env: emptyFeatureCache(folder) });
    assert.equal(await run.status(), 0, run.stderr);
    const last = run.all("samples").at(-1);
    assert.equal(last?.epoch, run.all("epoch").at(-1)?.epoch);
    // Whatever such a short training learns, one of the two is wrong.
    const shown = last?.mistakes.filter(({ file }) => file === "val/blue/red.jpg" || file === "val/red/blue.jpg") ?? [];
    assert.ok(shown.length > 0, JSON.stringify(last?.mistakes.map(({ file }) => file)));
    for (const { file, actual, predicted, width, height, pixels } of shown) {
      assert.deepEqual([actual, predicted], file === "val/red/blue.jpg" ? [1, 0] : [0, 1]);
      const centre = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3;
      const [redness = 0, , blueness = 0] = Uint8Array.fromBase64(pixels).subarray(centre, centre + 3);
      assert.equal(redness > blueness, file === "val/blue/red.jpg", `${file} is ${redness} red, ${blueness} blue`);
    }
  });
});

Deno.test("files that are not images are named by extension and count with a remedy, and by content without an extension", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    const nothing = new Uint8Array();
    const [photo = nothing] = Object.values(await goodImages(1));
    writeFiles(data, {
      ...await goodImages(8),
      "red/IMG_1": photo,
      "red/IMG_2.CR2": nothing,
      "blue/IMG_3.cr2": nothing,
      "blue/notes.txt": nothing,
      "blue/notes": nothing,
    });
    const run = new JsonRun(["train", "--data", data, ...MODEL, "--runs", join(folder, "runs")]);
    assert.equal(await run.status(), 0, run.stderr);
    const raw =
      ".cr2: 2 files are left out (raw photos are not read). Export them as JPEG, for example with darktable-cli";
    assert.ok(run.all("end")[0]?.notices.includes(raw), "what other images are learned from stays said");
    const said = run.all("log").map(({ text }) => text).filter((text) => text.includes("left out"));
    assert.deepEqual(said, [
      "2 files are left out and are not images (no extension: 1, .txt: 1): blue/notes, blue/notes.txt",
    ]);
    const { train, validation } = run.all("run")[0]?.dataset ?? { train: 0, validation: 0 };
    assert.equal(train + validation, 17);
  });
});

Deno.test("files left out stay a notice of the run, evaluate reports them for its folder, and other remarks appear once", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, "data");
    const good = await goodImages(8);
    const { "red/000.jpg": one = new Uint8Array() } = good;
    const parts = Object.entries(good).map((
      [path, file],
      index,
    ) => [`${index % 8 < 6 ? "Training" : "Testing"}/${path}`, file]);
    writeFiles(data, {
      ...Object.fromEntries(parts),
      "loose.jpg": one,
      "Testing/loose.jpg": one,
      "drafts/1.jpg": one,
      "docs/readme.txt": new Uint8Array(),
    });
    symlinkSync("/nowhere/x.jpg", join(data, "Training", "red", "x.jpg"));
    const notices = [
      "drafts/ (1 image, no class folders) is left out, because only Training/ and Testing/ are used.",
      "2 images beside the class folders are left out (Testing/loose.jpg, loose.jpg). " +
      "Move them into a class folder to use them.",
      "1 broken link is left out: Training/red/x.jpg",
    ];
    const run = new JsonRun(["train", "--data", data, ...MODEL, "--runs", join(folder, "runs")]);
    assert.equal(await run.status(), 0, run.stderr);
    assert.deepEqual([run.all("run")[0]?.dataset.train, run.all("run")[0]?.dataset.validation], [12, 4]);
    assert.deepEqual(run.all("run")[0]?.notices, notices);
    assert.deepEqual(run.all("end")[0]?.notices, notices);
    const said = run.all("log").map(({ level, text }) => [level, text]);
    assert.deepEqual(said.filter(([, text]) => text?.includes("left out")), [[
      "info",
      "docs/ has no images and is left out (1 other file).",
    ]]);
    const own = await headlight(["evaluate", await run.directory()]);
    assert.deepEqual([own.status, own.stderr], [0, ""], "of the run's validation images none was left aside");
    const { status, stderr } = await headlight(["evaluate", await run.directory(), "--data", data]);
    assert.equal(status, 0);
    const expected = [...notices, "docs/ has no images and is left out (1 other file)."];
    assert.deepEqual(stderr.trim().split("\n"), expected.map((notice) => `headlight: ${notice}`));
  });
});

Deno.test("bad input: a folder with one class and a class of one image are each reported in one line, exit status 2", async () => {
  await withTemporaryFolder(async (folder) => {
    const good = await goodImages(2);
    const cases: readonly [string, Record<string, Uint8Array>, RegExp][] = [
      [
        "one",
        { "red/1.jpg": good["red/000.jpg"] ?? new Uint8Array() },
        /has one folder \(red\) of images, but a data set needs at least two/,
      ],
      [
        "lacking",
        { ...good, "green/1.jpg": good["red/000.jpg"] ?? new Uint8Array() },
        /class green has only one image/,
      ],
    ];
    for (const [name, files, line] of cases) {
      writeFiles(join(folder, name), files);
      const { status, stderr } = await headlight([
        "train",
        "--data",
        join(folder, name),
        ...MODEL,
        "--runs",
        join(folder, "runs"),
      ]);
      assert.equal(status, 2);
      assert.match(stderr, line);
      assert.equal(stderr.trim().split("\n").length, 1);
      assert.equal(existsSync(join(folder, "runs")), false, "no run is left behind");
    }
  });
});
