import assert from "node:assert/strict";
import { join } from "node:path";
import { runOptionsSchema } from "../../src/config.ts";
import { openDataSource, resolveDataOption } from "../../src/data/open.ts";
import { preflight } from "../../src/run/preflight.ts";
import { writeFiles } from "../data/pictures/made_pictures.ts";
import { withTemporaryFolder } from "../support.ts";

/** How often each folder below `root` is read while `body` runs. The system's own readings, counted. */
async function readingsOf(root: string, body: () => Promise<void>): Promise<Record<string, number>> {
  const readings: Record<string, number> = {};
  const { readDirSync } = Deno;
  Deno.readDirSync = (path) => {
    if (String(path).startsWith(root)) readings[String(path)] = (readings[String(path)] ?? 0) + 1;
    return readDirSync(path);
  };
  try {
    await body();
  } finally {
    Deno.readDirSync = readDirSync;
  }
  return readings;
}

const FILES = ["train/a/1.png", "train/b/1.png", "train/b/deep/2.png", "val/a/3.png", "val/b/3.png"];

Deno.test("every folder of a data set is read once before a run starts", async () => {
  await withTemporaryFolder(async (folder) => {
    writeFiles(folder, Object.fromEntries(FILES.map((name) => [name, new Uint8Array()])));
    const readings = await readingsOf(
      folder,
      () => preflight(runOptionsSchema.parse({ data: folder, weights: "random" })),
    );
    const folders = ["", "train", "train/a", "train/b", "train/b/deep", "val", "val/a", "val/b"];
    assert.deepEqual(readings, Object.fromEntries(folders.map((name) => [join(folder, name), 1])));
  });
});

Deno.test("what was listed to find out what a folder is, is what is opened", async () => {
  await withTemporaryFolder(async (folder) => {
    writeFiles(folder, Object.fromEntries(FILES.map((name) => [name, new Uint8Array()])));
    const found = resolveDataOption(runOptionsSchema.parse({ data: folder }));
    assert.ok(found.kind === "ready");
    const readings = await readingsOf(folder, async () => {
      const dataset = await openDataSource(found.source, 160, found.listing);
      assert.equal(dataset.train.count, 3);
      dataset.close();
    });
    assert.deepEqual(readings, {});
  });
});
