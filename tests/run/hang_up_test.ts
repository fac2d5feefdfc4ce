/** Tests what a viewer without a terminal does when its reader or its terminal goes away. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ignoresHangUp } from "../../src/dashboard/session/hang_up.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { isOwned } from "../../src/run/owner/custody.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { tensorflowEngine } from "../engine.ts";
import { takeOwnership } from "../../src/run/owner/ownership.ts";
import { emptyFeatureCache, eventually, headlight, headlightArgs, isAlive, JsonRun } from "../process.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";
import { withTemporaryFolder } from "../support.ts";
import { makeRun } from "./made_run.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

Deno.test("the mask of ignored signals shows whether a hang-up is ignored", () => {
  assert.equal(ignoresHangUp("Name:\tdeno\nSigIgn:\t0000000000000001\nSigCgt:\t0\n"), true);
  assert.equal(ignoresHangUp("SigIgn:\t0000000000001000\n"), false);
  assert.equal(ignoresHangUp("SigIgn:\tffffffffffffffff\n"), true);
  assert.equal(ignoresHangUp(""), false);
  assert.equal(ignoresHangUp(null), false);
});

Deno.test("under nohup a hang-up ends neither the viewer nor the run", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const viewer = new Deno.Command("/bin/sh", {
      args: [
        "-c",
        'trap "" HUP; exec "$@"',
        "sh",
        Deno.execPath(),
        ...headlightArgs(["train", ...SMALL_RUN, ...ENDLESS, "--plain", "--runs", runs]),
      ],
      env: { NO_COLOR: "1", ...emptyFeatureCache(folder) },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const epochs = () =>
      listRuns(runs).flatMap(({ events }) => readEvents(events)).filter(({ type }) => type === "epoch").length;
    await eventually("it trains", () => epochs() > 0, 60_000);
    // Commands without signal listeners survive a hang-up only because it is still ignored.
    const status = `/proc/${viewer.pid}/status`;
    if (existsSync(status)) {
      await eventually("a hang-up is ignored", () => ignoresHangUp(Deno.readTextFileSync(status)), 5000);
    }
    viewer.kill("SIGHUP");
    const before = epochs();
    await eventually("it goes on training", () => epochs() > before + 5, 10_000);
    assert.ok(isAlive(viewer.pid));
    viewer.kill("SIGTERM");
    assert.equal((await viewer.status).code, 143);
  });
});

Deno.test("a hang-up ends a viewer without a terminal with 129, and its run with it, saved", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const viewer = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--runs", runs], { env: emptyFeatureCache(folder) });
    await viewer.until("epoch");
    viewer.kill("SIGHUP");
    assert.equal(await viewer.status(), 129, viewer.stderr);
    const [run] = listRuns(runs);
    assert.ok(run);
    await eventually("the run has ended", () => !isOwned(run), 20_000);
    const end = readEvents(run.events).at(-1);
    assert.equal(end?.type === "end" && end.reason, "interrupted");
    assert.ok(existsSync(join(run.checkpoints, "last")));
  });
});

Deno.test("a signal that ends `watch` is its exit status, except SIGINT: ctrl-c only leaves", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"), { then: [] });
    const ownership = await takeOwnership(run, join(folder, "socket"));
    try {
      for (const [signal, status] of [["SIGHUP", 129], ["SIGTERM", 143], ["SIGINT", 0]] as const) {
        const viewer = new JsonRun(["watch", run.path]);
        await viewer.until("epoch", ({ epoch }) => epoch === 3);
        viewer.kill(signal);
        assert.equal(await viewer.status(), status, `${signal}: ${viewer.stderr}`);
      }
    } finally {
      ownership?.release();
    }
  });
});

Deno.test("when the reader goes away in a terminal, training goes on and a message says so", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const cache = emptyFeatureCache(folder);
    const script = '"$0" "$@" | head -n 3 >/dev/null; echo done';
    const terminal = new PseudoTerminal(
      "/bin/sh",
      ["-c", script, Deno.execPath(), ...headlightArgs(["train", ...SMALL_RUN, ...ENDLESS, "--json", "--runs", runs])],
      { columns: 200, rows: 30, env: cache },
    );
    try {
      await terminal.exited;
      const said = /The reader closed the pipe, but run \S+ continues\. .*deno task stop/;
      await terminal.until(() => said.test(terminal.normalScreen()), "what is said of the reader that went away");
      const stopped = await headlight(["stop", "--runs", runs], { env: cache });
      assert.equal(stopped.status, 0, stopped.stderr);
      // `stop` returns at the run's last event, when the trainer still has to disconnect its viewers.
      await eventually("the trainer has let go of the run", () => !listRuns(runs).some(isOwned), 20_000);
    } finally {
      await terminal.end();
    }
  });
});
