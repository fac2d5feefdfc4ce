/** `train --resume` and `--resume-or-start`, with real processes. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { takeOwnership } from "../../src/run/owner/ownership.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { endOf, makeRun } from "../run/made_run.ts";
import { writeArrays } from "../run/made_arrays.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { folderHashes } from "../run/resume/folder_hashes.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { SIDE } from "../training/made_up_pixels.ts";
import { killTrainer, resultOf, trainedUntilKilled, trainedWhole } from "./resumed.ts";

await tensorflowEngine();

const ID = "20261123-205501-squeezenet11-demo";
const ONE_LINE = /^headlight: [^\n]{1,500}\n$/;
/** Trains slowly enough to be interrupted: an epoch has 220 batches. */
const HEAD = [...SMALL_RUN, "--batch", "4", "--epochs", "4", "--patience", "9"] as const;
/** The same with more epochs, for several interruptions. */
const LONG_HEAD = [...HEAD, "--epochs", "8"] as const;

function scratch(data: string): string[] {
  return ["--data", data, "--base", "lesson-cnn", "--size", String(SIDE), "--batch", "2", "--epochs", "6"];
}

/** So many epochs that a kill arrives before the last one. */
const LONG = ["--epochs", "100", "--patience", "100"];

/** Returns how such a run ends that is never interrupted. */
function wholeScratch(): Promise<ReturnType<typeof resultOf>> {
  scratchResult ??= withTemporaryFolder(async (folder) =>
    resultOf(await trainedWhole(scratch(writeArrays(folder)), join(folder, "runs")))
  );
  return scratchResult;
}
let scratchResult: Promise<ReturnType<typeof resultOf>> | null = null;

function resume(run: string, ...flags: string[]) {
  return headlight(["train", "--resume", run, ...flags]);
}

async function refused(status: number, says: RegExp, ...args: string[]): Promise<void> {
  const { status: got, stdout, stderr } = await headlight(["train", ...args]);
  assert.deepEqual([got, stdout], [status, ""], stderr);
  assert.match(stderr, ONE_LINE);
  assert.match(stderr, says);
}

Deno.test("--resume with nothing to resume: exit 2 and no run, whether there is no run or all have finished", async () => {
  await withTemporaryFolder(async (runs) => {
    await refused(2, /All runs in .* have finished|There are no runs/, "--resume", "--runs", runs);
    assert.deepEqual([...Deno.readDirSync(runs)], []);
    makeRun(join(runs, ID));
    await refused(
      2,
      /have finished, so there is nothing to resume\. To extend one, name it: /,
      "--resume",
      "--runs",
      runs,
    );
    await refused(2, /neither a run in/, "--resume", "no-such-run", "--runs", runs);
    assert.equal(listRuns(runs).length, 1);
  });
});

Deno.test("--resume with nothing to resume says how many runs have finished and how many are broken, and names a broken one", async () => {
  await withTemporaryFolder(async (runs) => {
    const [one, other, third] = ["20260101-000000-a", "20260102-000000-b", "20260103-000000-c"].map((id) =>
      makeRun(join(runs, id), { options: { name: "nightly" } })
    );
    if (!one || !other || !third) throw new Error("no runs");
    const whole = Deno.readTextFileSync(one.config);
    Deno.writeTextFileSync(one.config, "{");
    const nothing = ["--resume", "--runs", runs];
    const why = (id: string) => `To see why: deno task summary ${join(runs, id)}`;
    await refused(
      2,
      new RegExp(
        `Of the 3 runs in \\S+, 2 have finished and 1 is broken, so there is nothing to resume\\. ${
          why(one.id)
        }. To extend`,
      ),
      ...nothing,
    );
    Deno.writeTextFileSync(third.config, "{");
    await refused(2, new RegExp(`1 has finished and 2 are broken, .*\\. ${why(third.id)}\\. To extend`), ...nothing);
    Deno.writeTextFileSync(other.config, "{");
    const all = "No run in \\S+ can go on, because all 3 are broken, so there is nothing to resume\\.";
    await refused(2, new RegExp(`${all} ${why(third.id)}\\. To start one: deno task train\n$`), ...nothing);
    for (const { path } of [other, third]) Deno.removeSync(path, { recursive: true });
    await refused(2, new RegExp(`because the only one is broken, so .* ${why(one.id)}\\. To start`), ...nothing);
    // Its name is known, but not how far it has come. It must not seem that there never was such a run.
    Deno.writeTextFileSync(one.config, whole);
    Deno.removeSync(one.events);
    Deno.mkdirSync(one.events);
    const script = ["train", "--name", "nightly", "--resume-or-start", "--data", join(runs, "none"), "--runs", runs];
    const { status, stderr } = await headlight(script);
    assert.equal(status, 2, stderr);
    assert.match(
      stderr,
      new RegExp(
        `^headlight: No run called nightly can go on, because the only one is broken, so a new one is started\\. ${
          why(one.id)
        }\n`,
      ),
    );
  });
});

Deno.test("the options of --resume RUN are checked with those of the run, not with the defaults", async () => {
  await withTemporaryFolder(async (runs) => {
    const model = join(runs, "model.keras");
    makeRun(join(runs, "20260101-000000-a"), { options: { base: model, cut: "pool" }, then: [] });
    const file = ["--resume", "20260101", "--runs", runs];
    await refused(2, /Run \S+ cannot go on, because --cut changed from pool to conv\./, ...file, "--cut", "conv");
    makeRun(join(runs, "20260102-000000-b"), { options: { base: "lesson-cnn", size: 28 }, then: [] });
    const scratch = ["--resume", "20260102", "--runs", runs];
    await refused(2, /Run \S+ cannot go on, because --size changed from 28 to 24\./, ...scratch, "--size", "24");
    await refused(2, /--pooling avg: cannot be combined with --base lesson-cnn/, ...scratch, "--pooling", "avg");
    const config = join(runs, "options.json");
    Deno.writeTextFileSync(config, JSON.stringify({ size: 24 }));
    await refused(2, /because --size changed from 28 to 24\./, ...scratch, "--config", config);
    for (
      const [options, says] of [
        [{ epochs: "3" }, /--config \S+options\.json: epochs "3": must be a number/],
        [{ epoch: 3 }, /--config \S+options\.json: unknown option epoch, did you mean epochs\?/],
        [{ pooling: "avg" }, /--config \S+options\.json: pooling "avg": cannot be combined with --base lesson-cnn/],
      ] as const
    ) {
      Deno.writeTextFileSync(config, JSON.stringify(options));
      await refused(2, says, ...scratch, "--config", config);
    }
  });
});

Deno.test("a run that ended in NaN: exit 2, with the learning rate to try", async () => {
  await withTemporaryFolder(async (runs) => {
    makeRun(join(runs, ID), { options: { learning_rate: 0.5 }, then: [endOf(ID, { reason: "nan" })] });
    await refused(
      2,
      /ended because its loss was not a number, so it cannot go on\. Start a new run with --learning-rate 0\.001; this one used 0\.5\./,
      ...["--resume", ID, "--runs", runs],
    );
  });
});

Deno.test("a broken run: exit 2, with what is wrong with its config.json and how to remove it", async () => {
  await withTemporaryFolder(async (runs) => {
    const { config } = makeRun(join(runs, ID));
    const whole = JSON.parse(Deno.readTextFileSync(config));
    const cases: [text: string, wrong: RegExp][] = [
      [JSON.stringify({ ...whole, created: "yesterday" }), /is broken: config\.json has an unexpected "created"/],
      [JSON.stringify({ ...whole, options: null }), /is broken: config\.json has an unexpected "options"/],
      ["{", /is broken: config\.json is not valid JSON/],
    ];
    for (const [text, wrong] of cases) {
      Deno.writeTextFileSync(config, text);
      await refused(2, wrong, "--resume", ID, "--runs", runs);
      await refused(2, /remove the run: deno task runs rm /, "--resume", ID, "--runs", runs);
    }
  });
});

Deno.test("a run that is being trained: exit 2, naming the process and the host", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = makeRun(join(runs, ID), { then: [] });
    const ownership = await takeOwnership(run, join(runs, "socket"));
    try {
      const who = new RegExp(
        `is being trained by process ${Deno.pid} on ${hostname()} since [^.]+\\. To watch it: deno task watch `,
      );
      await refused(2, who, "--resume", ID, "--runs", runs);
      await refused(2, who, "--resume", "--runs", runs);
    } finally {
      ownership?.release();
    }
  });
});

Deno.test("a paused run that is being trained: exit 2, naming the process, and the command that lets it go on", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = makeRun(join(runs, ID), { then: [{ type: "control", state: "paused" }] });
    const ownership = await takeOwnership(run, join(runs, "socket"));
    try {
      const how = new RegExp(
        `is being trained by process ${Deno.pid} on ${hostname()} since [^.]+, and is paused\\. ` +
          `To let it go on: deno task resume \\S+${ID}\n$`,
      );
      await refused(2, how, "--resume", ID, "--runs", runs);
    } finally {
      ownership?.release();
    }
  });
});

Deno.test("the flags of resuming that do not fit together, or name nothing, are refused by name", async () => {
  await refused(
    2,
    /--resume and --resume-or-start cannot be combined/,
    "--resume",
    "x",
    "--resume-or-start",
    "--name",
    "a",
  );
  await refused(2, /--resume-or-start needs --name/, "--resume-or-start");
  // Before anything is said about a start.
  await refused(2, /^headlight: --name "latest": this word/, "--resume-or-start", "--name", "latest");
  await refused(2, /--allow-change can be used only with --resume/, "--allow-change", "batch");
  await refused(2, /--allow-change bathc: nothing .* Did you mean batch\?/, "--resume", "x", "--allow-change", "bathc");
});

Deno.test("a finished run says how to extend it, exit 0, and nothing is trained; a changed option is refused in one line; extended it equals a run that had the epochs from the start", async () => {
  await withTemporaryFolder(async (folder) => {
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    const whole = await trainedWhole([...HEAD, "--restore-best"], one);
    const short = await trainedWhole([...HEAD, "--restore-best", "--epochs", "2"], other);
    const before = resultOf(short);

    const finished = await resume(short);
    assert.equal(finished.status, 0, finished.stderr);
    assert.match(
      finished.stdout,
      /has finished: it has trained all of its 2 epochs\. To train for more epochs: .* --epochs 4\n$/,
    );
    assert.ok(finished.stdout.includes(short));
    assert.deepEqual(resultOf(short), before);

    await refused(
      2,
      /cannot go on, because --batch changed from 4 to 16\. Use --batch 4, or go on nevertheless with --allow-change batch\.$/m,
      ...["--resume", short, "--epochs", "4", "--batch", "16"],
    );
    await refused(
      2,
      /--preprocess changed from scale to imagenet/,
      "--resume",
      short,
      "--epochs",
      "4",
      "--preprocess",
      "imagenet",
    );
    await refused(
      2,
      /--engine changed from (?:tensorflow|openvino) to wasm/,
      "--resume",
      short,
      "--epochs",
      "4",
      "--engine",
      "wasm",
    );
    assert.deepEqual(resultOf(short), before);

    const { summary } = runDirectory(short);
    const layers = Deno.readTextFileSync(summary);
    Deno.removeSync(summary);
    const extended = await resume(short, "--epochs", "4");
    assert.equal(extended.status, 0, extended.stderr);
    assert.equal(extended.stderr, "");
    assert.match(extended.stdout, /^The run goes on from checkpoint epoch-0002, after epoch 2\.\n/);
    assert.equal(extended.stdout.match(/goes on from checkpoint/g)?.length, 1, "it is said once");
    assert.equal((extended.stdout.match(/^epoch +\d+\/4 /gm) ?? []).length, 2, extended.stdout);
    const [{ said: said2, ...result }, { said: said1, ...expected }] = [resultOf(short), resultOf(whole)];
    assert.deepEqual(result, expected);
    assert.deepEqual(said2.slice(-2), said1.slice(-2));
    assert.deepEqual(
      readRunConfig(join(short, "config.json")).changes?.map(({ name, from, to, epoch }) => [name, from, to, epoch]),
      [
        ["epochs", 2, 4, 2],
      ],
    );
    const final = (run: string) => Deno.readFileSync(join(run, "final", "weights.bin"));
    assert.deepEqual(final(short), final(whole));
    assert.equal(Deno.readTextFileSync(summary), layers, "it was missing");
  });
});

Deno.test("killed in training and resumed twice, with a cache whose features are gone, a run ends as one that never was, and no epoch is doubled", async () => {
  await withTemporaryFolder(async (folder) => {
    const whole = await trainedWhole(LONG_HEAD, join(folder, "one"));
    const runs = join(folder, "two");
    const killed = await trainedUntilKilled(
      ["train", ...LONG_HEAD],
      runs,
      (run) => run.until("epoch", ({ epoch }) => epoch === 2),
    );
    // The kill came in the middle of a line of the log.
    Deno.writeTextFileSync(join(killed, "events.jsonl"), '{"seq":99', { append: true });

    const env = emptyFeatureCache(folder);
    const again = new JsonRun(["train", "--resume", "--runs", runs], { env });
    await again.until("epoch");
    await killTrainer(killed);
    assert.equal(await again.status(), 1);

    const { status, stdout, stderr } = await headlight(["train", "--resume", "--runs", runs, "--json"], { env });
    assert.equal(status, 0, stderr);
    const [first] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(first.type, "resume");
    assert.deepEqual(resultOf(killed), resultOf(whole));
    const seqs = readEvents(join(killed, "events.jsonl")).map(({ seq }) => seq);
    assert.deepEqual(seqs, seqs.map((_, index) => index + 1));
  });
});

Deno.test("SIGTERM ends a resumed run with status 143, saved, and what is resumed then ends as one that never was interrupted", async () => {
  await withTemporaryFolder(async (folder) => {
    // An epoch takes some 20 ms, and the signal must arrive before the last one.
    const args = [...scratch(writeArrays(folder)), "--epochs", "100", "--patience", "100"];
    const whole = await trainedWhole(args, join(folder, "one"));
    const killed = await trainedUntilKilled(["train", ...args], join(folder, "two"), (run) => run.until("epoch"));
    const second = new JsonRun(["train", "--resume", killed]);
    await second.until("epoch");
    second.kill("SIGTERM");
    assert.equal(await second.status(), 143, second.stderr);
    const { status, stderr } = await resume(killed);
    assert.equal(status, 0, stderr);
    assert.deepEqual(resultOf(killed), resultOf(whole));
  });
});

Deno.test("the newest checkpoint is damaged: the run goes on from the one before it, says so, and ends with the same bits", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = await trainedWhole(scratch(writeArrays(folder)), join(folder, "runs"));
    const newest = Deno.readLinkSync(join(run, "checkpoints", "last"));
    const file = join(run, "checkpoints", newest, "optimizer.bin");
    Deno.truncateSync(file, 1000);
    const { status, stdout, stderr } = await resume(run);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`^warn: Checkpoint ${newest} cannot be used, .* ${file} was damaged`, "m"));
    const { said, ...result } = resultOf(run);
    const { said: expected, ...whole } = await wholeScratch();
    assert.deepEqual(result, whole);
    assert.deepEqual(said, expected);
    assert.equal(readCheckpoint(join(run, "checkpoints", "last")).manifest.epoch, 6);
  });
});

Deno.test("a run that was moved goes on, also with its data moved and named anew; changed data is refused by name", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = writeArrays(folder);
    const args = [...scratch(data), ...LONG];
    const whole = resultOf(await trainedWhole(args, join(folder, "whole")));
    const killed = await trainedUntilKilled(["train", ...args], join(folder, "two"), (run) => run.until("epoch"));
    Deno.mkdirSync(join(folder, "three"));
    const moved = join(folder, "three", "moved");
    Deno.renameSync(killed, moved);
    Deno.removeSync(join(folder, "two"), { recursive: true });
    const newData = join(folder, "moved data");
    Deno.renameSync(data, newData);

    await refused(2, /brightness/, "--resume", moved);
    const otherData = writeArrays(join(folder, "other"), 7);
    const config = readRunConfig(join(moved, "config.json"));
    const other = await resume(moved, "--data", otherData);
    assert.equal(other.status, 2, other.stderr);
    assert.match(
      other.stdout + other.stderr,
      /cannot go on, because its data changed: other training images or labels\./,
    );
    assert.deepEqual(readRunConfig(join(moved, "config.json")), config, "what was refused is kept in config.json");

    const { status, stderr } = await resume(moved, "--data", newData);
    assert.equal(status, 0, stderr);
    assert.deepEqual(resultOf(moved), whole);
    const { repeat } = readRunConfig(join(moved, "config.json"));
    assert.ok(repeat?.includes(` --runs ${join(folder, "three")}`), `repeated elsewhere: ${repeat}`);
    assert.ok(!existsSync(join(folder, "two")), "its old folder was made again");
  });
});

Deno.test("data that only the trainer finds to be others are refused with exit 2, and the run is left as it was: finished, or to be resumed without a checkpoint", async () => {
  await withTemporaryFolder(async (folder) => {
    // An epoch of 800 steps lasts long enough that the run is killed before its end, and so before a checkpoint.
    const [data, other] = [1, 7].map((seed) => writeArrays(join(folder, `images of seed ${seed}`), seed, 1600));
    if (data === undefined || other === undefined) throw new Error("no data");
    const whole = resultOf(await trainedWhole([...scratch(data), "--epochs", "3"], join(folder, "whole")));
    const finished = await trainedWhole([...scratch(data), "--epochs", "2"], join(folder, "finished"));
    const killed = await trainedUntilKilled(
      ["train", ...scratch(data), "--epochs", "2"],
      join(folder, "killed"),
      (run) => run.until("phase", ({ name }) => name === "train"),
    );
    for (const link of existsSync(join(killed, "checkpoints")) ? ["best", "last"] : []) {
      assert.ok(!existsSync(join(killed, "checkpoints", link)), "it was killed before its first checkpoint");
    }
    for (const run of [finished, killed]) {
      const before = folderHashes(run);
      const { status, stdout, stderr } = await resume(run, "--data", other, "--epochs", "3", "--plain");
      assert.equal(status, 2, stderr);
      assert.match(
        stdout,
        /^\S+: .*\n +not resumed +Run \S+ cannot go on, because its data changed: other training images or labels\..*\n +run +.*\n$/m,
      );
      assert.match(stderr, ONE_LINE);
      assert.match(stderr, /cannot go on, because its data changed: other training images or labels\./);
      assert.equal(stdout.match(/^run /gm)?.length, 1, stdout);
      assert.deepEqual(folderHashes(run), before);
      const detached = await resume(run, "--data", other, "--epochs", "3", "--detach");
      assert.deepEqual([detached.status, detached.stdout], [2, ""]);
      assert.match(detached.stderr, /cannot go on, because its data changed: [^\n]*\n$/);
      assert.deepEqual(folderHashes(run), before);
    }
    for (const run of [finished, killed]) {
      const { status, stderr } = await resume(run, "--epochs", "3");
      assert.equal(status, 0, stderr);
      const { said: _, ...result } = resultOf(run);
      const { said: __, ...expected } = whole;
      assert.deepEqual(result, expected);
    }
  });
});

Deno.test("--allow-change batch goes on, and its notice stays in the header, the summary and config.json", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = writeArrays(folder);
    const runs = join(folder, "runs");
    const args = [...scratch(data), ...LONG];
    const killed = await trainedUntilKilled(["train", ...args], runs, (run) => run.until("epoch"));
    const { status, stdout, stderr } = await resume(
      killed,
      "--batch",
      "8",
      "--allow-change",
      "batch",
      "--epochs",
      "101",
    );
    assert.equal(status, 0, stderr);
    const notice =
      /batch changed from 2 to 8 at epoch \d+(, step \d+)?, so its weights are not those of an unchanged run/;
    assert.match(stdout, new RegExp(`^notice: ${notice.source}`, "m"));
    assert.match(stdout, new RegExp(`^ *notice +${notice.source}`, "m"));
    const { notices, changes, repeat } = readRunConfig(join(killed, "config.json"));
    assert.match(notices.join("\n"), notice);
    assert.deepEqual(changes?.map(({ name }) => name).sort(), ["batch", "epochs"]);
    assert.equal(repeat, null, "no command repeats it");
    // It stays when the run is resumed again, without the flags.
    const again = await resume(killed, "--epochs", "102");
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stdout, new RegExp(`^notice: ${notice.source}`, "m"));
    assert.equal(readRunConfig(join(killed, "config.json")).options.batch, 8);
  });
});

Deno.test("--resume-or-start twice: it starts the first time, and resumes the second; the same script started at once is told who trains", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = writeArrays(folder);
    const runs = join(folder, "runs");
    const script = [
      "train",
      ...scratch(data),
      "--epochs",
      "400",
      "--patience",
      "400",
      "--name",
      "nightly",
      "--resume-or-start",
    ];
    const killed = await trainedUntilKilled(script, runs, (run) => run.until("epoch"));
    const second = [...script, "--runs", runs];
    const [one, other] = [new JsonRun(second), new JsonRun(second)];
    const first = await Promise.race([one, other].map(async (run) => {
      await run.status();
      return run;
    }));
    const trains = first === one ? other : one;
    assert.equal(await first.status(), 2, first.stderr);
    assert.match(
      first.stderr,
      new RegExp(`is being trained by (process \\d+ on ${hostname()} since |a process that is just starting)`),
    );
    assert.match(first.stderr, /^headlight: [^\n]+\n$|\nheadlight: [^\n]+\n$/);
    await trains.until("epoch");
    trains.kill("SIGTERM");
    assert.equal(await trains.status(), 143);
    assert.deepEqual(listRuns(runs).map(({ path }) => path), [killed]);
    const log = readEvents(runDirectory(killed).events);
    assert.equal(log.filter(({ type }) => type === "resume").length, 1);
    const seqs = log.map(({ seq }) => seq);
    assert.deepEqual(seqs, seqs.map((_, index) => index + 1));
  });
});

Deno.test("killed in the middle of extraction: the rest is computed, and the run ends with the same features and bits", async () => {
  await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    // At 64 pixels, all of them are computed before the kill arrives.
    const args = [...SMALL_RUN, "--size", "160", "--epochs", "2", "--seed", "3"];
    const killed = await trainedUntilKilled(
      ["train", ...args],
      join(folder, "runs"),
      (run) => run.until("progress", ({ phase, done }) => phase === "extract" && done > 100),
      { env },
    );
    const run = new JsonRun(["train", "--resume", killed], { env });
    assert.equal(await run.status(), 0, run.stderr);
    const cached = run.all("progress").filter(({ phase }) => phase === "extract").at(-1)?.cached ?? 0;
    assert.ok(cached > 0 && cached < 1171, `${cached} were in the cache`);
    const whole = await trainedWhole(args, join(folder, "whole"));
    assert.deepEqual(resultOf(killed), resultOf(whole));
    const features = (path: string) => readRunConfig(join(path, "config.json")).features?.sha256;
    assert.equal(features(killed), features(whole));
  });
});

Deno.test("with --engine wasm a killed run ends as one that never was", async () => {
  await withTemporaryFolder(async (folder) => {
    const args = [...SMALL_RUN, "--engine", "wasm", ...LONG, "--epochs", "30"];
    const whole = await trainedWhole(args, join(folder, "one"));
    const killed = await trainedUntilKilled(
      ["train", ...args],
      join(folder, "two"),
      (run) => run.until("epoch", ({ epoch }) => epoch === 2),
    );
    const { status, stderr } = await resume(killed);
    assert.equal(status, 0, stderr);
    assert.deepEqual(resultOf(killed), resultOf(whole));
  });
});
