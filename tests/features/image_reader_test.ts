import assert from "node:assert/strict";
import { join } from "node:path";
import { openDataSource } from "../../src/data/open.ts";
import type { ImageSource } from "../../src/data/images/folder.ts";
import { openImageReader } from "../../src/features/image_reader.ts";
import { image, writeFiles } from "../data/images/made_images.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("the images of a job are read by their file names without listing the folder", async () => {
  await withTemporaryFolder(async (folder) => {
    const png = async (seed: number) => new Uint8Array(await image(40, 30, seed).png().toBuffer());
    writeFiles(folder, {
      "train/a/1.png": await png(1),
      "train/a/2.png": new TextEncoder().encode("no image"),
      "train/b/3.png": await png(3),
      "val/a/4.png": await png(4),
      "val/b/5.png": await png(5),
    });
    const source: ImageSource = { kind: "pictures", folder, name: "x", share: 0.25, seed: 1, resize: "bilinear" };
    const dataset = await openDataSource(source, 32);
    const expected = await dataset.train.pick([2, 1]);
    const requests = [2, 1].map((index, place) => ({
      part: "train" as const,
      index,
      file: dataset.train.fileOf(index),
      digest: expected.digests[place] ?? "",
    }));
    dataset.close();

    // Without the folder of the other class, a listing would refuse the data set.
    Deno.removeSync(join(folder, "val"), { recursive: true });
    const reader = await openImageReader({ data: source, size: 32 });
    const read = await reader.pick(requests);
    reader.close();
    assert.deepEqual(read.pixels, expected.pixels);
    assert.deepEqual(read.digests, expected.digests);
    assert.deepEqual(read.broken, expected.broken);
    assert.deepEqual(read.broken.map(({ index, path }) => [index, path]), [[1, "train/a/2.png"]]);
  });
});
