/** `train --detach`, and `pause` and `resume` of the run that it starts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { EventLog, readEvents } from "../../src/run/log/event_log.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { isOwned } from "../../src/run/owner/custody.ts";
import { tensorflowEngine } from "../engine.ts";
import { eventually, headlight, headlightArgs } from "../process.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";
import { withTemporaryFolder } from "../support.ts";
import { endOf, makeRun, writeEvents } from "./made_run.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

const detachedSchema = z.object({
  run: z.string(),
  directory: z.string(),
  training: z.boolean(),
  watch: z.string(),
  stop: z.string(),
});

async function stopped(runs: string): Promise<void> {
  if (listRuns(runs).some(isOwned)) await headlight(["stop", "--runs", runs]);
  await eventually("the trainer has let go of the run", () => !listRuns(runs).some(isOwned), 20_000);
}

Deno.test("--detach --json prints one JSON object once the run has begun; the run can be paused, resumed and stopped", async () => {
  await withTemporaryFolder(async (runs) => {
    try {
      const started = await headlight(["train", ...SMALL_RUN, ...ENDLESS, "--detach", "--json", "--runs", runs]);
      assert.equal(started.status, 0, started.stderr);
      const said = detachedSchema.parse(JSON.parse(started.stdout));
      const [run] = listRuns(runs);
      assert.ok(run);
      assert.deepEqual([said.run, said.directory, said.training], [run.id, run.path, true]);
      assert.equal(said.watch, `deno task watch ${run.path}`);
      assert.equal(said.stop, `deno task stop ${run.path}`);
      const epochs = () => readEvents(run.events).filter(({ type }) => type === "epoch").length;
      await eventually("it trains", () => epochs() > 2, 60_000);

      const paused = await headlight(["pause", "--runs", runs]);
      assert.deepEqual(
        [paused.status, paused.stdout],
        [0, `${run.id}: paused. To go on: deno task resume ${run.path}\n`],
        paused.stderr,
      );
      const before = epochs();
      const again = await headlight(["pause", run.path]);
      assert.deepEqual([again.status, again.stderr], [1, `headlight: ${run.id}: the run is already paused\n`]);
      assert.equal(epochs(), before, "a paused run trained on");

      const resumed = await headlight(["resume", run.path]);
      assert.deepEqual([resumed.status, resumed.stdout], [0, `${run.id}: resumed\n`], resumed.stderr);
      await eventually("it trains on", () => epochs() > before + 2, 20_000);
      const twice = await headlight(["resume", run.path]);
      assert.deepEqual([twice.status, twice.stderr], [1, `headlight: ${run.id}: the run is not paused\n`]);
    } finally {
      await stopped(runs);
    }
  });
});

Deno.test("a detached run survives the close of its terminal, and says how to watch and stop it", async () => {
  await withTemporaryFolder(async (runs) => {
    const args = headlightArgs(["train", ...SMALL_RUN, ...ENDLESS, "--detach", "--runs", runs]);
    const terminal = new PseudoTerminal("/bin/sh", ["-c", '"$0" "$@"; sleep 60', Deno.execPath(), ...args], {
      ...{ columns: 200, rows: 30, env: {} },
    });
    try {
      await terminal.until(() => /stop it {2,}deno task stop/.test(terminal.normalScreen()), "how to stop the run");
      assert.match(terminal.normalScreen(), /training goes on without a viewer[\s\S]*watch it +deno task watch/);
      // The terminal closes, so the kernel sends SIGHUP to its session.
      await terminal.end();
      const [run] = listRuns(runs);
      assert.ok(run);
      const epochs = () => readEvents(run.events).filter(({ type }) => type === "epoch").length;
      const before = epochs();
      await eventually("it goes on training", () => epochs() > before + 5, 60_000);
    } finally {
      await terminal.end();
      await stopped(runs);
    }
  });
});

Deno.test("--detach reports an error that ends the run before its training begins, with the run's status", async () => {
  await withTemporaryFolder(async (folder) => {
    // The folder's index is complete, but no image can be read, which only the trainer finds out.
    for (const part of ["train/a", "train/b", "val/a", "val/b"]) {
      Deno.mkdirSync(join(folder, "data", part), { recursive: true });
      Deno.writeTextFileSync(join(folder, "data", part, "1.jpg"), "no image");
    }
    const runs = join(folder, "runs");
    const { status, stdout, stderr } = await headlight([
      ...["train", ...SMALL_RUN, "--data", join(folder, "data"), "--detach", "--runs", runs],
    ]);
    await stopped(runs);
    assert.notEqual(status, 0, stdout);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.match(stderr, /^headlight: .*(image|read|broken)/);
    assert.equal(stdout, "");
  });
});

for (const flag of ["--plain", "--stay", "--leave"]) {
  Deno.test(`--detach is refused together with ${flag}, in one line`, async () => {
    const { status, stderr } = await headlight(["train", "--detach", flag]);
    const line = `headlight: --detach cannot be combined with ${flag}. Remove one of them.\n`;
    assert.deepEqual([status, stderr], [2, line]);
  });
}

Deno.test("--detach is refused with several bases, since nobody would start the next run", async () => {
  const { status, stderr } = await headlight(["train", "--detach", "--base", "squeezenet11,densenet121"]);
  assert.equal(status, 2);
  assert.match(stderr, /^headlight: --detach cannot be combined with several bases: .*\n$/);
});

Deno.test("pause and resume of a run without a trainer: nothing to pause, and the command that trains on, which works as it is", () =>
  withTemporaryFolder(async (runs) => {
    const run = makeRun(join(runs, "20261123-205501-densenet121-demo"));
    new EventLog(run.events).close();
    const paused = await headlight(["pause", run.path]);
    const nothing = `headlight: Run ${run.id} is not running, so there is nothing to pause\n`;
    assert.deepEqual([paused.status, paused.stderr], [2, nothing]);
    const goOn = `deno task train --resume ${run.path}`;
    const ends = [
      [endOf(run.id), `, because it has finished. To train for more epochs: ${goOn} --epochs 6`],
      [endOf(run.id, { reason: "stopped" }), `. To go on from its last checkpoint: ${goOn}`],
      [endOf(run.id, { reason: "nan" }), `, and it cannot go on. To see why: deno task summary ${run.path}`],
    ] as const;
    for (const [end, then] of ends) {
      writeEvents(run, [end]);
      const { status, stderr } = await headlight(["resume", run.path]);
      assert.deepEqual([status, stderr], [2, `headlight: Run ${run.id} is not running${then}\n`]);
    }
  }));
