import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunEvent } from "../../src/events.ts";
import { EventLog } from "../../src/run/log/event_log.ts";
import { Journal } from "../../src/run/journal.ts";
import { RateMeter } from "../../src/run/rate.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("progress is reported at most twice a second in every phase", async () => {
  await withTemporaryFolder((folder) => {
    let now = 0;
    const log = new EventLog(join(folder, "events.jsonl"));
    const journal = new Journal(log, () => now);
    const heard: RunEvent[] = [];
    journal.listen((event) => heard.push(event));
    for (; now < 3000; now += 10) {
      journal.progress({ phase: now < 1500 ? "extract" : "train", done: now, total: 3000, unit: "images" });
    }
    log.close();
    assert.equal(heard.length, 6);
  });
});

Deno.test("a step that reports nothing but its beginning is recorded at once", async () => {
  await withTemporaryFolder((folder) => {
    let now = 0;
    const log = new EventLog(join(folder, "events.jsonl"));
    const journal = new Journal(log, () => now);
    const labels: unknown[] = [];
    journal.listen((event) => event.type === "progress" && labels.push(event.label));
    for (; now <= 1000; now += 10) {
      journal.progress({ phase: "prepare", label: "unpacking", done: now, total: 1000, unit: "bytes" });
    }
    journal.progress({ phase: "prepare", label: "compiling", done: 0, total: 1, unit: "steps" });
    assert.deepEqual(labels, ["unpacking", "unpacking", "unpacking", "compiling"]);
    log.close();
  });
});

Deno.test("before a pause the latest progress is reported once, even if half a second has not passed", async () => {
  await withTemporaryFolder((folder) => {
    let now = 0;
    const log = new EventLog(join(folder, "events.jsonl"));
    const journal = new Journal(log, () => now);
    const heard: RunEvent[] = [];
    journal.listen((event) => heard.push(event));
    for (; now < 100; now += 10) {
      journal.progress({ phase: "train", done: now, total: 1000, unit: "batches", epoch: 9, loss: now / 10 });
    }
    journal.catchUp();
    journal.catchUp();
    assert.deepEqual(heard.map((event) => event.type === "progress" && [event.done, event.loss]), [[0, 0], [90, 9]]);
    journal.progress({ phase: "train", done: 1000, total: 1000, unit: "batches", epoch: 9 });
    const figures = { loss: 1, accuracy: 0, val_loss: 1, val_accuracy: 0 };
    journal.say({ type: "epoch", epoch: 9, epochs: 9, ...figures, seconds: 1, learning_rate: 1 });
    journal.catchUp();
    assert.equal(heard.at(-1)?.type, "epoch", "what an epoch had to say is over with it");
    log.close();
  });
});

Deno.test("after a pause the rate is that of the work, without the time of the pause", async () => {
  await withTemporaryFolder((folder) => {
    for (const phase of ["prepare", "extract", "train"] as const) {
      let now = 0;
      const log = new EventLog(join(folder, `${phase}.jsonl`));
      const journal = new Journal(log, () => now);
      const rates: (number | null)[] = [];
      journal.listen((event) => event.type === "progress" && rates.push(event.per_second));
      let done = 0;
      const work = (ms: number) => {
        for (const until = now + ms; now < until; now += 100) {
          journal.progress({ phase, done: done++, total: 1000, unit: "batches" });
        }
      };
      work(2000);
      journal.catchUp();
      journal.say({ type: "control", state: "paused" });
      now += 60_000;
      journal.say({ type: "control", state: "resumed" });
      rates.length = 0;
      work(2000);
      for (const rate of rates) assert.ok(rate === null || Math.abs(rate - 10) < 0.1, `${phase}: ${rates}`);
      assert.ok(rates.at(-1) !== null && rates.length >= 3, `${phase}: ${rates}`);
      log.close();
    }
  });
});

Deno.test("the rate covers the last seconds, and there is none before it can be measured", () => {
  const meter = new RateMeter();
  assert.equal(meter.note(0, 0), null);
  assert.equal(meter.note(5, 100), null);
  assert.equal(meter.note(50, 1000), 50);
  for (let atMs = 2000; atMs <= 30_000; atMs += 1000) meter.note(50 + atMs / 100, atMs);
  assert.ok(Math.abs((meter.note(360, 31_000) ?? 0) - 10) < 0.01);
});

Deno.test("the rate starts over when the count decreases", () => {
  const meter = new RateMeter();
  meter.note(0, 0);
  meter.note(100, 1000);
  assert.equal(meter.note(0, 2000), null);
  assert.equal(meter.note(20, 3000), 20);
});

Deno.test("the last progress of extraction is always reported, and nothing is reported after the end", async () => {
  await withTemporaryFolder((folder) => {
    const log = new EventLog(join(folder, "events.jsonl"));
    const journal = new Journal(log, () => 0);
    const heard: RunEvent[] = [];
    journal.listen((event) => heard.push(event));
    for (const done of [32, 64, 70]) journal.progress({ phase: "extract", done, total: 70, unit: "images" });
    assert.deepEqual(heard.map((event) => event.type === "progress" && event.done), [32, 70]);
    journal.say({
      type: "end",
      reason: "stopped",
      epochs: 0,
      best: null,
      last: null,
      seconds: { total: 0, prepare: 0, extract: 0, train: 0 },
      run: "a-run",
      directory: folder,
      notices: [],
    });
    journal.progress({ phase: "prepare", done: 1, total: 1, unit: "bytes" });
    assert.equal(heard.at(-1)?.type, "end");
    assert.equal(log.after(0).at(-1)?.type, "end");
    log.close();
  });
});

Deno.test("progress goes on, less often, while a resumed run's log is held for long", async () => {
  await withTemporaryFolder((folder) => {
    let now = 0;
    const log = new EventLog(join(folder, "events.jsonl"), undefined, true);
    const journal = new Journal(log, () => now);
    for (let count = 0; count < 1000; count++) journal.say({ type: "log", level: "info", text: `${count}` });
    const heard: RunEvent[] = [];
    journal.listen((event) => heard.push(event));
    for (; now < 60_000; now += 500) {
      journal.progress({ phase: "extract", done: now, total: 100_000, unit: "images" });
    }
    log.close();
    assert.deepEqual(
      heard.map((event) => event.type === "progress" && event.done),
      [0, 10, 20, 30, 40, 50].map((s) => s * 1000),
    );
  });
});
