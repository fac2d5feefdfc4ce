/** Runs `evaluate` on a run's own validation set after the folder has changed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { readRunImages } from "../../src/run/folder/run_images.ts";
import { headlight } from "../process.ts";
import { type ImageRun, withImageRun } from "./image_run.ts";

const BY_LOT = ["", ""] as const;

async function evaluation({ directory, env }: ImageRun, ...flags: string[]) {
  const { status, stdout, stderr } = await headlight(["evaluate", directory, "--json", ...flags], { env });
  assert.equal(status, 0, stderr);
  return evaluationSchema.parse(JSON.parse(stdout));
}

async function text({ directory, env }: ImageRun, ...flags: string[]) {
  const { status, stdout, stderr } = await headlight(["evaluate", directory, ...flags], { env });
  assert.equal(status, 0, stderr);
  return stdout.replaceAll("\n", " ");
}

/** The run's validation images according to its list. */
function listOf({ directory }: ImageRun): string[] {
  const list = readRunImages(join(directory, "pictures.json"));
  assert.ok(list);
  return list.validation.map(({ path }) => path);
}

Deno.test("evaluate uses the images that the run was validated on, whatever was added to or removed from a split folder", () =>
  withImageRun([], async (run) => {
    const own = await evaluation(run);
    assert.deepEqual([own.count, own.seen_in_training, own.redrawn], [15, [], false]);
    const validated = listOf(run);
    assert.equal(validated.length, 15);
    // One training image of each class is removed and another added. Any other rule would give a different split.
    for (const name of ["green", "red", "very blue"]) {
      const trained = Array.from({ length: 20 }, (_, index) => `${name}/${index}.jpg`)
        .filter((path) => !validated.includes(path));
      Deno.removeSync(join(run.data, trained[0] ?? ""));
      Deno.renameSync(join(run.data, trained[1] ?? ""), join(run.data, name, "0 new.jpg"));
    }
    Deno.mkdirSync(join(run.data, "an empty folder"));
    const after = await evaluation(run);
    assert.deepEqual({ ...after, matrix: null }, { ...own, matrix: null });

    const [first = "", second = ""] = validated;
    Deno.removeSync(join(run.data, first));
    // A training image that now has the name of a validation image was seen in training.
    Deno.renameSync(join(run.data, "green", "0 new.jpg"), join(run.data, second));
    const fewer = await evaluation(run);
    assert.deepEqual([fewer.count, fewer.gone, fewer.changed], [13, [first], [second]]);
    const said = await text(run);
    assert.match(
      said,
      new RegExp(`13 images: .* 1 validation image of this run is missing and was not evaluated: ${first}`),
    );
    assert.match(said, new RegExp(`1 validation image of this run has changed and was not evaluated: ${second}`));
  }, BY_LOT));

Deno.test("evaluate names those of its images that the run was trained on, in another folder too", () =>
  withImageRun([], async (run) => {
    const whole = await evaluation(run, "--data", run.data);
    const validated = listOf(run);
    assert.equal(whole.count, 60);
    assert.equal(whole.seen_in_training?.length, 45);
    assert.ok(whole.seen_in_training.every((path) => !validated.includes(path)));
    assert.match(
      await text(run, "--data", run.data),
      /45 of these images were also used for training, so the figures are too optimistic:/,
    );
  }, BY_LOT));

Deno.test("an image that is in both parts is a caveat of evaluate too", () =>
  withImageRun([], async (run) => {
    const [first = ""] = listOf(run);
    assert.deepEqual((await evaluation(run)).seen_in_training, []);
    const runs = join(run.directory, "..");
    Deno.copyFileSync(join(run.data, first), join(run.data, "train", "green", "copy.jpg"));
    const flags = [
      "--base",
      "squeezenet11",
      "--weights",
      "random",
      "--size",
      "64",
      "--epochs",
      "1",
      "--name",
      "second",
    ];
    const trained = await headlight(["train", "--data", run.data, "--runs", runs, ...flags], { env: run.env });
    assert.equal(trained.status, 0, trained.stderr);
    const { status, stdout } = await headlight(["evaluate", "second", "--runs", runs], { env: run.env });
    assert.equal(status, 0);
    assert.match(
      stdout.replaceAll("\n", " "),
      new RegExp(`1 of these images was also used for training, so the figures are too optimistic: ${first}\\.`),
    );
  }));

Deno.test("for an older run without the list, evaluate says that the split is drawn again, and from which folder", () =>
  withImageRun([], async (run) => {
    Deno.removeSync(join(run.directory, "pictures.json"));
    const own = await evaluation(run);
    assert.deepEqual([own.count, own.redrawn, own.seen_in_training], [15, true, null]);
    assert.match(
      await text(run),
      /images: [^.]*\bcolours An older version .* some of these may have been used for training/,
    );
    Deno.removeSync(join(run.data, "red", "3.jpg"));
    assert.match(await text(run), /The folder has changed, so some of these images were used for training/);
  }, BY_LOT));

Deno.test("bad input: a list of validation images that is damaged, or whose files are all gone, is reported in one line, status 2", () =>
  withImageRun([], async (run) => {
    const path = join(run.directory, "pictures.json");
    const list = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, list.replace('"class": 0', '"class": 1'));
    const damaged = await headlight(["evaluate", run.directory], { env: run.env });
    assert.equal(damaged.status, 2);
    assert.match(damaged.stderr, /^headlight: [^\n]*pictures\.json was damaged or edited[^\n]*--data\n$/);
    Deno.writeTextFileSync(path, list);
    Deno.renameSync(run.data, `${run.data} elsewhere`);
    const lost = await headlight(["evaluate", run.directory], { env: run.env });
    assert.equal(lost.status, 2);
    assert.match(
      lost.stderr,
      /^headlight: The data of [^\n]* are no longer in [^\n]*colours\. [^\n]*--data DIR\n$/,
    );
    Deno.mkdirSync(run.data);
    const empty = await headlight(["evaluate", run.directory], { env: run.env });
    assert.equal(empty.status, 2);
    assert.match(
      empty.stderr,
      /^headlight: None of the 15 validation images of [^\n]* is unchanged in [^\n]*colours\. [^\n]*--data DIR\n$/,
    );
  }, BY_LOT));
