import assert from "node:assert/strict";
import { connect } from "node:net";
import { dirname } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import type { RunEvent } from "../../../src/events.ts";
import { attach } from "../../../src/run/control/attach.ts";
import { FollowedRun } from "../../../src/run/control/logged_run.ts";
import { isOwned } from "../../../src/run/owner/custody.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { runTrainer } from "../../../src/run/trainer.ts";
import { Control } from "../../../src/training/control.ts";
import { eventually } from "../../process.ts";
import { endOf } from "../made_run.ts";
import { said, texts, VIEWER, withTrainer } from "./served_run.ts";

Deno.test("a viewer that connects late gets every event once: first those in the log, then new ones", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    trainer.say("two");
    const connection = await attach(trainer.run, VIEWER);
    assert.equal(connection.live, true);
    const reading = texts(connection.events);
    for (const text of ["three", "four"]) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      trainer.say(text);
    }
    await trainer.end();
    assert.deepEqual(await reading, ["one", "two", "three", "four"]);
    assert.equal(connection.live, false);
  });
});

Deno.test("a viewer that shows only what follows an event gets nothing up to it, whether the run is live, followed or over", async () => {
  await withTrainer(async (trainer) => {
    for (const text of ["one", "two"]) trainer.say(text);
    trainer.log.append(endOf(trainer.run.id, { reason: "stopped" }));
    const since = { ...VIEWER, since: 3 } as const;
    const live = await attach(trainer.run, since);
    assert.ok(live.live);
    const followed = new FollowedRun(trainer.run, null, since);
    const received = [live, followed].map(({ events }) => Array.fromAsync(events));
    await eventually("the viewer is connected", () => trainer.viewers() === 1, 2000);
    trainer.say("three");
    await trainer.end();
    const seen = [...await Promise.all(received), await Array.fromAsync((await attach(trainer.run, since)).events)];
    assert.deepEqual(seen.map((events) => events.map(({ seq, type }) => [seq, type])), Array(3).fill([[4, "log"]]));
  });
});

Deno.test("a trainer that goes on and exits silently does not leave the end of before to a viewer of what follows", async () => {
  await withTrainer(async (trainer) => {
    trainer.log.append(endOf(trainer.run.id));
    const live = await attach(trainer.run, { ...VIEWER, since: 1 });
    const received = Array.fromAsync(live.events);
    await trainer.end();
    assert.deepEqual(await received, []);
    assert.deepEqual(await Array.fromAsync((await attach(trainer.run, { ...VIEWER, since: 1 })).events), []);
  });
});

Deno.test("a command reaches the trainer, and its answer comes back", async () => {
  await withTrainer(async ({ run, commands }) => {
    const connection = await attach(run, VIEWER);
    const reply = await connection.send({ type: "stop", signal: "SIGINT" });
    assert.deepEqual([reply.ok, reply.text], [true, "took stop"]);
    assert.deepEqual(commands, [{ type: "stop", signal: "SIGINT" }]);
    await connection.close("detach");
  });
});

Deno.test("events that the trainer wrote but could not send before it crashed are read from the log", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    const connection = await attach(trainer.run, VIEWER);
    trainer.log.append(said("written, not sent"));
    await trainer.end();
    assert.deepEqual(await texts(connection.events), ["one", "written, not sent"]);
    const reply = await connection.send({ type: "checkpoint" });
    assert.equal(reply.ok, false);
  });
});

Deno.test("a finished run is replayed from its log and accepts no commands", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    assert.equal(isOwned(trainer.run), true);
    await trainer.end();
    assert.equal(isOwned(trainer.run), false);
    const connection = await attach(trainer.run, VIEWER);
    assert.equal(connection.live, false);
    assert.deepEqual(await texts(connection.events), ["one"]);
    assert.equal((await connection.send({ type: "stop" })).ok, false);
  });
});

for (
  const { name, stopOnLoss, how, lost } of [
    { name: "an owner's going stops the run where that was asked for", stopOnLoss: true, how: "drop", lost: 1 },
    { name: "an owner that leaves on purpose is no loss", stopOnLoss: true, how: "detach", lost: 0 },
    { name: "an owner with a terminal may be lost", stopOnLoss: false, how: "drop", lost: 0 },
  ] as const
) {
  Deno.test(name, async () => {
    await withTrainer(async (trainer) => {
      const connection = await attach(trainer.run, {
        role: "owner",
        stopOnLoss,
        since: "start",
        trainerMayCome: () => true,
      });
      await connection.send({ type: "pause" });
      assert.equal(trainer.server.isAttended, !stopOnLoss, "nobody looks at the viewer of a batch job");
      await connection.close(how);
      await eventually("it is gone", () => trainer.connections() === 0, 20_000);
      assert.equal(trainer.lost(), lost);
      assert.equal(trainer.server.isAttended, false);
    });
  });
}

Deno.test("a client that speaks another protocol is disconnected and disturbs nobody", async () => {
  await withTrainer(async (trainer) => {
    const path = JSON.parse(Deno.readTextFileSync(trainer.run.lock)).socket;
    const stranger = connect(path);
    const closed = new Promise((resolve) => stranger.once("close", resolve));
    stranger.resume();
    stranger.write("GET / HTTP/1.1\n");
    await closed;
    const connection = await attach(trainer.run, VIEWER);
    assert.equal((await connection.send({ type: "pause" })).ok, true);
    await connection.close("detach");
  });
});

Deno.test("bad input: training into the folder of a run with a living trainer is refused in one line", async () => {
  await withTrainer(async ({ run }) => {
    assert.equal(await takeOwnership(run, "/elsewhere"), null);
    await assert.rejects(
      runTrainer(run, { control: new Control() }),
      (error) =>
        error instanceof HeadlightError &&
        /is being trained by process \d+ on .* since .*\. To watch it: deno task watch/.test(error.message),
    );
  });
});

/** A client that sends chunks until it is disconnected. Returns the answers and the number of bytes sent. */
async function flood(path: string, chunk: string, bytes: number): Promise<{ told: string; sent: number }> {
  const client = connect(path);
  let told = "";
  let open = true;
  client.on("data", (data) => told += data);
  client.on("error", () => {});
  const closed = new Promise<void>((resolve) =>
    client.once("close", () => {
      open = false;
      resolve();
    })
  );
  let sent = 0;
  for (; open && sent < bytes; sent += chunk.length) {
    if (client.write(chunk)) continue;
    const drained = Promise.withResolvers<void>();
    client.once("drain", drained.resolve);
    await Promise.race([drained.promise, closed]);
  }
  await closed;
  return { told, sent };
}

Deno.test("the sender of a line over 64 KB is told and disconnected, and nobody else is disturbed", async () => {
  await withTrainer(async (trainer) => {
    const watching = await attach(trainer.run, VIEWER);
    const seen = texts(watching.events);
    const { told, sent } = await flood(trainer.server.path, "x".repeat(65_536), 40 * 1024 * 1024);
    assert.ok(sent < 4 * 1024 * 1024, `${sent} bytes were taken`);
    assert.deepEqual(JSON.parse(told), {
      type: "reply",
      id: 0,
      ok: false,
      text: "received a line of more than 65536 bytes; closing the connection",
    });
    assert.equal((await watching.send({ type: "pause" })).ok, true);
    trainer.say("still here");
    await trainer.end();
    assert.deepEqual(await seen, ["still here"]);
  });
});

Deno.test("a sender is disconnected even if it does not read the reason", async () => {
  await withTrainer(async (trainer) => {
    const client = connect(trainer.server.path);
    client.on("error", () => {});
    client.pause();
    // This many events fill the buffers, so that the last message does not fit.
    for (let count = 0; count < 2000; count++) trainer.log.append(said("x".repeat(1000)));
    client.write(JSON.stringify({ type: "subscribe", after: 0, role: "viewer", stop_on_loss: false }) + "\n");
    await eventually("it listens", () => trainer.viewers() === 1, 20_000);
    client.write("nonsense\n");
    await eventually("it is gone", () => trainer.viewers() === 0 && trainer.connections() === 0, 20_000);
    client.destroy();
  });
});

Deno.test("a client that subscribes twice is disconnected, since the log is read for each subscription", async () => {
  await withTrainer(async (trainer) => {
    const line = JSON.stringify({ type: "subscribe", after: 0, role: "viewer", stop_on_loss: false }) + "\n";
    const { told } = await flood(trainer.server.path, line, 10 * line.length);
    assert.match(told, /closing the connection/);
    assert.equal(trainer.viewers(), 0);
  });
});

Deno.test("a viewer skips messages of the trainer that it does not know", async () => {
  await withTrainer(async (trainer) => {
    const watching = await attach(trainer.run, VIEWER);
    const seen = texts(watching.events);
    await eventually("it listens", () => trainer.viewers() === 1, 20_000);
    trainer.say("one");
    trainer.server.publish({ ...trainer.log.number(said("")), level: "of a later version" } as unknown as RunEvent);
    trainer.say("three");
    await trainer.end();
    assert.deepEqual(await seen, ["one", "three"]);
  });
});

Deno.test("only the owner can access the socket and its folder", async () => {
  await withTrainer((trainer) => {
    const { path } = trainer.server;
    assert.deepEqual([modeOf(path), modeOf(dirname(path))], [0o600, 0o700]);
    return Promise.resolve();
  });
});

function modeOf(path: string): number | null {
  const { mode } = Deno.statSync(path);
  return mode === null ? null : mode & 0o777;
}
