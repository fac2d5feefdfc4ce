import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { packageVersion } from "../../src/engine/packages.ts";
import { JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { SMALL_RUN } from "./small_run.ts";

Deno.test("wasm takes a run from images to checkpoints without any TensorFlow", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = new JsonRun(
      ["train", ...SMALL_RUN, "--engine", "wasm", "--epochs", "5", "--seed", "2", "--runs", join(folder, "runs")],
      // A cache without any engine.
      { env: { XDG_CACHE_HOME: folder } },
    );
    assert.equal(await run.status(), 0, run.stderr);
    const [said] = run.all("run");
    const [end] = run.all("end");
    assert.ok(said && end);
    const wasm = { kind: "wasm", version: packageVersion("@tensorflow/tfjs-backend-wasm"), device: "cpu" };
    assert.deepEqual(said.engine, { ...wasm, why: "named with --engine" });
    const { resolved, features } = readRunConfig(join(said.directory, "config.json"));
    assert.deepEqual(resolved?.engine, wasm);
    // wasm computes on one thread, however many cores there are.
    assert.deepEqual(features?.made_on.map(({ threads }) => threads), [1]);
    assert.equal(end.reason, "completed");
    assert.equal(run.all("epoch").length, 5);
    // A random guess has 0.1, so the run learns.
    assert.ok((end.best?.val_accuracy ?? 0) > 0.2, `${end.best?.val_accuracy}`);
    assert.ok(!existsSync(join(folder, "headlight", "engines")), "an engine was set up");
    assert.equal(readCheckpoint(join(said.directory, "checkpoints", "last")).manifest.epoch, 5);
  });
});
