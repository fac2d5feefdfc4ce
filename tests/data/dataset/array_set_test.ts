import assert from "node:assert/strict";
import { arraySet, digestsOf } from "../../../src/data/dataset/array_set.ts";
import type { ImageBatch } from "../../../src/data/dataset/dataset.ts";

/** Returns an image of 2 × 4 × 3 pixels with the values 0, 1, 2 … */
function images(changed: Partial<ImageBatch> = {}): ImageBatch {
  return { count: 1, height: 2, width: 4, pixels: Uint8Array.from({ length: 24 }, (_, index) => index), ...changed };
}

const changedImages: Record<string, Partial<ImageBatch>> = {
  "a different pixel": { pixels: images().pixels.with(23, 99) },
  "the same bytes as wider images": { height: 1, width: 8 },
  "the same bytes as more images": { count: 2, height: 1 },
  "the same bytes as another dtype": { pixels: new Float32Array(images().pixels.buffer) },
};

for (const [what, changed] of Object.entries(changedImages)) {
  Deno.test(`${what} gives another digest`, () => assert.notDeepEqual(digestsOf(images(changed)), digestsOf(images())));
}

Deno.test("the digest depends on the images alone, not on their place in memory", () => {
  const larger = new Uint8Array(100);
  larger.set(images().pixels, 50);
  assert.deepEqual(digestsOf(images({ pixels: larger.subarray(50, 74) })), digestsOf(images()));
});

/** Three images of 1 × 2 × 3 pixels, each with a single value. */
const part = arraySet({
  labels: new Int32Array(3),
  read: (from, to) => {
    const pixels = Uint8Array.from({ length: (to - from) * 6 }, (_, index) => from + Math.floor(index / 6));
    return { count: to - from, height: 1, width: 2, pixels };
  },
  file: null,
});

Deno.test("an image has the same digest whichever images are read with it", async () => {
  const digests = await part.digests();
  assert.equal(new Set(digests).size, 3);
  assert.deepEqual((await part.read(0, 3)).digests, digests);
  assert.deepEqual((await part.read(1, 2)).digests, [digests[1]]);
});

Deno.test("selected images come in the requested order", async () => {
  const { count, pixels, digests } = await part.pick([2, 0, 1]);
  assert.equal(count, 3);
  assert.deepEqual([...pixels], [2, 0, 1].flatMap((value) => new Array(6).fill(value)));
  const [first, second, third] = await part.digests();
  assert.deepEqual(digests, [third, first, second]);
});

Deno.test("a range outside the part is refused", async () => {
  for (const [from, to] of [[-1, 2], [0, 4], [2, 1]] as const) await assert.rejects(part.read(from, to), RangeError);
  await assert.rejects(part.pick([3]), RangeError);
});

Deno.test("after an abort the digests reject with the signal's reason", async () => {
  await assert.rejects(part.digests({ signal: AbortSignal.abort(new Error("enough")) }), /enough/);
});

Deno.test("messages of other processes are handled within a few reads of 10 ms while digests are computed", async () => {
  const controller = new AbortController();
  let readings = 0;
  const slow = arraySet({
    labels: new Int32Array(100_000),
    read: (from, to) => {
      readings++;
      for (const until = performance.now() + 10; performance.now() < until;);
      return { count: to - from, height: 1, width: 1, pixels: new Uint8Array((to - from) * 3) };
    },
    file: null,
  });
  const child = new Deno.Command("/bin/sh", { args: ["-c", "sleep 0.05; echo stop"], stdout: "piped" }).spawn();
  const said = new Response(child.stdout).text().then((text) => controller.abort(new Error(text.trim())));
  await assert.rejects(slow.digests({ signal: controller.signal }), /stop/);
  await said;
  await child.status;
  assert.ok(readings <= 30, `it was heard after ${readings} readings`);
});
