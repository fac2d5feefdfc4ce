/** Exports runs with the real command line. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { HeadlightError } from "../../src/errors.ts";
import type { Format } from "../../src/export/format.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { writeExport } from "../../src/export/write/write_export.ts";
import { tensorflowEngine } from "../engine.ts";
import { madeUpModel } from "../export/made_up_model.ts";
import { image, writeFiles } from "../data/images/made_images.ts";
import { headlight, JsonRun } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const predictions = z.object({
  path: z.string(),
  predictions: z.array(z.object({ class: z.string(), probability: z.number() })),
});

async function predicted(...words: string[]) {
  const { status, stdout, stderr } = await headlight(["predict", ...words, "--json", "--top", "10"]);
  assert.equal(status, 0, stderr);
  return stdout.trim().split("\n").map((line) => predictions.parse(JSON.parse(line)));
}

Deno.test("an export stands beside the run, says how to load it, and predicts what the run predicts", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = new JsonRun(["train", ...SMALL_RUN, "--epochs", "2", "--runs", join(folder, "runs")]);
    assert.equal(await run.status(), 0, run.stderr);
    const { directory } = run.all("run")[0] ?? { directory: "" };
    const { status, stdout, stderr } = await headlight(["export", directory, "--to", "keras"]);
    assert.equal(status, 0, stderr);
    const exported = join(directory, "export", "keras-best");
    assert.match(stdout, /^Keras 3: .*keras-best\n {2}model\.keras, 3\.\d+ MB\n {2}classes\.txt, 10 classes\n/);
    assert.match(stdout, /keras\.models\.load_model\("model\.keras"\)/);
    assert.deepEqual([...Deno.readDirSync(exported)].map(({ name }) => name).toSorted(), [
      "README.md",
      "classes.txt",
      "model.keras",
    ]);
    assert.match(Deno.readTextFileSync(join(exported, "README.md")), /checkpoint best, after \d epochs?/);

    await writeFiles(folder, {
      "one.png": await image(64, 64).png().toBuffer(),
      "other.png": await image(50, 90, 1).png().toBuffer(),
    });
    const images = ["one.png", "other.png"].map((name) => join(folder, name));
    const model = join(exported, "model.keras");
    const ofRun = await predicted(directory, ...images);
    // The file itself names the classes, wherever it is copied to.
    const copied = join(folder, "copied.keras");
    Deno.copyFileSync(model, copied);
    const ofModel = await predicted("--model", copied, ...images);
    for (const [index, { predictions }] of ofRun.entries()) {
      for (const { class: name, probability } of predictions) {
        const other = ofModel[index]?.predictions.find((one) => one.class === name);
        assert.ok(Math.abs(probability - (other?.probability ?? NaN)) < 1e-5, name);
      }
    }

    // A second export takes the place of the first one, but not of a person's files.
    assert.equal((await headlight(["export", directory, "--to", "keras"])).status, 0);
    const refused = await headlight(["export", directory, "--to", "keras", "--out", folder]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /already exists\. Name a folder that does not exist or is empty: --out DIR\n$/);
    const file = join(folder, "FILE");
    Deno.writeTextFileSync(file, "mine");
    for (const [place, named] of [[file, file], [join(file, "sub"), `${join(file, "sub")}: ${file}`]] as const) {
      const below = await headlight(["export", directory, "--to", "keras", "--out", place]);
      assert.equal(below.stderr, `headlight: --out ${named} is not a folder. Name another place.\n`);
      assert.equal(below.status, 2);
    }
    const elsewhere = join(folder, "new", "export");
    assert.equal((await headlight(["export", directory, "--to", "keras", "--out", elsewhere])).status, 0);
    assert.deepEqual(Deno.readFileSync(join(elsewhere, "model.keras")), Deno.readFileSync(model));
  });
});

Deno.test("an export that fails leaves nothing behind, and the earlier one in its place", async () => {
  await withTemporaryFolder(async (folder) => {
    const target = { folder: join(folder, "export", "one"), replaces: true };
    const origin = { run: "run", checkpoint: "best", epoch: 1, step: 0, network: "lesson-cnn", remarks: [] };
    const format = (write: Format["write"]): Format => ({ displayName: "Test", write, howToLoad: () => "" });
    const model = madeUpModel("lesson-cnn", 32);
    const services = { tf: () => Promise.reject(new Error("unused")) };
    const whole = format((_, into) => Deno.writeTextFile(join(into, "model"), "1"));
    const failing = format(async (_, into) => {
      await Deno.writeTextFile(join(into, "model"), "2");
      throw new HeadlightError("no room");
    });
    await assert.rejects(writeExport(model, failing, origin, target, services), /no room/);
    assert.equal(existsSync(target.folder), false);
    assert.deepEqual(await writeExport(model, whole, origin, target, services), [{ name: "model", bytes: 1 }]);
    await assert.rejects(writeExport(model, failing, origin, target, services), /no room/);
    assert.equal(Deno.readTextFileSync(join(target.folder, "model")), "1");
    assert.deepEqual([...Deno.readDirSync(join(folder, "export"))].map(({ name }) => name), ["one"]);
  });
});

Deno.test("exports at once into one folder all succeed, and leave one whole export and nothing else", async () => {
  await withTemporaryFolder(async (folder) => {
    const target = join(folder, "export", "one");
    const child = join(PROJECT_ROOT, "tests", "export", "write_child.ts");
    const args = ["run", "-A", "--quiet", "--config", join(PROJECT_ROOT, "deno.json"), child, target, "40"];
    const ended = await Promise.all([1, 2, 3].map(() => new Deno.Command(Deno.execPath(), { args }).output()));
    for (const { success, stderr } of ended) assert.ok(success, new TextDecoder().decode(stderr));
    assert.deepEqual([...Deno.readDirSync(join(folder, "export"))].map(({ name }) => name), ["one"]);
    const names = [...Deno.readDirSync(target)].map(({ name }) => name).toSorted();
    assert.deepEqual(names, ["README.md", "classes.txt", "model"]);
  });
});

Deno.test("a person's empty folder stays what it is: a link, or the working directory", async () => {
  await withTemporaryFolder(async (folder) => {
    const origin = { run: "run", checkpoint: "best", epoch: 1, step: 0, network: "lesson-cnn", remarks: [] };
    const services = { tf: () => Promise.reject(new Error("unused")) };
    const format: Format = {
      displayName: "Test",
      write: (_, into) => Deno.writeTextFile(join(into, "model"), "1"),
      howToLoad: () => "",
    };
    const [real, link] = [join(folder, "real"), join(folder, "link")];
    Deno.mkdirSync(real);
    Deno.symlinkSync(real, link);
    const before = Deno.statSync(real).ino;
    await writeExport(madeUpModel("lesson-cnn", 32), format, origin, { folder: link, replaces: false }, services);
    assert.ok(Deno.lstatSync(link).isSymlink);
    assert.equal(Deno.statSync(real).ino, before);
    const names = [...Deno.readDirSync(real)].map(({ name }) => name).toSorted();
    assert.deepEqual(names, ["README.md", "classes.txt", "model"]);
  });
});

Deno.test("what a killed export left is removed by the next one", async () => {
  await withTemporaryFolder(async (folder) => {
    // The largest number of a process on Linux, which hardly any process has.
    const left = join(folder, "export", `.one.4194303-1@${hostname().replaceAll(/[^\w.-]/g, "-")}.aside`);
    Deno.mkdirSync(left, { recursive: true });
    const child = join(PROJECT_ROOT, "tests", "export", "write_child.ts");
    const args = [
      "run",
      "-A",
      "--quiet",
      "--config",
      join(PROJECT_ROOT, "deno.json"),
      child,
      join(folder, "export", "one"),
    ];
    assert.ok((await new Deno.Command(Deno.execPath(), { args }).output()).success);
    assert.deepEqual([...Deno.readDirSync(join(folder, "export"))].map(({ name }) => name), ["one"]);
  });
});

Deno.test("export without a format names the formats, and without a run the lack of one", async () => {
  await withTemporaryFolder(async (runs) => {
    const { status, stderr } = await headlight(["export", "--runs", runs]);
    assert.equal(status, 2);
    assert.match(stderr, /^headlight: --to is missing\. It must be one of keras, savedmodel, onnx, tfjs\.\n$/);
    assert.equal((await headlight(["export", "--to", "keras", "--runs", runs])).status, 2);
  });
});
