/** Pauses a run from scratch while it reads its images. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openDemo } from "../../src/data/demo/demo.ts";
import { Journal } from "../../src/run/journal.ts";
import { Ledger } from "../../src/run/ledger.ts";
import { EventLog } from "../../src/run/log/event_log.ts";
import { readPixels } from "../../src/run/pixel_phase.ts";
import { Control } from "../../src/training/control.ts";
import { tensorflowEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";

const { tf } = await tensorflowEngine();

Deno.test("a pause holds in the middle of the first pass over the images, and a resumed run reads the rest", async () => {
  await withTemporaryFolder(async (folder) => {
    const log = new EventLog(join(folder, "events.jsonl"));
    const journal = new Journal(log);
    const control = new Control();
    const said: string[] = [];
    journal.listen((event) => event.type === "control" && said.push(event.state));
    const demo = openDemo();
    const { train } = demo;
    let calls = 0;
    const counted: typeof train = {
      ...train,
      read(from, to) {
        if (++calls === 3) control.setPaused(true);
        return train.read(from, to);
      },
    };
    const options = { size: 64, max_broken: 0 };
    const reading = readPixels(tf, { ...demo, train: counted }, options, { control, journal, ledger: new Ledger() });
    for (let left = 200; said.length === 0 && left > 0; left--) await setTimeout(10);
    await setTimeout(100);
    assert.deepEqual([said, calls], [["paused"], 3]);
    control.setPaused(false);
    const data = await reading;
    assert.deepEqual(said, ["paused", "resumed"]);
    assert.deepEqual([data?.train.count, data?.validation.count], [demo.train.count, demo.validation.count]);
    log.close();
  });
});
