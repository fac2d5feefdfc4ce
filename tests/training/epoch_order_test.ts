import assert from "node:assert/strict";
import { BLOCK_IMAGES } from "../../src/shuffling.ts";
import { blockwisePermutation, epochOrder, fittingTogether } from "../../src/training/epoch_order.ts";
import { permutation, stream } from "../../src/training/random.ts";

const order = (count: number, together: number, epoch = 0) =>
  blockwisePermutation(count, together, stream(1, "shuffle", epoch));

Deno.test("shuffled in blocks, every image occurs once, whatever the sizes", () => {
  for (const count of [1, 5, BLOCK_IMAGES, BLOCK_IMAGES + 1, 5 * BLOCK_IMAGES - 7]) {
    for (const together of [1, BLOCK_IMAGES, 2 * BLOCK_IMAGES + 3, 100 * BLOCK_IMAGES]) {
      const sorted = order(count, together).toSorted();
      assert.deepEqual(sorted, Int32Array.from({ length: count }, (_, index) => index));
    }
  }
});

Deno.test("only as many images as fit are needed at a time, and they are shuffled across blocks", () => {
  const count = 400 * BLOCK_IMAGES;
  const together = 100 * BLOCK_IMAGES;
  const images = order(count, together);
  for (let from = 0; from < count; from += together) {
    const part = images.subarray(from, from + together);
    const blocks = [...part].map((image) => Math.floor(image / BLOCK_IMAGES));
    assert.equal(new Set(blocks).size, 100);
    // Neighbours in the order are of one block about as often as by chance, one time in a hundred.
    const same = blocks.filter((block, place) => block === blocks[place + 1]).length / blocks.length;
    assert.ok(same < 0.02, `${same} of the neighbours are of one block`);
  }
});

Deno.test("the order depends on the seed and the epoch only, and differs from epoch to epoch", () => {
  assert.deepEqual(order(5000, 2048), order(5000, 2048));
  assert.notDeepEqual(order(5000, 2048), order(5000, 2048, 1));
});

Deno.test("the order is Keras's if all images are shuffled together, or if there are no more than that", () => {
  const ordered = (together: Parameters<typeof epochOrder>[1]) => epochOrder(320, together, stream(1, "shuffle", 0));
  const all = permutation(320, stream(1, "shuffle", 0));
  for (const together of ["all", 320, 4096] as const) assert.deepEqual(ordered(together), all);
  assert.deepEqual(ordered(288), order(320, 288));
  assert.notDeepEqual(ordered(288), all);
});

Deno.test("all images are shuffled together as long as half of the free memory holds their features", () => {
  const of = (count: number, freeBytes: number) => fittingTogether({ count, rowBytes: 4096, freeBytes });
  assert.equal(of(1_000_000, 8_192_000_000), "all");
  assert.equal(of(1_000_000, 8_191_990_000), 524_288);
  assert.equal(of(1_000_000, 100_000_000), 8192);
  assert.equal(of(1_000_000, 0), 4096);
});
