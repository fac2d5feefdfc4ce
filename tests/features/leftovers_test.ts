/** Checks that the next process that writes to the cache removes what a kill -9 left there. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { FileIndex } from "../../src/data/dataset/file_index.ts";
import { GraphStore } from "../../src/features/base/graph_store.ts";
import { RowStore } from "../../src/features/rows/row_store.ts";
import { sealFile } from "../../src/files/sealed_file.ts";
import { LEFT_AFTER_MS } from "../../src/files/atomic.ts";
import { withTemporaryFolder } from "../support.ts";
import { RECIPE } from "./made_rows.ts";

/** A process id above the maximum on Linux. */
const NO_PROCESS = 2 ** 30;

/** Puts an old leftover and a recent one into a folder. */
function putLeftovers(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  const old = join(folder, `.old.${NO_PROCESS}-0.aside`);
  Deno.writeTextFileSync(old, "half");
  const time = new Date(Date.now() - 2 * LEFT_AFTER_MS);
  Deno.utimeSync(old, time, time);
  Deno.writeTextFileSync(join(folder, `.young.${NO_PROCESS}-1.aside`), "half");
}

function asidesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".aside"));
}

const WRITERS: Record<string, (root: string) => Promise<string>> = {
  "feature rows": (root) => {
    const store = new RowStore(root, RECIPE);
    putLeftovers(store.folder);
    store.compact();
    return Promise.resolve(store.folder);
  },
  "the graphs of bases": async (root) => {
    putLeftovers(join(root, "graphs"));
    await new GraphStore(root).keep("0".repeat(64), { nodes: [], inputs: [], outputs: [] });
    return join(root, "graphs");
  },
  "the index of files": async (root) => {
    const path = join(root, "files", "index.json");
    putLeftovers(dirname(path));
    Deno.writeTextFileSync(join(root, "image.png"), "x");
    // A file that has just been written is not remembered, so the clock is an hour ahead.
    const index = new FileIndex(path, root, { nowMs: () => Date.now() + LEFT_AFTER_MS });
    await index.digestOf("image.png", () => Promise.resolve("0".repeat(64)));
    index.save(true);
    return dirname(path);
  },
  "random weights": async (root) => {
    const path = join(root, "weights", "random.h5");
    putLeftovers(dirname(path));
    Deno.writeTextFileSync(path, "weights");
    await sealFile(path);
    return dirname(path);
  },
};

for (const [what, write] of Object.entries(WRITERS)) {
  Deno.test(`a process that writes ${what} removes leftovers an hour old and keeps recent ones`, async () => {
    await withTemporaryFolder(async (root) => {
      assert.deepEqual(asidesIn(await write(root)), [`.young.${NO_PROCESS}-1.aside`]);
    });
  });
}
