/** Tests a first run without any data or weights: the lesson's model on the demo set with a random base. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

Deno.test("the demo set with a random DenseNet121 reaches a validation accuracy of 0.5", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = new JsonRun(["train", "--data", "demo", "--weights", "random", "--runs", runs]);
    assert.equal(await run.status(), 0, run.stderr);
    const [said] = run.all("run");
    const [end] = run.all("end");
    assert.ok(said && end);
    const { total, trainable, non_trainable } = said.parameters;
    assert.deepEqual([total, trainable, non_trainable], [7_093_360, 53_808, 7_039_552]);
    assert.deepEqual([said.dataset.train, said.dataset.validation], [878, 293]);
    assert.ok((end.best?.val_accuracy ?? 0) >= 0.5, `${end.best?.val_accuracy}`);
  });
});

Deno.test("while a run trains, last is saved again and again without a request", async () => {
  await withTemporaryFolder(async (folder) => {
    // One endless epoch, so that only the timer requests checkpoints. How often it does is in saving_interval_test.ts.
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--batch", "1", "--runs", join(folder, "runs")]);
    const saved = new Set<string>();
    while (saved.size < 3) {
      saved.add((await run.until("checkpoint", ({ kind, path }) => kind === "last" && !saved.has(path))).path);
    }
    run.kill("SIGTERM");
    await run.status();
  });
});
