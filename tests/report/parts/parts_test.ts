import assert from "node:assert/strict";
import { dataPart } from "../../../src/report/parts/data_part.ts";
import { recordedJudgement, recordedTally } from "../../../src/report/parts/judgement.ts";
import { stoppingPart } from "../../../src/report/parts/stopping_part.ts";
import type { Overview } from "../../../src/run/overview/overview.ts";
import { runConfigSchema } from "../../../src/run/folder/run_config.ts";
import { type RunState, runStateOf, SILENT_RUN } from "../../../src/run_state/run_state.ts";
import { recorded } from "../../results/plotted.ts";

const LESSON = runStateOf(recorded("lesson"));
const HEAD = { overview: { status: "ended", epochs: 26 } as Overview };

Deno.test("early stopping in words: the best epoch, patience, the wait, and why the run ended", () => {
  const { sentence, facts } = stoppingPart(HEAD, LESSON);
  assert.match(sentence, /^Stopped after epoch 26: 5 epochs without val_accuracy > 0\.65\d\d\.$/);
  assert.deepEqual(facts.map(({ name }) => name), ["Monitored figure", "Best epoch", "Patience", "Waited so far"]);
  assert.deepEqual(facts.slice(2).map(({ text }) => text), ["5 epochs without an improvement", "5 epochs"]);
});

Deno.test("early stopping in words, for runs that it did not end", () => {
  const end = LESSON.end;
  assert.ok(end);
  const said = (status: Overview["status"], state: RunState, epochs = 26) =>
    stoppingPart({ overview: { status, epochs } as Overview }, state).sentence;
  assert.equal(
    said("ended", { ...LESSON, end: { ...end, reason: "completed" } }),
    "Early stopping did not end this run. It trained all 26 epochs that were asked for.",
  );
  assert.equal(
    said("ended", { ...LESSON, end: { ...end, reason: "stopped" } }),
    "Early stopping did not end this run. It was stopped on request after 26 epochs.",
  );
  assert.equal(
    said("ended", { ...LESSON, end: { ...end, reason: "nan" } }),
    "Early stopping did not end this run. It ended after 26 epochs, because the loss was not a number.",
  );
  assert.equal(
    said("lost", { ...LESSON, end: null }),
    "Early stopping did not end this run. Its trainer was lost after epoch 26.",
  );
  assert.match(said("live", { ...LESSON, end: null }), /^Still training: stops now, after epoch 26: /);
  assert.equal(said("live", SILENT_RUN, 0), "Early stopping has not started: no epoch was finished.");
  assert.equal(said("broken", SILENT_RUN, 7), "What early stopping did is not known.");
});

Deno.test("without the images, the figures are those that the run recorded, and a sentence says why", () => {
  const { facts } = LESSON;
  assert.ok(facts);
  // A class that there is not, as a damaged log may name it.
  const cells: [number, number, number][] = [[0, 0, 20], [1, 0, 10], [9, 9, 30], [400, 2, 5]];
  const judged: RunState = { ...LESSON, confusion: { ...facts, type: "confusion", epoch: 26, cells } };
  const counts = recordedTally(judged);
  assert.ok(counts);
  assert.deepEqual([counts.count, counts.correct], [60, 50]);
  const pictures = { matrix: null, thumbnails: [] };
  const judgement = recordedJudgement(judged, "The data of x are no longer in /data", pictures);
  assert.equal(judgement?.before[0], "The images were not classified again. The data of x are no longer in /data.");
  assert.match(judgement?.before[1] ?? "", /^These figures are those that the run recorded in epoch 26\./);
  assert.equal(judgement?.tally.accuracy, counts.accuracy);
  assert.equal(recordedJudgement(SILENT_RUN, "", pictures), null);
});

/** Returns a story with a config of this folder. */
function story(path: string, given: Record<string, unknown> = {}) {
  const config = runConfigSchema.parse({
    version: 1,
    created: "2026-11-23T20:55:01.000Z",
    options: { base: "squeezenet11" },
    resolved: {
      data: { kind: "pictures", folder: path, ...given },
      data_name: "fruit",
      classes: ["apple", "test"],
      train: 8,
      validation: 4,
      per_class: { train: [5, 3], validation: [2, 2] },
      weights: { kind: "random", path: "", sha256: "" },
      preprocess: "scale",
      engine: { kind: "wasm", version: "1", device: "cpu" },
    },
    notices: [],
    machine: { host: "h", os: "o", cpu: "c", cores: 1, memory_bytes: 1 },
    versions: {},
  });
  const classes = [{ name: "apple", train: 4, validation: 2 }, { name: "test", train: 3, validation: 1 }];
  return { config, overview: { data: "fruit", classes } as unknown as Overview };
}

Deno.test("the data: counts of each class, what is broken, and how the images were split", () => {
  const of = (path: string | null, given?: Record<string, unknown>) =>
    dataPart({
      story: story("/data/fruit", given),
      state: SILENT_RUN,
      images: path === null ? null : { validation: [{ path, class: 1, sha256: "" }] },
      broken: [{ index: 0, path: "apple/<b>.jpg", reason: "empty" }],
    });
  const split = (part: ReturnType<typeof of>) => part.facts.find(({ name }) => name === "Split")?.text;
  const part = of("test/1.jpg");
  assert.deepEqual(part.classes.map(({ train, validation, broken }) => [train, validation, broken]), [[4, 2, 1], [
    3,
    1,
    1,
  ]]);
  assert.deepEqual(part.broken, [
    "2 images could not be decoded and were left out of the run.",
    "Validation images that cannot be decoded: apple/<b>.jpg (empty).",
  ]);
  assert.deepEqual(part.facts.find(({ name }) => name === "Images")?.text, "7 for training, 3 for validation");
  // A class may have the name of a part.
  assert.equal(split(part), "25 % of each class, drawn at random with seed 2, are for validation.");
  assert.equal(split(of("Valid_Set/test/1.jpg")), "The data set has a folder of its own for validation.");
  assert.match(split(of(null)) ?? "", /^If the folder has no images for validation of its own: 25 %/);
  assert.match(split(of(null, { kind: "npy" })) ?? "", /^The data set has arrays of its own/);
});
