/** Fills up a disk during a run: a real file system of a few megabytes. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EventOf, RunEvent } from "../../src/events.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { KEPT_MARK } from "../../src/run/checkpoints/checkpoint_names.ts";
import { newestCheckpoint } from "../../src/run/checkpoints/newest_checkpoint.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { withPlace } from "../commands/waiting_place.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, eventually, headlight, JsonRun } from "../process.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../small_disk.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { writeEvents } from "./made_run.ts";
import { SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

/** Checkpoints of 2.5 MB. */
const OPTIONS = { epochs: 20, patience: 100, hidden: 300, restore_best: true } as const;
const LARGE = ["--epochs", "20", "--patience", "100", "--hidden", "300", "--restore-best"];
/** Room for the run, but not for much more. */
const DISK_MB = 16;
/** Less than a checkpoint: a write ends in its middle. */
const LEFT_BYTES = 1_000_000;

function diskTest(name: string, fn: (disk: SmallDisk) => Promise<void>): void {
  Deno.test({
    name: CAN_MOUNT ? name : name + needs(MOUNTS),
    ignore: !CAN_MOUNT,
    fn: async () => {
      await using disk = await SmallDisk.open(DISK_MB);
      await fn(disk);
    },
  });
}

/** Everything that must be the same whether the disk was full or not. */
function result(run: RunDirectory) {
  const files = ["last", "best"].flatMap((name) =>
    ["weights.bin", "optimizer.bin", "state.json", "history.bin"].map((file) => join(run.checkpoints, name, file))
  );
  return {
    files: [...files, join(run.final, "weights.bin"), run.history].map((path) => Deno.readFileSync(path).toHex()),
    said: said(readEvents(run.events)),
  };
}

/** The events that tell the result, without what differs between any two runs. */
function said(events: readonly RunEvent[]): unknown[] {
  return events.filter(({ type }) => type === "epoch" || type === "early_stopping").map(
    (event) => ({ ...event, seq: 0, time: "", seconds: 0 }),
  );
}

/** The result of a run whose disk was never full, and the digest of its features. */
const undisturbed = CAN_MOUNT
  ? await withTemporaryFolder(async (folder) => {
    const viewer = new JsonRun(["train", ...SMALL_RUN, ...LARGE, "--runs", folder]);
    assert.equal(await viewer.status(), 0, viewer.stderr);
    const run = runDirectory(await viewer.directory());
    return { ...result(run), features: readRunConfig(run.config).features?.sha256 };
  })
  : null;

function isFull({ state, disk }: EventOf<"control">): boolean {
  return state === "paused" && disk?.problem === "full";
}

function assertNoGaps(events: readonly RunEvent[]): void {
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
}

diskTest("a small disk filled in the middle of a checkpoint: pauses, goes on, same bits", async (disk) => {
  const viewer = new JsonRun(["train", ...SMALL_RUN, ...LARGE, "--runs", join(disk.path, "runs")]);
  const run = runDirectory(await viewer.directory());
  await viewer.until("checkpoint");
  disk.fill(LEFT_BYTES);
  const { disk: need } = await viewer.until("control", isFull);
  assert.equal(need?.path, run.path);
  assert.ok(need.needed_bytes > 2_400_000 && need.needed_bytes < 2_700_000, `${need.needed_bytes}`);
  assert.ok(need.free_bytes !== null && need.free_bytes < need.needed_bytes);
  const { sound, damaged } = newestCheckpoint(run.checkpoints);
  assert.ok(sound, "no sound checkpoint while the run waits");
  assert.deepEqual(damaged, []);
  disk.free();
  await viewer.until("control", ({ state }) => state === "resumed");
  assert.equal(await viewer.status(), 0, viewer.stderr);
  assert.deepEqual({ ...result(run), features: undisturbed?.features }, undisturbed);
  assert.deepEqual(readEvents(run.events), viewer.events, "the log lacks events that the viewers got");
  assertNoGaps(viewer.events);
});

diskTest("a disk filled to its last byte: history.csv and the log have everything once", async (disk) => {
  const viewer = new JsonRun(["train", ...SMALL_RUN, ...LARGE, "--runs", join(disk.path, "runs")]);
  const run = runDirectory(await viewer.directory());
  await viewer.until("epoch", ({ epoch }) => epoch === 2);
  disk.fill();
  await viewer.until("control", isFull);
  // A viewer that comes during the wait gets what is not in the log yet.
  const watching = new JsonRun(["watch", run.path]);
  await watching.until("control", isFull);
  disk.free();
  assert.equal(await viewer.status(), 0, viewer.stderr);
  assert.equal(await watching.status(), 0, watching.stderr);
  assert.deepEqual({ ...result(run), features: undisturbed?.features }, undisturbed);
  assert.deepEqual(readEvents(run.events), viewer.events);
  assert.deepEqual(watching.events, viewer.events);
  assertNoGaps(viewer.events);
});

diskTest("a stop while the run waits for room ends it at once, and says what is not saved", async (disk) => {
  const viewer = new JsonRun(["train", ...SMALL_RUN, ...LARGE, "--runs", join(disk.path, "runs")]);
  const run = runDirectory(await viewer.directory());
  await viewer.until("checkpoint");
  disk.fill(LEFT_BYTES);
  await viewer.until("control", isFull);
  const refused = await headlight(["resume", run.path]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /goes on by itself when there is room \(disk full at .*: 2\.\d+ MB needed/);
  viewer.kill("SIGTERM");
  const end = await viewer.until("end");
  assert.equal(end.reason, "interrupted");
  assert.match(
    end.notices.at(-1) ?? "",
    /^Stopped without room on the disk, so what came after checkpoint epoch-\d{4}\S* is not saved \(disk full at /,
  );
  assert.equal(await viewer.status(), 143);
  assert.ok(newestCheckpoint(run.checkpoints).sound);
});

/** A trainer without a viewer, which waits alone for `patienceMs`. */
function trainAlone(runs: string, alone: { detached?: boolean; patienceMs: number }): Deno.ChildProcess {
  const options = { ...OPTIONS, data: "demo", base: "squeezenet11", weights: "random", size: 64 };
  const child = join(PROJECT_ROOT, "tests", "run", "trainer_child.ts");
  return new Deno.Command(Deno.execPath(), {
    args: programArgs(child, runs, JSON.stringify(options), JSON.stringify(alone)),
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Waits until a run in `runs` has a checkpoint. */
async function firstCheckpoint(runs: string): Promise<RunDirectory> {
  const find = () => {
    try {
      const [entry] = [...Deno.readDirSync(runs)];
      const run = entry && runDirectory(join(runs, entry.name));
      return run && newestCheckpoint(run.checkpoints).sound ? run : null;
    } catch {
      return null;
    }
  };
  await eventually("a checkpoint", () => find() !== null, 60_000);
  const run = find();
  assert.ok(run);
  return run;
}

diskTest(
  "a resume without room for the mark of a requested checkpoint at its first step pauses, and goes on",
  async (disk) => {
    await withPlace(async ({ env, finished, whileWaiting }) => {
      const run = runDirectory(join(disk.path, "run"));
      assert.ok((await new Deno.Command("cp", { args: ["-r", finished.path, run.path] }).output()).success);
      // Older versions did not write the mark.
      const path = join(run.checkpoints, "epoch-0001");
      const events = readEvents(run.events).map(({ seq: _seq, time: _time, v: _v, ...body }) => body);
      const requested = { type: "checkpoint", path, epoch: 1, step: 0, kind: "manual", bytes: 1 } as const;
      writeEvents(run, [...events.slice(0, -1), requested, ...events.slice(-1)]);
      await whileWaiting(async (goOn) => {
        const viewer = new JsonRun(["train", "--resume", run.path, "--epochs", "2"], { env });
        await viewer.until("phase");
        disk.fillFiles();
        goOn();
        assert.equal((await viewer.until("control", isFull)).disk?.path, run.path);
        disk.freeFiles();
        await viewer.until("control", ({ state }) => state === "resumed");
        assert.equal(await viewer.status(), 0, viewer.stderr);
      });
      assert.ok(existsSync(join(path, KEPT_MARK)));
      assert.equal(newestCheckpoint(run.checkpoints).sound?.name, "epoch-0002");
    });
  },
);

diskTest("with nobody there the run ends with exit status 75, its last checkpoint whole, resumable", async (disk) => {
  const runs = join(disk.path, "runs");
  const trainer = trainAlone(runs, { patienceMs: 1500 });
  const run = await firstCheckpoint(runs);
  disk.fill(LEFT_BYTES);
  assert.equal((await trainer.status).code, 75);
  const { sound, damaged } = newestCheckpoint(run.checkpoints);
  assert.ok(sound && sound.snapshot.epoch < OPTIONS.epochs);
  assert.deepEqual(damaged, []);
  const end = readEvents(run.events).at(-1);
  assert.ok(end?.type === "end" && end.exit_status === 75);
  assert.match(end.error ?? "", /^disk full at .*Make room, then go on with: deno task train --resume .*runs/);
  disk.free();
  const resumed = new JsonRun(["train", "--resume", run.path]);
  assert.equal(await resumed.status(), 0, resumed.stderr);
  assert.deepEqual(result(run).files, undisturbed?.files);
});

diskTest("a run that was started with --detach waits for longer, and goes on", async (disk) => {
  const runs = join(disk.path, "runs");
  const trainer = trainAlone(runs, { detached: true, patienceMs: 500 });
  const run = await firstCheckpoint(runs);
  disk.fill(LEFT_BYTES);
  await eventually("a pause", () => readEvents(run.events).some((event) => event.type === "control"), 30_000);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  disk.free();
  assert.equal((await trainer.status).code, 0);
  assert.deepEqual(result(run).files, undisturbed?.files);
});

diskTest("a full disk of the cache pauses the extraction, which goes on with the same features", async (disk) => {
  await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    Deno.mkdirSync(join(disk.path, "features"));
    const features = join(folder, "headlight", "features");
    Deno.symlinkSync(join(disk.path, "features"), features);
    const viewer = new JsonRun(["train", ...SMALL_RUN, "--epochs", "1", "--runs", folder], { env });
    await viewer.until("progress", ({ phase }) => phase === "extract");
    disk.fill(200_000);
    const { disk: need } = await viewer.until("control", isFull);
    assert.equal(need?.path, features);
    assert.ok(need.needed_bytes > 100_000 && need.needed_bytes < 2_500_000, `${need.needed_bytes}`);
    disk.free();
    assert.equal(await viewer.status(), 0, viewer.stderr);
    const { config } = runDirectory(await viewer.directory());
    assert.equal(readRunConfig(config).features?.sha256, undisturbed?.features);
    assert.equal(viewer.all("log").some(({ text }) => text.includes("exited unexpectedly")), false);
    disk.fill(100_000);
    const again = await headlight(["train", ...SMALL_RUN, "--epochs", "1", "--runs", folder], { env });
    assert.equal(again.status, 0, `features that are in the cache need no room: ${again.stderr}`);
  });
});

diskTest("a disk that is too small for the run is refused before it starts, in one line", async (disk) => {
  disk.fill(2_000_000);
  const runs = join(disk.path, "runs");
  const { status, stdout, stderr } = await headlight(["train", ...SMALL_RUN, ...LARGE, "--runs", runs]);
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^[^\n]*The disk of \S+\/runs has 2 MB free, but this run needs about \d+(\.\d+)? MB there for its checkpoints and log\. [^\n]*--runs\.\n$/,
  );
  assert.deepEqual([...Deno.readDirSync(disk.path)].map(({ name }) => name), ["filler"]);
  const features = await headlight(["train", ...SMALL_RUN], { env: emptyFeatureCache(disk.path) });
  assert.equal(features.status, 2);
  assert.match(features.stderr, /needs about 2\.\d+ MB there for its features\. [^\n]*XDG_CACHE_HOME/);
});
