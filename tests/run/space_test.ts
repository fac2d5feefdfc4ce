import assert from "node:assert/strict";
import { join } from "node:path";
import { runOptionsSchema } from "../../src/config.ts";
import { folderSize } from "../../src/files/folder_size.ts";
import { lackOfRoom, type RunSize, spaceNeeded } from "../../src/run/space.ts";
import { preflight } from "../../src/run/preflight.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../small_disk.ts";
import { needs, withTemporaryFolder } from "../support.ts";

/** The lesson: 53,808 parameters, 2,048 of which are moving statistics, on 1,171 rows of 1,024 values. */
const LESSON: RunSize = {
  rows: 1171,
  width: 1024,
  parameters: 55_856,
  trainable: 53_808,
  epochs: 30,
  keepsBest: false,
  keep: 0,
  written: 0,
};

Deno.test("the estimate covers features, checkpoints with the optimizer, and the log", () => {
  const { cache, run } = spaceNeeded(LESSON);
  assert.ok(cache > 1171 * 1024 * 4 && cache < 1171 * 1024 * 4 * 1.02, `${cache}`);
  const checkpoint = (55_856 + 2 * 53_808) * 4;
  assert.ok(run > 4 * checkpoint && run < 4 * checkpoint + 400_000, `${run}`);
  const best = spaceNeeded({ ...LESSON, keepsBest: true }).run;
  const kept = spaceNeeded({ ...LESSON, keep: 3 }).run;
  assert.ok(kept > run + 3 * checkpoint && kept < run + 3 * checkpoint + 100_000, `${kept}`);
  assert.equal(best - run, 5 * 55_856 * 4, "the best weights are in four checkpoints and in final/");
});

Deno.test("features in the cache need no room, and a network from scratch has none", () => {
  assert.equal(spaceNeeded({ ...LESSON, rows: 0 }).cache, 0);
});

Deno.test("a run with a million epochs is not refused for a log that it will hardly write", () => {
  assert.ok(spaceNeeded({ ...LESSON, epochs: 1_000_000 }).run < 10_000_000);
});

Deno.test("a run that goes on needs room for what it has not written yet, at least for one more checkpoint", () => {
  const { run } = spaceNeeded(LESSON);
  assert.equal(spaceNeeded({ ...LESSON, written: 1_000_000 }).run, run - 1_000_000);
  assert.ok(spaceNeeded({ ...LESSON, written: 1e12 }).run > (55_856 + 2 * 53_808) * 4);
});

Deno.test("too little room is said with what is free and needed; on one disk both needs count together", () => {
  const run = { path: "/runs", needed: 3e6, free: 4e6 };
  const cache = { path: "/cache/features", needed: 2e6, free: 4e6 };
  assert.equal(lackOfRoom(run, cache, false), null);
  assert.equal(
    lackOfRoom(run, cache, true),
    "The disk of /runs has 4 MB free, but this run needs about 5 MB there for its checkpoints, log and features. " +
      "Free some space (deno task cache clear, deno task runs rm), or name folders on other disks with --runs and " +
      "XDG_CACHE_HOME.",
  );
  assert.match(lackOfRoom(run, { ...cache, free: 1e6 }, false) ?? "", /^The disk of \/cache\/features has 1 MB free/);
  // The folder of a run that goes on is where it is.
  assert.match(
    lackOfRoom({ ...run, free: 1e6 }, cache, false, true) ?? "",
    /Free some space \(deno task cache clear, deno task runs rm\)\.$/,
  );
  assert.match(
    lackOfRoom(run, cache, true, true) ?? "",
    /runs rm\), or set XDG_CACHE_HOME to a folder on another disk\.$/,
  );
  assert.equal(lackOfRoom({ ...run, free: null }, { ...cache, free: null }, true), null);
});

Deno.test({
  name: `the checks before a run look at its own disk, and leave nothing behind${CAN_MOUNT ? "" : needs(MOUNTS)}`,
  ignore: !CAN_MOUNT,
  fn: async () => {
    await withTemporaryFolder(async (runs) => {
      const options = runOptionsSchema.parse({ data: "demo", base: "squeezenet11", weights: "random", size: 64, runs });
      await preflight(options);
      assert.equal(folderSize(runs), 0);
      await using disk = await SmallDisk.open(1);
      await assert.rejects(preflight({ ...options, runs: join(disk.path, "runs") }), /has 1\.05 MB free, but this run/);
    });
  },
});
