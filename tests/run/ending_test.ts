/** Ends a run from outside in every way, during extraction and during training, with real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { tensorflowEngine } from "../engine.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { emptyFeatureCache, eventually, headlight, isAlive, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

interface Running {
  readonly run: JsonRun;
  readonly runs: string;
  readonly directory: string;
  readonly trainer: number;
}

/** The moments at which a run is ended, and how to wait for each. */
const MOMENTS = {
  prepare: (run: JsonRun) => run.until("progress", ({ label }) => label === "making random weights for the base"),
  "the start of extract": (run: JsonRun) => run.until("phase", ({ name }) => name === "extract"),
  extract: (run: JsonRun) => run.until("progress", ({ phase }) => phase === "extract"),
  train: (run: JsonRun) => run.until("epoch"),
};
type Moment = keyof typeof MOMENTS;

/** Brings a run with an empty feature cache to a moment. */
async function inTheMiddle(moment: Moment, body: (running: Running) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const env = emptyFeatureCache(folder);
    // Random weights must be made again, and larger images make the extraction last long enough.
    if (moment === "prepare") Deno.removeSync(join(folder, "headlight", "weights"));
    const size = moment === "train" ? [] : ["--size", "160"];
    const run = new JsonRun(["train", ...SMALL_RUN, ...size, ...ENDLESS, "--runs", runs], { env });
    await MOMENTS[moment](run);
    const directory = listRuns(runs)[0]?.path ?? "no run directory";
    const trainer = JSON.parse(Deno.readTextFileSync(join(directory, "lock"))).pid;
    const family = [trainer, ...descendants(trainer)];
    await body({ run, runs, directory, trainer });
    await eventually("trainer and extractor are gone", () => !family.some(isAlive), 60_000);
    if (moment === "train") readCheckpoint(join(directory, "checkpoints", "last"));
  });
}

async function endsWithin2s(run: JsonRun, sinceMs: number) {
  const end = await run.until("end");
  const tookMs = performance.now() - sinceMs;
  assert.ok(tookMs < 2000, `it took ${tookMs} ms`);
  return end;
}

Deno.test("a run that ends because its loss is NaN says what to try", async () => {
  await withTemporaryFolder(async (folder) => {
    const rate = ["--learning-rate", "1e30", "--epochs", "2"];
    const run = new JsonRun(["train", ...SMALL_RUN, ...rate, "--runs", join(folder, "runs")]);
    const { reason, error } = await run.until("end");
    assert.equal(reason, "nan");
    assert.equal(error, "The loss of epoch 1 is not a number. Try --learning-rate 0.001; this run used 1e+30.");
    assert.equal(await run.status(), 0);
  });
});

for (const moment of Object.keys(MOMENTS) as Moment[]) {
  Deno.test(`SIGTERM to the viewer during ${moment} ends and saves the run within two seconds with status 143`, async () => {
    await inTheMiddle(moment, async ({ run }) => {
      const since = performance.now();
      run.kill("SIGTERM");
      const end = await endsWithin2s(run, since);
      assert.deepEqual([end.reason, end.signal], ["interrupted", "SIGTERM"]);
      assert.equal(await run.status(), 143);
    });
  });

  Deno.test(`SIGINT to the viewer during ${moment} ends and saves the run within two seconds with status 130`, async () => {
    await inTheMiddle(moment, async ({ run }) => {
      const since = performance.now();
      run.kill("SIGINT");
      const end = await endsWithin2s(run, since);
      assert.deepEqual([end.reason, end.signal], ["interrupted", "SIGINT"]);
      assert.equal(await run.status(), 130);
    });
  });

  Deno.test(`SIGTERM to the trainer during ${moment} ends and saves the run within two seconds with status 143`, async () => {
    await inTheMiddle(moment, async ({ run, trainer }) => {
      const since = performance.now();
      Deno.kill(trainer, "SIGTERM");
      const end = await endsWithin2s(run, since);
      assert.equal(end.reason, "interrupted");
      assert.equal(await run.status(), 143);
    });
  });

  Deno.test(`stop during ${moment} ends and saves the run within two seconds, and both commands exit with 0`, async () => {
    await inTheMiddle(moment, async ({ run, runs, directory }) => {
      const since = Date.now();
      const { status, stdout, stderr } = await headlight(["stop", "--runs", runs]);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /stopped/);
      const end = await run.until("end");
      assert.equal(end.reason, "stopped");
      assert.ok(Date.parse(end.time) - since < 2000, `it took ${Date.parse(end.time) - since} ms`);
      assert.equal(await run.status(), 0);
      assert.equal(readEvents(join(directory, "events.jsonl")).at(-1)?.type, "end");
    });
  });

  Deno.test(`without a terminal, a kill -9 of the viewer during ${moment} ends and saves the run`, async () => {
    await inTheMiddle(moment, async ({ run, directory }) => {
      run.kill("SIGKILL");
      await run.status();
      await eventually(
        "the run has ended",
        () => readEvents(join(directory, "events.jsonl")).at(-1)?.type === "end",
        2000,
      );
      const end = readEvents(join(directory, "events.jsonl")).at(-1);
      assert.equal(end?.type === "end" && end.reason, "interrupted");
    });
  });
}

Deno.test("a viewer notices a kill -9 of the trainer; log and last checkpoint are intact, and watch reports the loss", async () => {
  await inTheMiddle("train", async ({ run, runs, directory, trainer }) => {
    await run.until("checkpoint");
    Deno.kill(trainer, "SIGKILL");
    assert.equal(await run.status(), 1);
    assert.match(run.stderr, /trainer/);
    readCheckpoint(join(directory, "checkpoints", "best"));
    const watched = await headlight(["watch", "--runs", runs, "--plain"]);
    assert.match(watched.stdout, /^epoch +1\//m);
    assert.match(watched.stdout, /trainer exited or was killed without finishing the run/);
  });
});

Deno.test("a checkpoint is refused with a reason during extraction", async () => {
  await inTheMiddle("extract", async ({ run, runs }) => {
    const { status, stderr } = await headlight(["checkpoint", "--runs", runs]);
    assert.equal(status, 1);
    assert.match(stderr, /training has not begun/);
    run.kill("SIGTERM");
    await run.status();
  });
});
