/** Tests the time between the creation of a run and the first event of its trainer. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attach } from "../../../src/run/control/attach.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { listRuns } from "../../../src/run/folder/find_run.ts";
import { readEvents } from "../../../src/run/log/event_log.ts";
import { custodyOf } from "../../../src/run/owner/custody.ts";
import { tensorflowEngine } from "../../engine.ts";
import { descendants } from "../../../src/run/system/process_tree.ts";
import { emptyFeatureCache, eventually, headlightArgs, isAlive, isTrainer } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";
import { VIEWER, withTrainer } from "../control/served_run.ts";
import { ENDLESS, SMALL_RUN } from "../small_run.ts";

await tensorflowEngine();

Deno.test("a run with a config but neither owner nor events counts as starting for half a minute", async () => {
  await withTemporaryFolder((folder) => {
    const run = runDirectory(folder);
    const starting = (afterMs = 0) => custodyOf(run, Date.now() + afterMs).kind === "starting";
    assert.equal(starting(), false);
    Deno.writeTextFileSync(run.config, "{}");
    assert.equal(starting(), true);
    assert.equal(starting(29_000), true);
    assert.equal(starting(31_000), false);
    // A trainer creates the file, locks it, and writes its own data to it. A viewer may look in between.
    Deno.writeTextFileSync(run.lock, "");
    assert.equal(starting(), true);
    Deno.writeTextFileSync(run.lock, JSON.stringify({ pid: 1, host: "h", socket: "s" }) + "\n");
    assert.equal(starting(), false);
    Deno.removeSync(run.lock);
    Deno.writeTextFileSync(run.events, "{}\n");
    assert.equal(starting(), false);
  });
});

Deno.test("a run with a creation time in the future, since the clock was set back, does not count as starting forever", async () => {
  await withTemporaryFolder((folder) => {
    const run = runDirectory(folder);
    Deno.writeTextFileSync(run.config, "{}");
    const tomorrow = Date.now() / 1000 + 86_400;
    Deno.utimeSync(run.config, tomorrow, tomorrow);
    assert.deepEqual(custodyOf(run), { kind: "nobody" });
  });
});

Deno.test("a trainer that takes its lock between a viewer's two checks is found and does not count as lost", async () => {
  await withTrainer(async (trainer) => {
    const { lock } = trainer.run;
    // The viewer's first check finds no lock. Its second check finds one and therefore does not wait.
    Deno.renameSync(lock, `${lock}.later`);
    const trainerMayCome = () => {
      if (existsSync(`${lock}.later`)) Deno.renameSync(`${lock}.later`, lock);
      return false;
    };
    const connection = await attach(trainer.run, { ...VIEWER, trainerMayCome });
    assert.equal(connection.live, true);
    assert.equal((await connection.send({ type: "stop" })).ok, true);
    await connection.close("detach");
  });
});

for (const how of ["a second interrupt ends the trainer too", "stop waits for it"] as const) {
  Deno.test(`before the trainer has started: ${how}`, async () => {
    await withTemporaryFolder(async (folder) => {
      const runs = join(folder, "runs");
      const env = { NO_COLOR: "1", ...emptyFeatureCache(folder) };
      const viewer = new Deno.Command(Deno.execPath(), {
        args: headlightArgs(["train", ...SMALL_RUN, ...ENDLESS, "--plain", "--runs", runs]),
        env,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      // Stopped before its first event, as if it started slowly.
      let trainer = 0;
      const found = () => descendants(viewer.pid).find(isTrainer) ?? 0;
      await eventually("the trainer's process", () => (trainer = found()) > 0, 20_000);
      Deno.kill(trainer, "SIGSTOP");
      const [run] = listRuns(runs);
      assert.ok(run);
      if (how === "a second interrupt ends the trainer too") {
        viewer.kill("SIGINT");
        await new Promise((resolve) => setTimeout(resolve, 500));
        viewer.kill("SIGINT");
        assert.equal((await viewer.status).code, 130);
        Deno.kill(trainer, "SIGCONT");
      } else {
        const stopping = new Deno.Command(Deno.execPath(), {
          args: headlightArgs(["stop", "--runs", runs]),
          env,
          stdout: "piped",
          stderr: "piped",
        }).output();
        await new Promise((resolve) => setTimeout(resolve, 700));
        Deno.kill(trainer, "SIGCONT");
        const { code, stderr } = await stopping;
        assert.equal(code, 0, new TextDecoder().decode(stderr));
        await viewer.status;
        assert.equal(readEvents(run.events).at(-1)?.type, "end");
      }
      await eventually("the trainer is gone", () => !isAlive(trainer), 20_000);
    });
  });
}
