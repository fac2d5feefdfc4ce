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

Deno.test("while a run trains, last is not older than five seconds", async () => {
  await withTemporaryFolder(async (folder) => {
    // One endless epoch, so that only the timer requests checkpoints.
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--batch", "1", "--runs", join(folder, "runs")]);
    const started = await run.until("phase", ({ name }) => name === "train");
    await run.until("checkpoint", ({ time }) => Date.parse(time) - Date.parse(started.time) > 10_000);
    run.kill("SIGTERM");
    await run.status();
    const saved = run.all("checkpoint").filter(({ kind }) => kind === "last").map(({ time }) => Date.parse(time));
    const ages = saved.map((at, index) => at - (saved[index - 1] ?? Date.parse(started.time)));
    // A disk that is slow for a while makes saving rarer (saving_interval_test.ts).
    const usual = ages.toSorted((one, other) => one - other).at(Math.floor(ages.length / 2));
    assert.ok(saved.length >= 3 && usual !== undefined && usual <= 5000, `${ages}`);
  });
});
