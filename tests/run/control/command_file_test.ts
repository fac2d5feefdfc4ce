/** Tests commands that reach a trainer by a file, because its socket cannot be reached. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { EVENT_VERSION, type EventOf, type RunEvent } from "../../../src/events.ts";
import type { Command } from "../../../src/protocol.ts";
import { attach } from "../../../src/run/control/attach.ts";
import { appendLine, listenToFile } from "../../../src/run/control/command_file.ts";
import { FollowedRun } from "../../../src/run/control/logged_run.ts";
import { postEnd } from "../../../src/run/control/posted_end.ts";
import { postCommand } from "../../../src/run/control/post_command.ts";
import { readOwner } from "../../../src/run/owner/owner_record.ts";
import { endOf } from "../made_run.ts";
import { said, type ServedRun, VIEWER, withTrainer } from "./served_run.ts";

/** A trainer that listens to its file, as it is seen from another host. */
async function withListener(
  body: (served: { trainer: ServedRun; taken: Command[]; listen: () => () => void }) => Promise<void>,
): Promise<void> {
  await withTrainer(async (trainer) => {
    const taken: Command[] = [];
    const command = (command: Command) => {
      taken.push(command);
      return { ok: command.type !== "resume", text: `took ${command.type}` };
    };
    const listen = () => listenToFile(trainer.run, { token: trainer.ownership.token, command, everyMs: 20 });
    await body({ trainer, taken, listen });
  });
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("a command reaches a trainer on another host by a file that exists from the start, and its answer comes back", async () => {
  await withListener(async ({ trainer, taken, listen }) => {
    const stop = listen();
    try {
      assert.ok(existsSync(trainer.run.commands) && existsSync(trainer.run.replies));
      const owner = readOwner(trainer.run.lock);
      assert.ok(owner);
      Deno.writeTextFileSync(trainer.run.lock, JSON.stringify({ ...owner, host: `not-${hostname()}` }));
      const connection = await attach(trainer.run, VIEWER);
      assert.ok(connection instanceof FollowedRun);
      assert.equal(connection.live, true, "the dashboard binds its keys");
      const waits: string[] = [];
      const reply = await connection.send({ type: "stop", signal: "SIGINT" }, (line) => waits.push(line));
      assert.deepEqual(reply, { type: "reply", id: 0, ok: true, text: "took stop" });
      assert.deepEqual(waits, [`the trainer runs on not-${hostname()}; its answer may take 65 s`]);
      assert.equal((await connection.send({ type: "resume" })).ok, false, "a refusal comes back too");
      assert.deepEqual(taken, [{ type: "stop", signal: "SIGINT" }, { type: "resume" }]);
      await connection.close("detach");
    } finally {
      stop();
    }
  });
});

Deno.test("a command that nothing answers in time fails with the reason, and is not carried out later", async () => {
  await withListener(async ({ trainer, taken, listen }) => {
    listen()();
    const owner = readOwner(trainer.run.lock);
    assert.ok(owner);
    const connection = new FollowedRun(trainer.run, { ...owner, host: "elsewhere" }, VIEWER, 600);
    const reply = await connection.send({ type: "stop" });
    assert.deepEqual([reply.ok, reply.text], [
      false,
      "no answer within 1 s, so the command was withdrawn; the trainer runs on elsewhere; run the command there",
    ]);
    const stop = listen();
    await wait(100);
    stop();
    assert.deepEqual(taken, []);
  });
});

Deno.test("commands to an earlier owner, repeated and damaged lines do nothing", async () => {
  await withListener(async ({ trainer: { run, ownership }, taken, listen }) => {
    const stop = listen();
    try {
      const command = { type: "checkpoint" } as const;
      appendLine(run.commands, { type: "command", id: "1", to: "an earlier owner", command });
      Deno.writeTextFileSync(run.commands, '{"type":"comm\n\0\0\0\n[]\n', { append: true });
      for (let times = 0; times < 3; times++) {
        appendLine(run.commands, { type: "command", id: "2", to: ownership.token, command });
        await wait(50);
      }
      // Half a line is read when it is complete.
      const line = JSON.stringify({ type: "command", id: "3", to: ownership.token, command: { type: "pause" } }) + "\n";
      Deno.writeTextFileSync(run.commands, line.slice(0, 30), { append: true });
      await wait(100);
      Deno.writeTextFileSync(run.commands, line.slice(30), { append: true });
      await wait(100);
      assert.deepEqual(taken, [command, { type: "pause" }]);
    } finally {
      stop();
    }
  });
});

Deno.test("a file of commands that was deleted is created again, and a command that was overwritten is repeated", async () => {
  await withListener(async ({ trainer: { run, ownership }, taken, listen }) => {
    const stop = listen();
    try {
      Deno.removeSync(run.commands);
      await wait(100);
      assert.ok(existsSync(run.commands));
    } finally {
      stop();
    }
    const sending = postCommand(run, { type: "pause" }, { to: ownership.token });
    // Another host has written at the same place.
    Deno.writeTextFileSync(run.commands, "");
    await wait(6000);
    const again = listen();
    try {
      assert.equal((await sending).kind, "answered");
      assert.deepEqual(taken, [{ type: "pause" }]);
    } finally {
      again();
    }
  });
});

Deno.test("a command to a trainer that ends meanwhile is not waited for", async () => {
  await withListener(async ({ trainer, listen }) => {
    listen()();
    const sending = postCommand(trainer.run, { type: "pause" }, { to: trainer.ownership.token });
    await trainer.end();
    assert.deepEqual(await sending, { kind: "gone" });
  });
});

Deno.test("a viewer on another host that only sends a command does not take an earlier event for its effect", async () => {
  await withListener(async ({ trainer }) => {
    trainer.log.append(said("before"));
    const connection = new FollowedRun(trainer.run, readOwner(trainer.run.lock), { since: "now" });
    trainer.log.append(said("after"));
    await trainer.end();
    const texts: string[] = [];
    for await (const event of connection.events) if (event.type === "log") texts.push(event.text);
    assert.deepEqual(texts, ["after"]);
  });
});

Deno.test("the end of a resume that the log does not get reaches the host that gave a command, and nobody else's files", async () => {
  await withListener(async ({ trainer, listen }) => {
    trainer.log.append(said("before"));
    const { run, ownership: { token } } = trainer;
    const ended = (seq: number, refused: string): EventOf<"end"> => {
      const body = endOf(run.id, { refused });
      if (body.type !== "end") throw new Error("not an end");
      return { seq, time: "2026-11-23T20:55:01.000Z", v: EVENT_VERSION, ...body };
    };
    const stop = listen();
    const owner = readOwner(run.lock);
    assert.ok(owner);
    const connection = new FollowedRun(run, { ...owner, host: "elsewhere" }, { since: "now" });
    // Those of earlier owners, and damaged ones.
    const earlier = { from: "an earlier owner", end: ended(2, "earlier") };
    for (const line of [earlier, { from: token }, { from: token, end: said("no end") }]) appendLine(run.replies, line);
    const before = Deno.readTextFileSync(run.replies);
    postEnd(run, token, ended(2, "nobody gave a command"));
    assert.equal(Deno.readTextFileSync(run.replies), before);
    assert.equal((await connection.send({ type: "stop" })).ok, true);
    postEnd(run, token, ended(3, "stopped before its first step"));
    stop();
    await trainer.end();
    const events: RunEvent[] = [];
    for await (const event of connection.events) events.push(event);
    assert.deepEqual(events, [ended(3, "stopped before its first step")]);
  });
});

Deno.test("a trainer that crashed after a command leaves no end for the host that gave it", async () => {
  await withListener(async ({ trainer, listen }) => {
    const stop = listen();
    const owner = readOwner(trainer.run.lock);
    assert.ok(owner);
    const connection = new FollowedRun(trainer.run, { ...owner, host: "elsewhere" }, { since: "now" });
    assert.equal((await connection.send({ type: "stop" })).ok, true);
    stop();
    await trainer.end();
    for await (const event of connection.events) assert.fail(event.type);
  });
});
