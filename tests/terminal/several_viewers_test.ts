/** Watches one live run from several terminals at once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight, headlightArgs, isAlive, JsonRun } from "../process.ts";
import { ENDLESS, SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

await tensorflowEngine();

Deno.test("several people can watch a run: all see a command, a read-only viewer can send none, leaving ends nothing", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const env = emptyFeatureCache(folder);
    const owner = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--runs", runs], { env });
    await owner.until("epoch");
    const watch = (...flags: string[]) =>
      new PseudoTerminal(Deno.execPath(), headlightArgs(["watch", "latest", "--runs", runs, ...flags]), {
        columns: 120,
        rows: 40,
        env,
      });
    const [one, guest] = [watch(), watch("--read-only")];
    try {
      for (const terminal of [one, guest]) {
        await terminal.shows("Accuracy", 20_000);
        await terminal.shows(/epoch \d+\/1000000/);
      }
      await guest.shows("read-only");
      await one.shows("p pause");
      assert.ok(!guest.screen().join("\n").includes("p pause"), guest.screen().join("\n"));

      guest.write("c");
      guest.write("p");
      one.write("p");
      for (const terminal of [one, guest]) await terminal.shows(/paused/i);
      // The guest's key came first, so any effect would appear before the pause.
      assert.deepEqual(owner.all("checkpoint").filter(({ kind }) => kind === "manual"), []);
      assert.equal(owner.all("control").filter(({ state }) => state === "paused").length, 1);
      one.write("p");
      await owner.until("control", ({ state }) => state === "resumed");

      guest.write("q");
      assert.equal(await guest.exited, 0);
      const before = owner.all("epoch").length;
      await owner.until("epoch", ({ epoch }) => epoch > before + 5);
      await one.until(() => !/paused/i.test(one.screen()[0] ?? ""), "the run that goes on");
      const stopped = await headlight(["stop", "--runs", runs], { env });
      assert.equal(stopped.status, 0, stopped.stderr);
      await one.shows("stopped");
      assert.equal((await owner.until("end")).reason, "stopped");
    } finally {
      await one.end();
      await guest.end();
      if (isAlive(owner.pid)) owner.kill("SIGTERM");
      await owner.status();
    }
  });
});
