/** Tests a real trainer, as it is seen and taken over from another host that shares its folder. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runOptionsSchema } from "../../../src/config.ts";
import { isAside } from "../../../src/files/atomic.ts";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import { programArgs } from "../../../src/program.ts";
import { type RunDirectory, runDirectory } from "../../../src/run/folder/directory.ts";
import { writeRunConfig } from "../../../src/run/folder/run_config.ts";
import { readEvents } from "../../../src/run/log/event_log.ts";
import { describeMachine, describeVersions } from "../../../src/run/machine.ts";
import { tensorflowEngine } from "../../engine.ts";
import { withPlace } from "../../commands/waiting_place.ts";
import { eventually, headlight, JsonRun } from "../../process.ts";
import { folderHashes } from "../resume/folder_hashes.ts";
import { canPretend, onAnotherHost } from "../../other_host.ts";
import { needs, withTemporaryFolder } from "../../support.ts";

await tensorflowEngine();

/** Starts a trainer by itself, so that its exit status can be seen, and waits until it has trained an epoch. */
async function startTrainer(runs: string): Promise<{ run: RunDirectory; trainer: Deno.ChildProcess }> {
  const run = runDirectory(join(runs, "run"));
  Deno.mkdirSync(run.path, { recursive: true });
  const options = runOptionsSchema.parse({
    ...{ data: "demo", base: "squeezenet11", weights: "random", size: 64, runs },
    ...{ epochs: 1_000_000, patience: 1_000_000 },
  });
  writeRunConfig(run.config, {
    ...{ version: 1, created: new Date().toISOString(), options, resolved: null, notices: [], repeat: null },
    ...{ machine: describeMachine(), versions: describeVersions() },
  });
  const entry = join(PROJECT_ROOT, "src", "run", "trainer_main.ts");
  const trainer = new Deno.Command(Deno.execPath(), {
    args: programArgs(entry, run.path),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await eventually("an epoch", () => readEvents(run.events).some(({ type }) => type === "epoch"), 60_000);
  return { run, trainer };
}

Deno.test({
  name: `commands from another host: a checkpoint is saved, the run stops, and each is acknowledged${
    needs("a C compiler")
  }`,
  ignore: !canPretend,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const { run, trainer } = await startTrainer(join(folder, "runs"));
      const env = await onAnotherHost(folder);
      const listed = await headlight(["runs", "--json", "--runs", join(folder, "runs")], { env });
      assert.equal(JSON.parse(listed.stdout).status, "live");
      const saved = await headlight(["checkpoint", run.path], { env });
      assert.equal(saved.status, 0, saved.stderr);
      assert.match(saved.stdout, /checkpoints\/epoch-\d+/);
      assert.match(saved.stderr, /^headlight: run: the trainer runs on .*; its answer may take 65 s\n$/);
      const stopped = await headlight(["stop", run.path], { env });
      assert.equal(stopped.status, 0, stopped.stderr);
      assert.match(stopped.stdout, /^run: stopped after \d+ epochs/);
      assert.equal((await trainer.output()).code, 0);
      const after = await headlight(["runs", "--json", "--runs", join(folder, "runs")], { env });
      assert.equal(JSON.parse(after.stdout).status, "ended", "it was given back");
    });
  },
});

Deno.test({
  name:
    `stop from another host before the first step of a resume says that it was stopped, and that the run is as it was${
      needs("a C compiler")
    }`,
  ignore: !canPretend,
  fn: async () => {
    await withPlace(async ({ runs, env, finished: run, whileWaiting }) => {
      const before = folderHashes(run.path);
      const elsewhere = { ...env, ...await onAnotherHost(dirname(runs)) };
      await whileWaiting(async () => {
        const viewer = new JsonRun(["train", "--resume", run.path, "--epochs", "5"], { env });
        await viewer.until("phase");
        const { status, stdout, stderr } = await headlight(["stop", run.path], { env: elsewhere });
        assert.deepEqual(
          [status, stdout],
          [0, `${run.id}: It was stopped on request before its first step, so the run is as it was before.\n`],
          stderr,
        );
        assert.equal(await viewer.status(), 0, viewer.stderr);
      });
      const hashes = folderHashes(run.path);
      for (const name of ["commands.jsonl", "replies.jsonl"]) {
        assert.notEqual(hashes[name], before[name]);
        delete hashes[name];
        delete before[name];
      }
      assert.deepEqual(hashes, before);
    });
  },
});

Deno.test({
  name: `a trainer that was suspended and taken over from another host ends with 75, one line and no end event${
    needs("a C compiler")
  }`,
  ignore: !canPretend,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const { run, trainer } = await startTrainer(join(folder, "runs"));
      await eventually("a checkpoint", () => existsSync(join(run.checkpoints, "last")), 60_000);
      // Not in the middle of the first save, whose code is still being compiled: no check can be one with its write.
      const epochs = () => readEvents(run.events).filter(({ type }) => type === "epoch").length;
      await eventually("more epochs", () => epochs() >= 20, 60_000);
      trainer.kill("SIGSTOP");
      const program = fileURLToPath(import.meta.resolve("./owner_child.ts"));
      const next = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--quiet", program, run.path, "refuse", "2000"],
        env: await onAnotherHost(folder),
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const reader = next.stdout.pipeThrough(new TextDecoderStream()).getReader();
      try {
        let told = "";
        while (!told.includes('"took"')) told += (await reader.read()).value ?? assert.fail(told);
        // A temporary file of its own is all that the trainer may remove.
        const files = () =>
          [run.events, run.history, run.config].map((path) => Deno.readTextFileSync(path)).concat(
            [...Deno.readDirSync(run.checkpoints)].map(({ name }) => name).filter((name) => !isAside(name)).sort(),
            Deno.readLinkSync(join(run.checkpoints, "last")),
          );
        const before = files();
        trainer.kill("SIGCONT");
        const { code, stderr } = await trainer.output();
        assert.equal(code, 75);
        // TensorFlow writes lines of its own.
        const said = new TextDecoder().decode(stderr).split("\n").filter((line) => !/absl|oneDNN/.test(line));
        assert.deepEqual(said, [
          `Run run was taken over by process ${next.pid} on elsewhere, so this trainer ends and changes nothing more.`,
          "",
        ]);
        assert.deepEqual(files(), before);
      } finally {
        next.kill("SIGKILL");
        await reader.cancel();
        await next.stdin.close().catch(() => {});
        await next.status;
      }
    });
  },
});
