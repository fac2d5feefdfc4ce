import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import type { Command, EventBody, RunEvent } from "../../src/events.ts";
import { attach, isLive } from "../../src/run/attach.ts";
import { ControlServer } from "../../src/run/control_server.ts";
import { type RunDirectory, runDirectory } from "../../src/run/directory.ts";
import { EventLog } from "../../src/run/event_log.ts";
import { takeOwnership } from "../../src/run/owner.ts";
import { runTrainer } from "../../src/run/trainer.ts";
import { socketFolder, socketPath } from "../../src/run/socket_path.ts";
import { withTemporaryFolder } from "../support.ts";

const said = (text: string): EventBody => ({ type: "log", level: "info", text });

interface Trainer {
  readonly run: RunDirectory;
  readonly commands: Command[];
  readonly lost: () => number;
  readonly log: EventLog;
  say(text: string): void;
  end(): Promise<void>;
}

/** A run directory with an owner that serves its log, without any training. */
async function withTrainer(body: (trainer: Trainer) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const run = runDirectory(folder);
    const socket = socketPath(run.path, join(folder, "sockets"));
    const lock = takeOwnership(run.lock, socket);
    assert.ok(lock);
    const log = new EventLog(run.events);
    const commands: Command[] = [];
    let lost = 0;
    const server = await ControlServer.listen(socket, {
      eventsAfter: (seq) => log.after(seq),
      command: (command) => {
        commands.push(command);
        return { ok: true, text: `took ${command.type}` };
      },
      ownerLost: () => lost++,
      ownerCame: () => {},
    });
    let ended = false;
    const end = async () => {
      if (ended) return;
      ended = true;
      await server.close(200);
      log.close();
      lock.release();
    };
    try {
      await body({ run, commands, log, lost: () => lost, say: (text) => server.publish(log.append(said(text))), end });
    } finally {
      await end();
    }
  });
}

const viewer = { role: "viewer", stopOnLoss: false, trainerMayCome: () => false } as const;

async function texts(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) if (event.type === "log") found.push(event.text);
  return found;
}

Deno.test("a viewer that comes late gets every event once: what the log has, then what happens", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    trainer.say("two");
    const connection = await attach(trainer.run, viewer);
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
    const connection = await attach(run, viewer);
    const reply = await connection.send({ type: "stop", signal: "SIGINT" });
    assert.deepEqual([reply.ok, reply.text], [true, "took stop"]);
    assert.deepEqual(commands, [{ type: "stop", signal: "SIGINT" }]);
    await connection.close("detach");
  });
});

Deno.test("what the trainer wrote but could not send before it died is read from the log", async () => {
  await withTrainer(async (trainer) => {
    trainer.say("one");
    const connection = await attach(trainer.run, viewer);
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
    assert.equal(isLive(trainer.run), true);
    await trainer.end();
    assert.equal(isLive(trainer.run), false);
    const connection = await attach(trainer.run, viewer);
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
      const connection = await attach(trainer.run, { role: "owner", stopOnLoss, trainerMayCome: () => true });
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
    const connection = await attach(trainer.run, viewer);
    assert.equal((await connection.send({ type: "pause" })).ok, true);
    await connection.close("detach");
  });
});

Deno.test("bad input: a run that belongs to a living trainer is refused in one line", async () => {
  await withTrainer(async ({ run }) => {
    assert.equal(takeOwnership(run.lock, "/elsewhere"), null);
    await assert.rejects(
      runTrainer(run, null),
      (error) =>
        error instanceof HeadlightError && /belongs to a living trainer: .*deno task watch/.test(error.message),
    );
  });
});

Deno.test("a socket's path stays under 107 bytes, however deep the run lies", () => {
  const folder = socketFolder((name) => (name === "XDG_RUNTIME_DIR" ? "/run/user/1000" : undefined));
  assert.equal(folder, "/run/user/1000/headlight");
  assert.ok(socketPath("/very/deep".repeat(50), folder).length < 107);
  assert.match(socketFolder(() => undefined, 1000), /headlight-1000$/);
});
