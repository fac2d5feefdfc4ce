import assert from "node:assert/strict";
import { dataPart } from "../../../src/report/parts/data_part.ts";
import type { RunEvent } from "../../../src/events.ts";
import { judgementOf, recordedJudgement, recordedTally } from "../../../src/report/parts/judgement.ts";
import { recordedOfBest } from "../../../src/report/parts/recorded.ts";
import { metrics } from "../../../src/results/metrics.ts";
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
  assert.equal(judgement?.before[1], "These figures are those that the run recorded in epoch 26.");
  assert.equal(
    judgement?.before[2],
    "The run recorded no predictions of its best epoch, 21, so these figures differ from those of that epoch.",
  );
  assert.equal(judgement?.tally.accuracy, counts.accuracy);
  assert.equal(recordedJudgement(SILENT_RUN, "", pictures), null);
});

const BASE = { seq: 900, time: "2026-11-23T20:59:01.000Z", v: 2 } as const;
const matrixOf = (epoch: number, right: number): RunEvent => ({
  ...BASE,
  ...{ type: "confusion", epoch, cells: [[0, 0, right], [0, 1, 100 - right]] },
});
const mistakesOf = (epoch: number): RunEvent => ({ ...BASE, type: "samples", epoch, mistakes: [] });
const resumedAfter = (epoch: number) => ({ ...BASE, type: "resume", epoch }) as RunEvent;

Deno.test("the recorded figures are those of the best epoch if the run recorded them, whatever it recorded later", () => {
  const events = [matrixOf(20, 40), mistakesOf(20), matrixOf(21, 65), mistakesOf(21), matrixOf(26, 60), mistakesOf(26)];
  const newest = runStateOf(events, LESSON);
  const state = { ...newest, ...recordedOfBest(newest, () => events) };
  const judgement = recordedJudgement(state, "gone", { matrix: null, thumbnails: [] });
  assert.deepEqual(judgement?.before.slice(1), [
    "These figures are those that the run recorded in epoch 21, the best one.",
  ]);
  assert.equal(judgement?.tally.correct, 65);
  assert.match(judgement?.figures.find(({ name }) => name === "Loss")?.text ?? "", /^1\.1816$/);
  assert.equal(state.samples?.epoch, 21);
});

Deno.test("recorded figures of another epoch than the best one are said to be, and so are mistakes", () => {
  const events = [matrixOf(20, 40), mistakesOf(20), matrixOf(26, 60)];
  const newest = runStateOf(events, LESSON);
  const state = { ...newest, ...recordedOfBest(newest, () => events) };
  const { before } = recordedJudgement(state, "gone", { matrix: null, thumbnails: [] }) ?? { before: [] };
  assert.deepEqual(before.slice(1), [
    "These figures are those that the run recorded in epoch 26. The mistakes below are those of epoch 20.",
    "The run recorded no predictions of its best epoch, 21, so these figures differ from those of that epoch.",
  ]);
});

Deno.test("what was recorded of a best epoch that a resumed run trained again does not count", () => {
  const events = [matrixOf(21, 65), matrixOf(22, 1), resumedAfter(20), matrixOf(26, 60)];
  const newest = { ...LESSON, confusion: null, samples: null };
  assert.deepEqual(recordedOfBest(newest, () => events), { confusion: null, samples: null });
  assert.equal(recordedOfBest(newest, () => events.with(2, resumedAfter(21))).confusion?.epoch, 21);
});

Deno.test("if the evaluated checkpoint is not of the epoch that the page calls the best one, a sentence says so", () => {
  const head = { run: "x", checkpoint: "best", epoch: 20, step: 0, images: "the validation set of x" };
  const said = (best: number | null) =>
    judgementOf(head, best, {
      metrics: metrics({ classes: ["a", "b"], labels: Int32Array.of(0), probabilities: Float64Array.of(1, 0) }),
      ...{ majority: null, trainedOn: null, loss: 1, broken: [], probabilities: Float64Array.of(1, 0) },
      ...{ indexOf: () => 0, imageOf: () => "", keyOf: () => "" },
      caveats: { gone: [], changed: [], redrawn: null, trainedOn: null },
    }, { matrix: null, thumbnails: [] }).before;
  assert.equal(said(20).length, 1);
  assert.equal(said(null).length, 1);
  assert.equal(
    said(21)[1],
    "The best epoch of this run is epoch 21. These figures are not of that epoch.",
  );
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
