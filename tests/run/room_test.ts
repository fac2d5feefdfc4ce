/** Waiting for room on a disk, with a clock of the test's own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { EventBody, RunEvent } from "../../src/events.ts";
import { HeadlightError } from "../../src/errors.ts";
import { diskProblem } from "../../src/files/room.ts";
import { PendingBytes } from "../../src/files/pending_bytes.ts";
import { Journal } from "../../src/run/journal.ts";
import { EventLog, readEvents } from "../../src/run/log/event_log.ts";
import { NotSavedError, Room, type RoomOptions } from "../../src/run/room.ts";
import { Control } from "../../src/training/control.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../small_disk.ts";
import { needs } from "../support.ts";

const FULL = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
const READ_ONLY = Object.assign(new Error("Read-only file system (os error 30)"), { code: "EROFS" });

/** A room whose time passes only when it sleeps. `onTick` is called with the seconds so far. */
function roomWith(given: Partial<RoomOptions> & { onTick?: (second: number) => void } = {}) {
  let now = 0;
  const said: EventBody[] = [];
  const control = given.control ?? new Control();
  const room = new Room({
    run: { path: "/runs/one", checkpoints: "/runs/one/checkpoints" },
    journal: { say: (body) => said.push(body), catchUp: () => {}, flush: () => {}, unwrittenBytes: 0 },
    isAttended: () => true,
    nowMs: () => now,
    sleep: (ms) => {
      now += ms;
      given.onTick?.(now / 1000);
      return Promise.resolve();
    },
    free: () => null,
    ...given,
    control,
  });
  return { room, said, control, seconds: () => now / 1000 };
}

/** Returns a write that fails until it is allowed. */
function refusedUntil(mayWrite: () => boolean, error: Error = FULL): () => string {
  return () => {
    if (!mayWrite()) throw error;
    return "written";
  };
}

for (const [error, problem] of [[FULL, "full"], [READ_ONLY, "read-only"]] as const) {
  Deno.test(`with a viewer, a run waits for hours while the disk is ${problem}, and goes on by itself`, async () => {
    const { room, said, seconds } = roomWith();
    const write = refusedUntil(() => seconds() >= 7200, error);
    assert.equal(await room.write(() => 5_000_000, write), "written");
    assert.deepEqual(said, [
      {
        type: "control",
        state: "paused",
        disk: { problem, path: "/runs/one", needed_bytes: 5_000_000, free_bytes: null },
      },
      { type: "control", state: "resumed" },
    ]);
    assert.equal(room.waitedMs, 7_200_000);
    assert.equal(room.need, null);
  });
}

Deno.test("with nobody there a run gives up after 60 s with exit status 75, and waits for nothing afterwards", async () => {
  const { room, seconds } = roomWith({ isAttended: () => false });
  const never = refusedUntil(() => false);
  await assert.rejects(room.write(() => 1e6, never), (error: unknown) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 75);
    assert.match(error.message, /^disk full at \/runs\/one: 1 MB needed\. .* 60 s\. .*train --resume \/runs\/one$/);
    return true;
  });
  assert.equal(seconds(), 60);
  await assert.rejects(room.write(() => 1e6, never));
  assert.equal(seconds(), 60);
});

Deno.test("the 60 s begin anew when a viewer has been there", async () => {
  const { room, seconds } = roomWith({ isAttended: () => seconds() >= 50 && seconds() <= 100 });
  await assert.rejects(room.write(() => 1, refusedUntil(() => false)));
  assert.equal(seconds(), 160);
});

Deno.test("a stop while a run waits ends it at once, and so does one before a write that finds no room", async () => {
  const control = new Control();
  const { room, said, seconds } = roomWith({ control, onTick: (second) => second === 3 && control.requestStop() });
  await assert.rejects(room.write(() => 1, refusedUntil(() => false)), NotSavedError);
  assert.equal(seconds(), 3);
  await assert.rejects(room.write(() => 1, refusedUntil(() => false)), /there is no checkpoint/);
  assert.equal(seconds(), 3);
  assert.equal(said.length, 1, "a pause that is over at once is not reported");
});

Deno.test("an error that is not about room is passed on at once", async () => {
  const { room, said } = roomWith();
  const gone = new Deno.errors.NotFound("gone");
  await assert.rejects(room.write(() => 1, refusedUntil(() => false, gone)), gone);
  assert.deepEqual(said, []);
});

Deno.test("a write of many megabytes is not repeated every second while the disk has less room than it needs", async () => {
  let attempts = 0;
  const { room, seconds } = roomWith({ free: () => (seconds() < 35 ? 1e6 : 1e9) });
  const write = refusedUntil(() => seconds() >= 35);
  await room.write(() => 1e8, () => (attempts++, write()));
  assert.equal(attempts, 5);
  assert.equal(seconds(), 35);
});

Deno.test("a run that a person has paused is still paused when there is room again", async () => {
  const control = new Control();
  control.setPaused(true);
  const { room, said, seconds } = roomWith({ control });
  await room.write(() => 1, refusedUntil(() => seconds() > 1));
  assert.deepEqual(said.at(-1), { type: "control", state: "paused" });
});

Deno.test("a disk problem is found in the cause of an error", () => {
  assert.equal(diskProblem(new HeadlightError("cannot write features", 1, { cause: FULL })), "full");
  assert.equal(diskProblem(new Error("Disk quota exceeded (os error 122)")), "over quota");
  assert.equal(diskProblem(new Deno.errors.PermissionDenied("no")), null);
});

Deno.test("bytes that a full disk refuses are continued where they were cut", () => {
  const file: number[] = [];
  let room = 3;
  const disk = {
    writeSync: (bytes: Uint8Array): number => {
      if (room === 0) throw FULL;
      const taken = bytes.subarray(0, room);
      file.push(...taken);
      room -= taken.length;
      return taken.length;
    },
  };
  const pending = new PendingBytes();
  pending.add(Uint8Array.of(1, 2));
  pending.add(Uint8Array.of(3, 4, 5));
  assert.throws(() => pending.writeTo(disk), FULL);
  assert.deepEqual([pending.chunks, pending.bytes], [1, 2]);
  pending.add(Uint8Array.of(6));
  room = 10;
  pending.writeTo(disk);
  assert.deepEqual([file, pending.chunks], [[1, 2, 3, 4, 5, 6], 0]);
});

Deno.test({
  name: `the journal keeps what the disk refuses, bounded, and writes it in order and without gaps${
    CAN_MOUNT ? "" : needs(MOUNTS)
  }`,
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using disk = await SmallDisk.open(4);
    const path = join(disk.path, "events.jsonl");
    const log = new EventLog(path);
    const journal = new Journal(log);
    const heard: RunEvent[] = [];
    journal.listen((event) => heard.push(event));
    const say = (text: string) => journal.say({ type: "log", level: "info", text });
    say("before");
    disk.fill();
    // More than what the file's last page has room for.
    for (let index = 0; index < 1200; index++) say(`event ${index} of those while the disk is full`);
    assert.equal(heard.length, 1201, "the listener gets every event");
    assert.ok(journal.unwrittenBytes > 0);
    assert.ok(readEvents(path).length < 1201);
    assert.deepEqual(log.after(0), heard, "a viewer that comes now gets every event");
    assert.deepEqual(log.after(700), heard.slice(700));
    for (let done = 0; done < 10; done++) {
      journal.say({ type: "progress", phase: "train", done, total: 20, per_second: null, unit: "batches" });
    }
    assert.equal(heard.length, 1202, "progress is not kept without bounds");
    assert.throws(() => journal.flush());
    disk.free();
    say("after");
    assert.equal(journal.unwrittenBytes, 0);
    assert.deepEqual(readEvents(path), heard);
    assert.deepEqual(heard.map(({ seq }) => seq), heard.map((_, index) => index + 1));
    log.close();
  },
});
