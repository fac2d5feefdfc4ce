import assert from "node:assert/strict";
import { connect } from "node:net";
import { HeadlightError } from "../../../src/errors.ts";
import { attach } from "../../../src/run/control/attach.ts";
import { isOwned } from "../../../src/run/owner/custody.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { runTrainer } from "../../../src/run/trainer.ts";
import { Control } from "../../../src/training/control.ts";
import { said, texts, VIEWER, withTrainer } from "./served_run.ts";

Deno.test("a viewer that comes late gets every event once: what the log has, then what happens", async () => {
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

Deno.test("a command reaches the trainer and its answer comes back", async () => {
  await withTrainer(async ({ run, commands }) => {
    const connection = await attach(run, VIEWER);
    const reply = await connection.send({ type: "stop", signal: "SIGINT" });
    assert.deepEqual([reply.ok, reply.text], [true, "took stop"]);
    assert.deepEqual(commands, [{ type: "stop", signal: "SIGINT" }]);
    await connection.close("detach");
  });
});

Deno.test("what the trainer wrote but could not send before it died is read from the log", async () => {
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

Deno.test("a run that is over is replayed from its log and takes no commands", async () => {
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
      await connection.close(how);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(trainer.lost(), lost);
    });
  });
}

Deno.test("a client that speaks another language is let go and disturbs nobody", async () => {
  await withTrainer(async (trainer) => {
    const path = JSON.parse(Deno.readTextFileSync(trainer.run.lock)).socket;
    const stranger = connect(path);
    const closed = new Promise((resolve) => stranger.once("close", resolve));
    stranger.write("GET / HTTP/1.1\n");
    await closed;
    const connection = await attach(trainer.run, VIEWER);
    assert.equal((await connection.send({ type: "pause" })).ok, true);
    await connection.close("detach");
  });
});

Deno.test("bad input: a run that belongs to a living trainer is refused in one line", async () => {
  await withTrainer(async ({ run }) => {
    assert.equal(await takeOwnership(run, "/elsewhere"), null);
    await assert.rejects(
      runTrainer(run, null, new Control()),
      (error) =>
        error instanceof HeadlightError && /belongs to a living trainer: .*deno task watch/.test(error.message),
    );
  });
});
