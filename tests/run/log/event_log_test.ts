import assert from "node:assert/strict";
import { join } from "node:path";
import { EVENT_VERSION, type EventBody } from "../../../src/events.ts";
import { EventLog, eventsAfter, lastSeq, readEvents } from "../../../src/run/log/event_log.ts";
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
