/** Checks that long masks, which a program draws from four places of a stream at once, have the stream's own values. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { drawMask, DropoutMasks } from "../../src/training/dropout_masks.ts";
import { MaskProgram } from "../../src/training/mask_program.ts";
import { fillMask, stream } from "../../src/training/random.ts";
import { dropoutLayers } from "../../src/training/steps.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { wholeModel } from "../../src/model/whole.ts";

/** Returns a mask as it is drawn number by number. */
function oneByOne(length: number, rate: number, ...place: Parameters<typeof stream>): Float32Array {
  const mask = new Float32Array(length);
  fillMask(mask, rate, stream(...place));
  return mask;
}

Deno.test("a mask has the same bits whether its numbers are drawn one by one or from four places at once", () => {
  const program = new MaskProgram();
  // Around the length from which the program draws, with every rest that it leaves, and as long as a network's.
  const lengths = [1, 1600, 16_383, ...Array.from({ length: 17 }, (_, more) => 16_384 + more), 1_537_600];
  for (const rate of [0.5, 0.8, 0.3, 1e-7, 0.25, 1 - 2 ** -24]) {
    const masks = program.arrays(lengths);
    for (const [index, mask] of masks.entries()) {
      mask.fill(NaN);
      drawMask(program, mask, rate, stream(5, "dropout", index));
    }
    // Compared after all were drawn, so that none may have written into another.
    for (const [index, mask] of masks.entries()) {
      const expected = oneByOne(mask.length, rate, 5, "dropout", index);
      assert.ok(Buffer.from(mask.slice().buffer).equals(Buffer.from(expected.buffer)), `${mask.length}, rate ${rate}`);
    }
  }
});

const model = { base: "lesson-cnn", size: 64, pooling: "max", classes: 10, inputHeight: 64, inputWidth: 64 } as const;
const LAYERS = dropoutLayers(splitNetwork(wholeModel(model)).open);

Deno.test("each layer of each batch has the masks of its own stream, in one memory, and no batch writes into another", () => {
  const masks = new DropoutMasks(LAYERS, 3);
  masks.draw([{ epoch: 0, step: 0, rows: 2 }]);
  const drawn = masks.draw([{ epoch: 4, step: 7, rows: 32 }, { epoch: 4, step: 8, rows: 5 }]);
  assert.equal(drawn.length, 2);
  for (const [batch, rows] of [32, 5].entries()) {
    for (const { name, rate, units } of LAYERS) {
      assert.deepEqual(
        drawn[batch]?.[name],
        oneByOne(rows * units, rate, 3, name, 4, 7 + batch),
        `${name} of ${batch}`,
      );
    }
  }
  const all = drawn.flatMap((batch) => Object.values<Float32Array>(batch));
  assert.equal(new Set(all.map(({ buffer }) => buffer)).size, 1);
  // TensorFlow would copy a mask of 6 MB that did not begin at a multiple of 64 bytes.
  assert.deepEqual(all.map(({ byteOffset }) => byteOffset % 64), all.map(() => 0));
});

Deno.test("the next masks take the memory of the ones before", () => {
  const masks = new DropoutMasks(LAYERS, 3);
  const bytes = [0, 1, 2].map((step) => Object.values(masks.draw([{ epoch: 0, step, rows: 32 }])[0] ?? {})[0]?.buffer);
  assert.ok(bytes[0] && bytes[0] === bytes[1] && bytes[1] === bytes[2]);
});

Deno.test("a network without dropout has no masks", () => {
  assert.deepEqual(new DropoutMasks([], 3).draw([{ epoch: 0, step: 0, rows: 32 }]), [{}]);
});
