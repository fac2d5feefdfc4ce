import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { isLocked } from "../../../src/files/lock.ts";
import { attach } from "../../../src/run/control/attach.ts";
import { keepRun } from "../../../src/run/control/keep_run.ts";
import { FollowedRun } from "../../../src/run/control/logged_run.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { custodyOf } from "../../../src/run/owner/custody.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { findSocketPath, socketFolders, socketPath } from "../../../src/run/control/socket_path.ts";
import { eventually } from "../../process.ts";
import { leastMs, withTemporaryFolder } from "../../support.ts";
import { endOf } from "../made_run.ts";
import { said, type ServedRun, texts, VIEWER, withTrainer } from "./served_run.ts";

Deno.test("a run with a log over 8 MB is shown from its first event and answers a command within half a second", async () => {
  await withTrainer(async (trainer) => {
    const text = "x".repeat(500);
    for (let count = 0; count < 20_000; count++) trainer.log.append(said(text));
    assert.ok(Deno.statSync(trainer.run.events).size > 8 * 1024 * 1024);
    const ms = await leastMs(500, async () => {
      const startedMs = performance.now();
      const asking = await attach(trainer.run, { ...VIEWER, since: "now" });
      assert.equal((await asking.send({ type: "stop" })).ok, true);
      const took = performance.now() - startedMs;
      await asking.close("detach");
      return took;
    });
    assert.ok(ms < 500, `${ms} ms`);
    const watching = await attach(trainer.run, VIEWER);
    const seen = texts(watching.events);
    trainer.say("live");
    await trainer.end();
    assert.equal((await seen).length, 20_001);
    assert.equal((await seen).at(-1), "live");
  });
});

Deno.test("a removed socket is created again; connected viewers stay connected and new ones find the run", async () => {
  await withTrainer(async (trainer) => {
    const before = await attach(trainer.run, VIEWER);
    const reading = texts(before.events);
    const stop = keepRun({ ...trainer, onGone: () => assert.fail("the folder is there") }, 20);
    try {
      const old = trainer.server.path;
      Deno.removeSync(old);
      await eventually("a new socket", () => existsSync(trainer.server.path) && trainer.server.path !== old, 20_000);
      const after = await attach(trainer.run, VIEWER);
      assert.equal((await after.send({ type: "pause" })).ok, true);
      await after.close("detach");
      trainer.say("heard by the first one");
      await trainer.end();
      assert.deepEqual(await reading, ["heard by the first one"]);
    } finally {
      stop();
    }
  });
});

/** Makes the run's lock name a relay in place of its socket. `cut` breaks all relayed connections. */
async function relayed(
  trainer: ServedRun,
): Promise<{ came: () => number; cut: () => void; close: () => void }> {
  const path = trainer.server.path + ".relay";
  const sockets = new Set<Socket>();
  let came = 0;
  const relay = createServer((near) => {
    came++;
    const far = connect(trainer.server.path);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(path, resolve));
  trainer.ownership.noteSocket(path);
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return { came: () => came, cut, close: () => relay.close() };
}

Deno.test("a viewer whose connection breaks reconnects by itself and misses no event", async () => {
  await withTrainer(async (trainer) => {
    const relay = await relayed(trainer);
    trainer.say("before");
    const connection = await attach(trainer.run, VIEWER);
    const reading = texts(connection.events);
    assert.equal((await connection.send({ type: "pause" })).ok, true);
    relay.cut();
    trainer.say("while it was away");
    await eventually("the viewer is back", () => relay.came() === 2 && trainer.viewers() === 1, 20_000);
    trainer.say("after");
    assert.equal((await connection.send({ type: "resume" })).ok, true);
    relay.close();
    await trainer.end();
    assert.deepEqual(await reading, ["before", "while it was away", "after"]);
  });
});

Deno.test("an owner that reads nothing for long is disconnected, and this does not count as a loss", async () => {
  await withTrainer(async (trainer) => {
    const owner = connect(trainer.server.path);
    owner.write(JSON.stringify({ type: "subscribe", after: 0, role: "owner", stop_on_loss: true }) + "\n");
    await eventually("the owner has come", () => trainer.viewers() === 1, 20_000);
    owner.pause();
    const text = "x".repeat(100_000);
    for (let count = 0; count < 200 && trainer.viewers() > 0; count++) {
      trainer.say(text);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await eventually("the owner is let go", () => trainer.viewers() === 0, 20_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(trainer.lost(), 0);
    owner.destroy();
  });
});

Deno.test("a living trainer without a socket is followed through its log, and commands are answered with the reason", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    Deno.removeSync(trainer.server.path);
    const connection = await attach(trainer.run, VIEWER);
    assert.ok(connection instanceof FollowedRun);
    const reading = texts(connection.events);
    const reply = await connection.send({ type: "stop" });
    assert.deepEqual(
      [reply.ok, reply.text],
      [false, `the trainer does not answer; to save and stop the run: kill -TERM ${Deno.pid}`],
    );
    trainer.log.append(said("two"));
    await trainer.end();
    assert.deepEqual(await reading, ["one", "two"]);
  });
});

Deno.test("a resumed run without a socket is followed beyond the end that its log has from before", async () => {
  await withTrainer(async (trainer) => {
    trainer.log.append(endOf(trainer.run.id, { reason: "stopped" }));
    trainer.log.append(said("on"));
    Deno.removeSync(trainer.server.path);
    const reading = texts((await attach(trainer.run, VIEWER)).events);
    await new Promise((resolve) => setTimeout(resolve, 600));
    trainer.log.append(said("two"));
    await trainer.end();
    assert.deepEqual(await reading, ["on", "two"]);
  });
});

Deno.test("a run on another machine that shares the folder is followed at once, and commands name that machine", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    const owner = JSON.parse(Deno.readTextFileSync(trainer.run.lock));
    Deno.writeTextFileSync(trainer.run.lock, JSON.stringify({ ...owner, host: `not-${hostname()}` }));
    // Trainers of older versions have no file of commands.
    const ms = await leastMs(1000, async () => {
      const startedMs = performance.now();
      await (await attach(trainer.run, VIEWER)).close("detach");
      return performance.now() - startedMs;
    });
    assert.ok(ms < 1000, `${ms} ms`);
    const connection = await attach(trainer.run, VIEWER);
    assert.equal(
      (await connection.send({ type: "stop" })).text,
      `the trainer runs on not-${hostname()}; run the command there`,
    );
    await connection.close("detach");
  });
});

Deno.test("a socket's path is shorter than 108 bytes however long the run's path is", () => {
  const folders = socketFolders((name) => (name === "XDG_RUNTIME_DIR" ? "/run/user/1000" : undefined), 1000);
  assert.equal(folders[0], "/run/user/1000/headlight");
  assert.match(folders[1] ?? "", /headlight-1000$/);
  assert.ok(socketPath("/very/deep".repeat(50), folders[0] ?? "").length < 108);
});

Deno.test("an unusable folder for sockets is skipped for the next one, and without any one line says why", async () => {
  await withTemporaryFolder((folder) => {
    const file = join(folder, "file");
    Deno.writeTextFileSync(file, "");
    const [long, taken, good] = [join(folder, "x".repeat(100)), join(file, "headlight"), join(folder, "good")];
    assert.equal(findSocketPath("/runs/a", [long, taken, good]), socketPath("/runs/a", good));
    assert.equal(existsSync(long), false);
    assert.throws(() => findSocketPath("/runs/a", [long, taken]), (error) => {
      assert.ok(error instanceof HeadlightError && error.exitStatus === 2);
      assert.match(
        error.message,
        /^The control socket cannot be created: in .* its path .*; .*\. Set XDG_RUNTIME_DIR to/,
      );
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
});

Deno.test("checking whether a run is live does not stop a trainer from owning it", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = runDirectory(folder);
    Deno.writeTextFileSync(run.lock, "");
    // The locks that a viewer holds while it checks.
    using looks = new DisposableStack();
    for (const path of [run.path, run.lock]) {
      const look = looks.use(Deno.openSync(path, { read: true }));
      look.lockSync(false);
      assert.equal(isLocked(path), false, "two that look at once see no owner");
      setTimeout(() => look.unlockSync(), 20);
    }
    const ownership = await takeOwnership(run, "/socket");
    assert.ok(ownership);
    const custody = custodyOf(run);
    assert.ok(custody.kind === "owned" && custody.owner);
    const { pid, host, socket } = custody.owner;
    assert.deepEqual({ pid, host, socket }, { pid: Deno.pid, host: hostname(), socket: "/socket" });
    ownership.release();
    assert.deepEqual(custodyOf(run), { kind: "nobody" });
  });
});
