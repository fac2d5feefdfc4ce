/** Trains on classes of unequal size from the command line. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { classFactsOf } from "../../src/run/class_facts.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { overviewSchema } from "../../src/run/overview/overview.ts";
import { classFigures } from "../../src/training/class_figures.ts";
import { writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const SIZES = { blue: [3, 2], cup: [20, 13], red: [7, 3] } as const;
const COLOURS = { blue: "#1020c0", cup: "#907060", red: "#c02010" } as const;

/** Writes train/ and val/ with classes of these sizes. The first training image of the largest class is undecodable. */
async function writeImages(data: string): Promise<void> {
  const files: Record<string, Uint8Array> = { "train/cup/0.jpg": new TextEncoder().encode("no image") };
  for (const name of ["blue", "cup", "red"] as const) {
    for (const [part, count] of [["train", SIZES[name][0]], ["val", SIZES[name][1]]] as const) {
      for (let index = 0; index < count; index++) {
        const create = { width: 40 + index, height: 50, channels: 3, background: COLOURS[name] } as const;
        files[`${part}/${name}/${index}.jpg`] ??= new Uint8Array(await sharp({ create }).jpeg().toBuffer());
      }
    }
  }
  writeFiles(data, files);
}

function withRun(flags: readonly string[], body: (run: JsonRun, runs: string, env: Record<string, string>) => unknown) {
  return withTemporaryFolder(async (folder) => {
    const data = join(folder, "kitchen");
    const runs = join(folder, "runs");
    await writeImages(data);
    const env = emptyFeatureCache(folder);
    const model = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "4"];
    const where = ["--data", data, "--runs", runs, "--max-broken", "0.1"];
    const run = new JsonRun(["train", ...where, ...model, ...flags], { env });
    assert.equal(await run.status(), 0, run.stderr);
    await body(run, runs, env);
  });
}

const MAJORITY = { class: 1, accuracy: 13 / 18 };
const PER_CLASS = { train: [3, 20, 7], validation: [2, 13, 3] };
/** Without the one that cannot be decoded. */
const DECODED = { train: [3, 19, 7], validation: [2, 13, 3] };

Deno.test("a run reports its class sizes, the majority baseline and its class weights, and every command repeats them", async () => {
  await withRun(["--class-weight", "balanced", "--monitor", "val_macro_f1"], async (run, runs, env) => {
    const directory = await run.directory();
    const said = run.all("run")[0];
    assert.deepEqual(said?.dataset.per_class, PER_CLASS);
    // One of the twenty could not be decoded, so the run trains on 29 images of 3 classes.
    const weights = [29 / (3 * 3), 29 / (3 * 19), 29 / (3 * 7)];
    assert.deepEqual(run.all("classes").map(({ majority, weights, per_class }) => ({ majority, weights, per_class })), [
      { majority: MAJORITY, weights, per_class: DECODED },
    ]);
    const config = readRunConfig(join(directory, "config.json"));
    assert.deepEqual(config.resolved?.per_class, PER_CLASS);
    assert.deepEqual(config.class_facts, { majority: MAJORITY, weights, per_class: DECODED });
    assert.match(config.repeat ?? "", / --class-weight balanced .*--monitor val_macro_f1 /);

    const [head, ...rows] = readFileSync(join(directory, "history.csv"), "utf8").trimEnd().split("\n");
    assert.equal(head, "epoch,loss,accuracy,val_loss,val_accuracy,val_macro_f1");
    const epochs = run.all("epoch");
    assert.deepEqual(
      rows.map((row) => Number(row.split(",")[5])),
      epochs.map((epoch) => epoch.val_macro_f1),
    );
    const best = Math.max(...epochs.map(({ val_macro_f1: value }) => value ?? NaN));
    assert.equal(run.all("end")[0]?.best?.val_macro_f1, best);
    assert.equal(run.all("early_stopping").at(-1)?.best, best);

    const listed = await headlight(["runs", "--runs", runs, "--json"], { env });
    assert.deepEqual(overviewSchema.parse(JSON.parse(listed.stdout)).classes, [
      { name: "blue", train: 3, validation: 2 },
      { name: "cup", train: 19, validation: 13 },
      { name: "red", train: 7, validation: 3 },
    ]);

    const json = await headlight(["evaluate", directory, "--checkpoint", "last", "--json"], { env });
    const found = evaluationSchema.parse(JSON.parse(json.stdout));
    assert.equal(found.balanced_accuracy, epochs.at(-1)?.val_balanced_accuracy);
    assert.equal(found.macro_f1, epochs.at(-1)?.val_macro_f1);
    assert.deepEqual(found.majority, { class: "cup", accuracy: MAJORITY.accuracy });
    assert.deepEqual(found.classes.map(({ support, trained_on }) => [support, trained_on]), [[2, 3], [13, 19], [3, 7]]);

    const text = (await headlight(["evaluate", directory], { env })).stdout;
    assert.match(text, /^balanced accuracy 0\.\d{4} {2}macro F1 0\.\d{4}$/m);
    assert.match(text, /^always predicting cup gives accuracy 0\.72\d*, the model gives [01]\.\d+$/m);
    assert.match(text, /^class +precision +recall +f1 +support +training$/m);
    assert.match(text, /^cup .* 13 +19$/m);
    assert.match(text, /^mean .* 18 +29$/m);
    const plain = (await headlight(["watch", directory, "--plain"], { env })).stdout;
    assert.match(plain, / kitchen:? 30 \+ 18 images \(blue 3 \+ 2, cup 20 \+ 13, red 7 \+ 3\);/);
    assert.match(
      plain,
      /^ {2}baseline +always predicting cup gives accuracy 0\.72\d*, the model gives [01]\.\d+$/m,
    );
    const summary = (await headlight(["summary", directory], { env })).stdout;
    assert.match(summary, /^ {2}data +kitchen, 29 training \+ 18 validation images/m);
    assert.match(
      summary,
      /^ {2}baseline +always predicting cup gives accuracy 0\.72\d*, the model gives [01]\.\d+$/m,
    );
  });
});

Deno.test("without --class-weight no weights are applied, and history.csv has exactly Keras's columns", async () => {
  await withRun([], async (run) => {
    assert.deepEqual(run.all("classes").map(({ weights }) => weights), [null]);
    const directory = await run.directory();
    const config = readRunConfig(join(directory, "config.json"));
    assert.deepEqual([config.options.class_weight, config.class_facts?.weights], ["none", null]);
    assert.match(readFileSync(join(directory, "history.csv"), "utf8"), /^epoch,loss,accuracy,val_loss,val_accuracy\n/);
    const confusion = run.all("confusion").find(({ epoch }) => epoch === 4);
    assert.ok(confusion);
    const count = (of: (actual: number, predicted: number) => number) => {
      const counts = [0, 0, 0];
      for (const [actual, predicted, number] of confusion.cells) {
        const label = of(actual, predicted);
        if (label >= 0) counts[label] = (counts[label] ?? 0) + number;
      }
      return counts;
    };
    const { balanced_accuracy, macro_f1 } = classFigures({
      support: count((actual) => actual),
      predicted: count((_, predicted) => predicted),
      right: count((actual, predicted) => (actual === predicted ? actual : -1)),
    });
    const last = run.all("epoch").at(-1);
    assert.deepEqual([last?.val_balanced_accuracy, last?.val_macro_f1], [balanced_accuracy, macro_f1]);
  });
});

Deno.test("the baseline and the weights are computed from the images in use, not from all images found", () => {
  const set = (labels: number[]) => ({
    labels: Int32Array.from(labels),
    count: labels.length,
    width: 1,
    features: new Float32Array(labels.length),
  });
  const data = { train: set([0, 1, 1, 1]), validation: set([0, 0, 1]) };
  assert.deepEqual(classFactsOf({ class_weight: "balanced" }, data, 2), {
    majority: { class: 1, accuracy: 1 / 3 },
    weights: [4 / 2, 4 / 6],
    per_class: { train: [1, 3], validation: [2, 1] },
  });
  assert.equal(classFactsOf({ class_weight: "none" }, data, 2).weights, null);
});
