import assert from "node:assert/strict";
import { join } from "node:path";
import { EVENT_VERSION, type EventBody } from "../../../src/events.ts";
import { EventLog, eventsAfter, eventsOfTypes, lastSeq, readEvents } from "../../../src/run/log/event_log.ts";
import { allocatedBytes } from "../../growth/allocated.ts";
import { withTemporaryFolder } from "../../support.ts";

const said = (text: string): EventBody => ({ type: "log", level: "info", text });

Deno.test("events are numbered from 1 without gaps, with the time in UTC and the version of the schema", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const log = new EventLog(path, () => new Date("2026-11-23T20:55:01.250Z"));
    for (const text of ["one", "two", "three"]) log.append(said(text));
    log.close();
    const lines = Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ seq }) => seq), [1, 2, 3]);
    assert.deepEqual(lines[0], { seq: 1, time: "2026-11-23T20:55:01.250Z", v: EVENT_VERSION, ...said("one") });
  });
});

Deno.test("a log whose last line was cut by a kill is read up to there and continued without a gap", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const first = new EventLog(path);
    first.append(said("one"));
    first.append(said("two"));
    first.close();
    Deno.writeTextFileSync(path, Deno.readTextFileSync(path).slice(0, -9));
    assert.deepEqual(readEvents(path).map(({ seq }) => seq), [1]);
    const second = new EventLog(path);
    second.append(said("again"));
    second.close();
    assert.deepEqual(readEvents(path).map(({ seq }) => seq), [1, 2]);
  });
});

Deno.test("event types and fields of a newer version are skipped", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const base = { time: "2026-11-23T20:55:01.250Z", v: 2 };
    const lines = [
      { seq: 1, ...base, type: "confusion", matrix: [[1]] },
      { seq: 2, ...base, ...said("kept"), colour: "red" },
    ];
    Deno.writeTextFileSync(path, lines.map((line) => JSON.stringify(line) + "\n").join(""));
    assert.deepEqual(readEvents(path), [{ seq: 2, ...base, ...said("kept") }]);
  });
});

Deno.test("after(n) returns each event that follows n once", async () => {
  await withTemporaryFolder((folder) => {
    const log = new EventLog(join(folder, "events.jsonl"));
    for (const text of ["one", "two", "three"]) log.append(said(text));
    assert.deepEqual(log.after(1).map(({ seq }) => seq), [2, 3]);
    assert.deepEqual(log.after(3), []);
    log.close();
  });
});

Deno.test("the last seq is read from the last whole line of the log, however long the log is", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    assert.equal(lastSeq(path), 0);
    const log = new EventLog(path);
    for (let count = 0; count < 2000; count++) log.append(said("x".repeat(100)));
    assert.equal(lastSeq(path), 2000);
    log.close();
    Deno.writeTextFileSync(path, '{"seq":2001,"ti', { append: true });
    assert.equal(lastSeq(path), 2000);
    assert.deepEqual([...eventsAfter(path, 1998)].map(({ seq }) => seq), [1999, 2000]);
    const again = new EventLog(path);
    again.append(said("x".repeat(2_000_000)));
    assert.equal(lastSeq(path), 2001);
    again.close();
  });
});

Deno.test("the newest events of a long log are read without the log before them, also after long and damaged lines", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const log = new EventLog(path);
    for (let count = 0; count < 4000; count++) log.append(said("é".repeat(count % 1000 === 999 ? 70_000 : 500)));
    log.close();
    const all = readEvents(path);
    for (const seq of [1, 2, 999, 1000, 1999, 2990, 3000, 3001, 3900, 3998, 3999, 4000, 5000]) {
      assert.deepEqual([...eventsAfter(path, seq)], all.slice(seq), `after ${seq}`);
    }
    Deno.writeTextFileSync(path, `\n${"?".repeat(200_000)}\n{"seq":4001,"ti`, { append: true });
    for (const seq of [3998, 4000]) {
      assert.deepEqual([...eventsAfter(path, seq)], all.slice(seq), `after ${seq}, before damage`);
    }
    Deno.writeTextFileSync(path, `\n${JSON.stringify({ ...all.at(-1), seq: 4002 })}\n`, { append: true });
    const before = allocatedBytes();
    for (let look = 0; look < 10; look++) {
      assert.deepEqual([...eventsAfter(path, 4001)].map(({ seq }) => seq), [4002]);
    }
    // The log has 4.5 MB, and its last event 140 kB.
    assert.ok(allocatedBytes() - before < 20e6, `${allocatedBytes() - before} bytes`);
  });
});

Deno.test("a log with foreign lines is read without them, even at its start", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const line = (seq: number) =>
      JSON.stringify({ seq, time: "2026-11-23T20:55:01.250Z", v: EVENT_VERSION, ...said("kept") });
    Deno.writeTextFileSync(path, `\n${line(1)}\nwhat is this\n\n${line(2)}\n`);
    assert.deepEqual(readEvents(path).map(({ seq }) => seq), [1, 2]);
    assert.deepEqual([...eventsAfter(path, 1)].map(({ seq }) => seq), [2]);
    assert.deepEqual([...eventsAfter(path, 2)], []);
  });
});

Deno.test("a held log writes nothing, not even an empty file, before its release; viewers get its events nevertheless", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const log = new EventLog(path, undefined, true);
    log.append(said("one"));
    log.append(said("two"));
    log.flush();
    log.sync();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    assert.deepEqual(log.after(1).map(({ seq }) => seq), [2]);
    log.release();
    log.append(said("three"));
    assert.deepEqual(readEvents(path).map(({ seq }) => seq), [1, 2, 3]);
    log.close();
    const refused = new EventLog(path, undefined, true);
    refused.append(said("four"));
    refused.close();
    assert.deepEqual(readEvents(path).map(({ seq }) => seq), [1, 2, 3]);
  });
});

Deno.test("a log is continued after its last complete event, however long that is and whatever follows it", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const first = new EventLog(path);
    first.append(said("one"));
    first.append(said("long".repeat(100_000)));
    first.close();
    const whole = Deno.readTextFileSync(path);
    const cuts = ["", "{", '{"seq":3,"time":', `${JSON.stringify({ seq: 3 })}\n`, "\n".repeat(70_000)];
    for (const text of [...cuts.map((cut) => whole + cut), whole.slice(0, -1), whole.slice(0, -2), ""]) {
      Deno.writeTextFileSync(path, text);
      const last = readEvents(path).at(-1)?.seq ?? 0;
      const second = new EventLog(path);
      assert.equal(second.append(said("next")).seq, last + 1);
      second.close();
      assert.equal(readEvents(path).at(-1)?.seq, last + 1);
    }
  });
});

Deno.test("the events of some types are those of the whole log, with its first and its last event", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "events.jsonl");
    const log = new EventLog(path);
    const body = (name: "prepare" | "train"): EventBody => ({ type: "phase", name, total: 0 });
    const seconds = { prepare: 0, extract: 0, train: 0 };
    const ended = {
      type: "end",
      reason: "stopped",
      epochs: 0,
      best: null,
      last: null,
      run: "r",
      directory: "/r",
    } as const;
    const bodies: EventBody[] = [
      said("first"),
      body("prepare"),
      said('not a "type":"phase"'),
      { ...ended, seconds: { ...seconds, total: 0 }, notices: [] },
      { type: "resume", checkpoint: null, epoch: 0, step: 0, early_stopping: null, seconds, changes: [] },
      body("train"),
      said("last"),
    ];
    for (const one of bodies) log.append(one);
    log.close();
    Deno.writeTextFileSync(path, '{"seq":8,"time":"cut', { append: true });
    const all = readEvents(path);
    assert.deepEqual(
      [...eventsOfTypes(path, ["phase", "end"])],
      [1, 2, 6, 7].map((seq) => all.find((one) => one.seq === seq)),
    );
    assert.deepEqual([...eventsOfTypes(join(folder, "none.jsonl"), ["phase"])], []);
  });
});
