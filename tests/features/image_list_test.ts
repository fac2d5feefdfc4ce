import assert from "node:assert/strict";
import { ImageList } from "../../src/features/image_list.ts";

const [A, B, C] = ["aa", "bb", "cc"].map((byte) => byte.repeat(32)) as [string, string, string];

Deno.test("each content is listed once, in the order of its first place, with all its places", () => {
  const list = new ImageList([{ part: "train", digests: [B, A, B] }, { part: "validation", digests: [C, B] }]);
  assert.equal(list.total, 5);
  assert.equal(list.digests.size, 3);
  assert.deepEqual([0, 1, 2].map((position) => list.digests.hex(position)), [B, A, C]);
  assert.deepEqual(list.places(0), [
    { part: "train", index: 0 },
    { part: "train", index: 2 },
    { part: "validation", index: 1 },
  ]);
  assert.deepEqual(list.places(1), [{ part: "train", index: 1 }]);
  assert.deepEqual(list.places(2), [{ part: "validation", index: 0 }]);
});

Deno.test("an empty part has no places, and the other part alone counts from its own first image", () => {
  const list = new ImageList([{ part: "train", digests: [] }, { part: "validation", digests: [A] }]);
  assert.deepEqual(list.places(0), [{ part: "validation", index: 0 }]);
  assert.throws(() => list.places(1), RangeError);
});

Deno.test("of a share of the images, each place counts from the start of its part", () => {
  const list = new ImageList([
    { part: "train", from: 7, digests: [A, B] },
    { part: "validation", from: 3, digests: [C, A] },
  ]);
  assert.deepEqual(list.places(0), [{ part: "train", index: 7 }, { part: "validation", index: 4 }]);
  assert.deepEqual(list.places(1), [{ part: "train", index: 8 }]);
  assert.deepEqual(list.places(2), [{ part: "validation", index: 3 }]);
});
