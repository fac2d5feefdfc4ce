import assert from "node:assert/strict";
import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runOptionsSchema } from "../../src/config.ts";
import { type FoundSource, openDataSource, resolveDataOption } from "../../src/data/open.ts";
import { openFoundData, readFoundData } from "../../src/run/found_data.ts";
import { preflight } from "../../src/run/preflight.ts";
import { prepare } from "../../src/run/prepare.ts";
import { writeFiles } from "../data/images/made_images.ts";
import { withTemporaryFolder } from "../support.ts";

/** Returns how often each folder below `root` is listed while `body` runs. Counts the real listings. */
async function readingsOf(root: string, body: () => Promise<unknown>): Promise<Record<string, number>> {
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

Deno.test("every folder of a data set is listed once before a run starts", async () => {
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

Deno.test("a folder is not listed again for a run with the same data, but for another seed, which splits it anew", async () => {
  await withTemporaryFolder(async (folder) => {
    writeFiles(folder, Object.fromEntries(FILES.map((name) => [name, new Uint8Array()])));
    const options = runOptionsSchema.parse({ data: folder, weights: "random" });
    const before = { options, found: await preflight(options) };
    assert.ok(before.found);
    const readings = await readingsOf(folder, async () => {
      assert.equal(await preflight({ ...options, base: "squeezenet11" }, before), before.found);
    });
    assert.deepEqual(readings, {});
    const reseeded = await preflight({ ...options, seed: options.seed + 1 }, before);
    assert.equal(reseeded?.source.kind === "pictures" && reseeded.source.seed, options.seed + 1);
  });
});

Deno.test("the listing that determines the kind of a folder is reused to open it", async () => {
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

Deno.test("the preflight's listing reaches the trainer, which lists no folder of the data set again", async () => {
  const before = Deno.env.get("XDG_CACHE_HOME");
  await withTemporaryFolder(async (folder) => {
    Deno.env.set("XDG_CACHE_HOME", join(folder, "cache"));
    try {
      const data = join(folder, "data");
      writeFiles(data, Object.fromEntries(FILES.map((name) => [name, new Uint8Array()])));
      const given = { data, weights: "random", base: "squeezenet11", size: 64, engine: "wasm" };
      const options = runOptionsSchema.parse(given);
      const found = await preflight(options);
      assert.ok(found);
      const readings = await readingsOf(data, async () => {
        const { dataset } = await prepare(
          options,
          () => {},
          AbortSignal.timeout(60_000),
          () => handOver(found, folder),
        );
        assert.deepEqual([dataset.train.count, dataset.validation.count], [3, 2]);
        dataset.close();
      });
      assert.deepEqual(readings, {});
    } finally {
      if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
      else Deno.env.set("XDG_CACHE_HOME", before);
    }
  });
});

/** Passes data through an open file to another reader, as the command does to the trainer. */
async function handOver(found: FoundSource, folder: string): Promise<FoundSource> {
  const file = openFoundData(found, folder);
  assert.ok(file !== null);
  const content = readFileSync(file);
  closeSync(file);
  return await readFoundData(new Blob([content]).stream());
}

Deno.test("data passed to the trainer leaves no file behind, whatever its size, and an unwritable folder is no error", async () => {
  await withTemporaryFolder(async (folder) => {
    const paths = Array.from({ length: 100_000 }, (_, index) => `a/${index} ünïcödé.jpg`);
    const listing = {
      layout: { kind: "classes" as const, all: [{ name: "a", paths }] },
      others: [],
      notices: [],
      remarks: [],
    };
    const source = { kind: "npy" as const, folder: "/elsewhere", name: "x" };
    assert.deepEqual(await handOver({ source, listing }, folder), { source, listing });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    assert.equal(openFoundData({ source }, join(folder, "is not there")), null);
  });
});
