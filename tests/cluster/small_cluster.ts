/** A folder of images and an empty cache, on which processes that share them are started. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BLOCK_ROWS, openSegment, readBlocks } from "../../src/features/rows/segment.ts";
import { ROWS_VERSION, RowStore } from "../../src/features/rows/row_store.ts";
import { image, writeFiles } from "../data/images/made_images.ts";
import { madeUpWeights } from "../features/made_up.ts";
import { emptyFeatureCache } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

export interface SmallCluster {
  readonly root: string;
  /** The folder of images: half of them in even/, half in odd/. */
  readonly data: string;
  /** The words that name the data, the base and the engine, which `extract` and `train` share. */
  readonly words: readonly string[];
  /** The environment with the cache. */
  readonly env: Record<string, string>;
}

/** Calls `body` with a folder of images, all different, and a cache without features. */
export async function withSmallCluster(images: number, body: (cluster: SmallCluster) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (root) => {
    const data = join(root, "data");
    const files: Record<string, Uint8Array> = {};
    for (let number = 0; number < images; number++) {
      const name = `${number % 2 === 0 ? "even" : "odd"}/${String(number).padStart(3, "0")}.png`;
      files[name] = new Uint8Array(
        await image(50 + number % 40, 60 + Math.floor(number / 40), number).png().toBuffer(),
      );
    }
    writeFiles(data, files);
    const { path } = await madeUpWeights("squeezenet11");
    const words = [
      "--data",
      data,
      "--base",
      "squeezenet11",
      "--weights",
      path,
      "--size",
      "64",
      "--engine",
      "tensorflow",
    ];
    await body({ root, data, words, env: emptyFeatureCache(join(root, "cache")) });
  });
}

/**
 * Returns the rows in a cache: for each image's digest, the bits of each row that is stored for it. There must be rows
 * of one recipe only.
 *
 * @param env the environment that names the cache
 */
export function storedRows(env: Record<string, string>): Map<string, string[]> {
  const cache = join(env["XDG_CACHE_HOME"] ?? "", "headlight");
  const recipes = [...Deno.readDirSync(join(cache, "features", ROWS_VERSION))].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name);
  assert.equal(recipes.length, 1);
  const store = new RowStore(cache, recipes[0] ?? "");
  const rows = new Map<string, string[]>();
  for (const name of store.names()) {
    store.withFile(name, (file) => {
      const segment = openSegment(file, store.recipe);
      assert.ok(segment, `${name} is damaged`);
      const { header: { rows: count, width }, digests } = segment;
      readBlocks(file, segment, 0, Math.ceil(count / BLOCK_ROWS), (first, block) => {
        assert.ok(block, `${name} is damaged`);
        for (let row = 0; row * width < block.length; row++) {
          const digest = digests.slice((first + row) * 32, (first + row + 1) * 32).toHex();
          const bits = new Uint8Array(block.slice(row * width, (row + 1) * width).buffer).toBase64();
          rows.set(digest, [...rows.get(digest) ?? [], bits]);
        }
      });
    });
  }
  return rows;
}
