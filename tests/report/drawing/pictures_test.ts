import assert from "node:assert/strict";
import { matrixPicture, shownMistakes, thumbnailsOf } from "../../../src/report/drawing/pictures.ts";
import { limitsFor } from "../../../src/report/parts/page_limits.ts";
import { madeJudgement } from "../made_report.ts";

const HEAD = { run: "one", checkpoint: "best", epoch: 3, step: 0, images: "<b>" };

function counts(classes: number) {
  return madeJudgement(Array.from({ length: classes }, (_, label) => `class ${label}`)).tally;
}

Deno.test("a matrix of many classes is a picture, unless many runs share the page; a small one is a table", async () => {
  assert.equal(await matrixPicture(HEAD, counts(25), limitsFor(1)), null);
  const drawn = await matrixPicture(HEAD, counts(60), limitsFor(1));
  assert.match(drawn?.light ?? "", /^data:image\/png;base64,/);
  assert.equal(await matrixPicture(HEAD, counts(60), limitsFor(100)), null);
  assert.equal(await matrixPicture(HEAD, counts(201), limitsFor(1)), null);
});

Deno.test("runs share the room for pictures of mistakes, and each has some", () => {
  const mistakes = Array.from({ length: 50 }, (_, row) => ({ row, actual: "a", predicted: "b", probability: 0.5 }));
  const shown = (runs: number) => shownMistakes({ mistakes }, limitsFor(runs)).length;
  assert.deepEqual([1, 2, 5, 15, 100].map(shown), [24, 24, 12, 4, 2]);
});

Deno.test("a thumbnail is small, keeps the proportions, and is null for an image that cannot be read", async () => {
  const images = {
    pick: ([index = 0]: readonly number[]) => {
      if (index === 2) return Promise.reject(new Deno.errors.NotFound("gone (os error 2)"));
      const broken = index === 1 ? [{ index, path: "x.jpg", reason: "empty" }] : [];
      const pixels = new Float32Array(300 * 600 * 3).fill(200);
      return Promise.resolve({ count: 1, height: 300, width: 600, pixels, digests: [""], broken });
    },
  };
  const [one, broken, gone] = await thumbnailsOf(images, [0, 1, 2]);
  assert.deepEqual([one?.width, one?.height], [128, 64]);
  assert.match(one?.src ?? "", /^data:image\/jpeg;base64,/);
  assert.ok((one?.src.length ?? 0) < 5000);
  assert.deepEqual([broken, gone], [null, null]);
});
