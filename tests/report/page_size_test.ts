/** How large a report is, with the longest contents that runs may have. */
import assert from "node:assert/strict";
import { drawCurves } from "../../src/report/drawing/draw_curves.ts";
import { matrixPicture, recordedThumbnails } from "../../src/report/drawing/pictures.ts";
import { reportHtml } from "../../src/report/html/page.tsx";
import { limitsFor } from "../../src/report/parts/page_limits.ts";
import type { RunPart } from "../../src/report/parts/report.ts";
import type { PlottedRun } from "../../src/results/plotted_run.ts";
import { runStateOf } from "../../src/run_state/run_state.ts";
import { madeUp, recorded } from "../results/plotted.ts";
import { madeJudgement, madeRun } from "./made_report.ts";

/** Mails and chats refuse much larger files. */
const LIMIT = 2_000_000;

const STATE = runStateOf(recorded("lesson"));
const HEAD = { run: "one", checkpoint: "best", epoch: 3, step: 0, images: "the validation set" };
/** A thumbnail of noise, which takes more bytes than a photograph. */
const THUMBNAIL = { src: `data:image/jpeg;base64,${"A".repeat(9000)}`, width: 128, height: 128 };

/** A long run whose four figures have their peaks in different epochs. */
const LONG: PlottedRun = {
  ...madeUp([]),
  bestEpoch: 9,
  epochs: Array.from({ length: 500 }, (_, place) => {
    const [accuracy = 0, val_accuracy = 0, loss = 0, val_loss = 0] = [7919, 104_729, 1299, 15_485].map((factor) =>
      ((place + 1) * factor % 1000) / 1000
    );
    return { epoch: place + 1, accuracy, val_accuracy, loss, val_loss };
  }),
};

/** Returns a run with many classes of long names, with as many pictures and epochs as the page has room for. */
async function largeRun(classes: number, runs: number): Promise<RunPart> {
  const limits = limitsFor(runs);
  const names = Array.from({ length: classes }, (_, label) => `a class with quite a long name ${label}`);
  const judgement = madeJudgement(names);
  const columns = ["loss", "accuracy", "val_loss", "val_accuracy", "val_balanced_accuracy", "val_macro_f1", "time"];
  return {
    ...await madeRun(STATE, runs === 1),
    limits,
    epochs: {
      columns,
      rows: Array.from({ length: limits.epochs }, (_, epoch) => ({
        epoch,
        isBest: false,
        cells: columns.map(() => "0.1234"),
      })),
    },
    judgement: {
      ...judgement,
      matrix: await matrixPicture(HEAD, judgement.tally, limits),
      mistakes: Array.from({ length: limits.mistakes }, (_, place) => ({
        ...{ actual: names[0] ?? "", predicted: names[1] ?? "", probability: 0.9 },
        ...{ image: `validation/${names[place % classes]}/image-${place}.jpg`, thumbnail: THUMBNAIL },
      })),
    },
    data: { facts: [], classes: names.map((name) => ({ name, train: 40, validation: 13, broken: 1 })), broken: [] },
    options: Array.from({ length: 30 }, () => ({ name: "--an-option", text: "/a/path/of/a/folder" })),
  };
}

const PAGES: readonly (readonly [classes: number, runs: number])[] = [
  [25, 1],
  [100, 1],
  [200, 1],
  [2000, 1],
  [60, 4],
  [200, 5],
  [25, 30],
  [400, 30],
];
for (const [classes, runs] of PAGES) {
  const of = `${classes} classes and ${runs} run${runs === 1 ? "" : "s"}`;
  Deno.test(`a report of ${of} is smaller than 2 MB, and has a table and pictures of each run`, async () => {
    const run = await largeRun(classes, runs);
    const html = reportHtml({
      written: "",
      runs: Array.from({ length: runs }, () => run),
      comparison: null,
      curves: await drawCurves(Array.from({ length: runs }, () => LONG)),
    });
    const size = new TextEncoder().encode(html).length;
    assert.ok(size < LIMIT, `${size} bytes`);
    assert.equal(html.match(/<table class="matrix">/g)?.length, runs);
    assert.ok((html.match(/<img src="data:image\/jpeg/g)?.length ?? 0) >= 2 * runs);
    assert.equal(html.includes("classes that are confused most often"), classes > run.limits.matrixClasses);
  });
}

Deno.test("every row of a confusion matrix has a cell below each title, with all classes and with a part of them", async () => {
  for (const classes of [25, 60]) {
    const run = await largeRun(classes, 1);
    const html = reportHtml({ written: "", runs: [run], comparison: null, curves: null });
    const [matrix = ""] = /<table class="matrix">.*?<\/table>/s.exec(html) ?? [];
    const cells = matrix.split("<tr>").slice(1).map((row) => row.match(/<t[hd][ >]/g)?.length);
    const others = classes > run.limits.matrixClasses ? 1 : 0;
    assert.deepEqual(cells, Array.from({ length: 26 }, () => 26 + others), `${classes} classes`);
    assert.equal(matrix.includes("other classes"), others === 1);
  }
});

Deno.test("recorded thumbnails share the room of the page too", async () => {
  const mistake = { picture: 1, file: null, actual: 0, predicted: 1, confidence: 0.5, width: 1, height: 1 };
  const mistakes = Array.from({ length: 6 }, () => ({ ...mistake, pixels: new Uint8Array([1, 2, 3]).toBase64() }));
  const samples = { seq: 1, time: "", v: 2, type: "samples", epoch: 1, mistakes } as const;
  const shown = async (runs: number) => (await recordedThumbnails({ samples }, limitsFor(runs))).length;
  assert.deepEqual([await shown(1), await shown(30)], [6, 2]);
});

Deno.test("every run has some room, however many there are", () => {
  for (const runs of [1, 30, 200]) {
    const { classRows, matrixClasses, mistakes } = limitsFor(runs);
    assert.ok(classRows >= 10 && matrixClasses >= 8 && mistakes >= 2, `${runs}`);
  }
});
