import assert from "node:assert/strict";
import { z } from "zod";
import { HeadlightError } from "../../../src/errors.ts";
import { checkImageSize, padGeometry } from "../../../src/data/dataset/pad_geometry.ts";
import { resizeWithPad } from "../../../src/features/base/resize.ts";
import cases from "../../fixtures/resize_sizes.json" with { type: "json" };
import { tensorflowEngine } from "../../engine.ts";

const caseSchema = z.union([
  z.strictObject({ height: z.int(), width: z.int(), target: z.int(), refused: z.literal(true) }),
  z.strictObject({
    height: z.int(),
    width: z.int(),
    target: z.int(),
    content_height: z.int(),
    content_width: z.int(),
    top: z.int(),
    left: z.int(),
  }),
]);

const table = z.array(caseSchema).parse(cases);

Deno.test("sizes and offsets of resize_with_pad are TensorFlow's in all 91 recorded cases", () => {
  assert.equal(table.length, 91);
  for (const given of table) {
    if ("refused" in given) continue;
    const found = padGeometry(given.height, given.width, given.target);
    const { content_height: contentHeight, content_width: contentWidth, top, left } = given;
    assert.deepEqual(found, { contentHeight, contentWidth, top, left }, JSON.stringify(given));
  }
});

Deno.test("an image too thin to leave any pixel is refused with a remedy that suffices", () => {
  const refused = table.filter((given) => "refused" in given);
  assert.ok(refused.length > 0);
  for (const { height, width, target } of refused) {
    assert.throws(() => padGeometry(height, width, target), (error) => {
      assert.ok(error instanceof HeadlightError);
      assert.match(
        error.message,
        new RegExp(
          `${height}×${width} .* size ${target}\\. Crop its longer side to at most ${target} times the shorter one$`,
        ),
      );
      return true;
    });
    const short = Math.min(height, width);
    const [cropped, turned] = [[short, short * target], [short * target, short]] as const;
    for (const [rows, columns] of [cropped, turned]) assert.ok(padGeometry(rows, columns, target).contentWidth >= 1);
  }
});

Deno.test("a --size is advised for thin images only if there is such a size and it suffices", () => {
  const refusal = (height: number, width: number) => {
    let message = "";
    assert.throws(() => checkImageSize({ name: "thin", height, width }, 160), (error) => {
      message = String(error);
      return error instanceof HeadlightError && error.exitStatus === 2;
    });
    return message;
  };
  for (const [height, width] of [[1, 300], [1024, 1], [3, 1999], [7, 1127], [2, 2047]] as const) {
    const size = Number(/Crop them, or use --size (\d+)$/.exec(refusal(height, width))?.[1]);
    assert.doesNotThrow(() => padGeometry(height, width, size));
    assert.throws(() => padGeometry(height, width, size - 1));
  }
  for (const [height, width] of [[1, 3000], [1025, 1]] as const) {
    assert.match(refusal(height, width), /\. Crop them: the largest --size is 1024$/);
  }
});

Deno.test("resized images are where the geometry says, with black around them", async () => {
  const { tf } = await tensorflowEngine();
  const before = tf.memory().numTensors;
  for (
    const { height, width, target } of [{ height: 9, width: 12, target: 32 }, { height: 70, width: 9, target: 32 }]
  ) {
    const { contentHeight, contentWidth, top, left } = padGeometry(height, width, target);
    const seen = tf.tidy(() => resizeWithPad(tf, tf.ones([2, height, width, 3]), target).arraySync());
    assert.equal(seen.length, 2);
    for (const image of seen) {
      image.forEach((row, y) =>
        row.forEach((pixel, x) => {
          const inside = y >= top && y < top + contentHeight && x >= left && x < left + contentWidth;
          assert.deepEqual(pixel, inside ? [1, 1, 1] : [0, 0, 0], `${height}×${width}: row ${y}, column ${x}`);
        })
      );
    }
  }
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
});
