import assert from "node:assert/strict";
import { MOST_PIXELS } from "../../../src/data/images/decoders/image.ts";
import {
  IMAGES_PER_WORKER,
  planBatches,
  planReading,
  ROOM_OF_LARGE_IMAGE,
} from "../../../src/data/images/reading_plan.ts";

const GB = 1e9;
/** Batches of 32 images of 224×224 in float32. */
const BATCH = { batchSize: 32, batchBytes: 32 * 224 * 224 * 3 * 4 };

Deno.test("all cores read if the memory suffices for large photographs, a worker for HEIC on each", () => {
  const of = (cores: number, freeBytes: number) => {
    const { workers, heicWorkers } = planReading({ cores, freeBytes });
    return [workers, heicWorkers];
  };
  assert.deepEqual([1, 2, 3, 16, 64].map((cores) => of(cores, 200 * GB)), [[1, 1], [1, 2], [2, 3], [8, 16], [32, 64]]);
  assert.deepEqual(of(64, 16 * GB), [5, 10]);
  assert.deepEqual(of(64, 2 * GB), [1, 1]);
});

Deno.test("what is decoded at the same time fits in a quarter of the free memory, however little there is", () => {
  for (const cores of [1, 2, 16, 128]) {
    for (const freeBytes of [0, 1e6, 0.5 * GB, 4 * GB, 64 * GB, 1000 * GB]) {
      const { workers, heicWorkers, pixelsBesideOthers } = planReading({ cores, freeBytes });
      assert.ok(workers >= 1 && workers <= heicWorkers && heicWorkers <= cores);
      assert.ok(pixelsBesideOthers <= MOST_PIXELS && Number.isInteger(pixelsBesideOthers));
      // A decoded pixel has three bytes; the others are for what decoders need.
      const largeImages = workers * IMAGES_PER_WORKER / ROOM_OF_LARGE_IMAGE;
      assert.ok(largeImages * pixelsBesideOthers * 8 <= freeBytes / 4);
    }
  }
});

Deno.test("so many batches are read ahead that no worker waits, if the memory allows it", () => {
  const of = (workers: number, freeBytes: number) => planBatches({ workers, freeBytes, ...BATCH });
  assert.deepEqual([1, 2, 16, 32, 64].map((workers) => of(workers, 100 * GB)), [2, 2, 5, 9, 17]);
  assert.equal(of(64, 0.5 * GB), 3);
  assert.equal(of(64, 0.2 * GB), 1);
  assert.equal(of(2, 0), 1);
});
