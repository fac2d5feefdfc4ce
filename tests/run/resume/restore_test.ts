/** What a run goes on from, whatever has happened to its files. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { KEPT_MARK } from "../../../src/run/checkpoints/checkpoint_names.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { readRunConfig, type RunChange, writeRunConfig } from "../../../src/run/folder/run_config.ts";
import { EventLog, lastSeq, readEvents } from "../../../src/run/log/event_log.ts";
import { resumeEvents } from "../../../src/run/resume_events.ts";
import { type Epoch, runStateOf } from "../../../src/run_state/run_state.ts";
import type { EventBody, EventOf } from "../../../src/events.ts";
import { workedSeconds } from "../../../src/run_state/worked_seconds.ts";
import { withTemporaryFolder } from "../../support.ts";
import { PROVENANCE } from "../checkpoints/made_checkpoint.ts";
import { writeEvents } from "../made_run.ts";
import { markRequested } from "../../../src/run/resume/restore.ts";
import { makeKilled, restored, stateAt } from "./resumable_run.ts";

const ID = "20261123-205501-squeezenet11-demo";

function said<T extends EventBody["type"]>(bodies: readonly EventBody[], type: T): Extract<EventBody, { type: T }>[] {
  return bodies.filter((body): body is Extract<EventBody, { type: T }> => body.type === type);
}

Deno.test("a run says from which checkpoint, epoch and step it goes on", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0], [5, 7]]);
    const events = resumeEvents(restored(run));
    const [resumed] = said(events, "resume");
    assert.deepEqual([resumed?.checkpoint, resumed?.epoch, resumed?.step], ["epoch-0005-step-0007", 5, 7]);
    assert.equal(
      said(events, "log")[0]?.text,
      "The run goes on from checkpoint epoch-0005-step-0007, after step 7 of epoch 6.",
    );
    assert.equal(resumed?.early_stopping?.best_epoch, 2);
    assert.deepEqual(said(events, "epoch"), []);
  });
});

Deno.test("the newest checkpoint is damaged: the one before is used, which the log, the resume event and viewers say", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID));
    const weights = join(run.checkpoints, "epoch-0005", "weights.bin");
    Deno.truncateSync(weights, 7);
    const events = resumeEvents(restored(run));
    assert.equal(said(events, "resume")[0]?.checkpoint, "epoch-0004");
    const problem = `${weights} was damaged or edited: it does not match manifest.json`;
    assert.deepEqual(said(events, "resume")[0]?.damaged, [{ name: "epoch-0005", problem }]);
    const warnings = said(events, "log").filter(({ level }) => level === "warn");
    assert.deepEqual(warnings.map(({ text }) => text), [
      `Checkpoint epoch-0005 cannot be used, so the run goes on from the one before it. ${problem}`,
    ]);
    const log = new EventLog(run.events);
    for (const event of events) log.append(event);
    log.close();
    const { damaged, epochs } = runStateOf(readEvents(run.events));
    assert.deepEqual([damaged.map(({ name }) => name), epochs.length], [["epoch-0005"], 4]);
  });
});

Deno.test("all checkpoints are damaged: the run is refused with the reason, and nothing of it is changed", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID));
    for (const name of ["epoch-0004", "epoch-0005"]) Deno.removeSync(join(run.checkpoints, name, "state.json"));
    const before = [run.config, run.events, run.history].map((path) => Deno.readTextFileSync(path));
    assert.throws(() => restored(run), (error) => {
      assert.ok(error instanceof HeadlightError && error.exitStatus === 1);
      assert.match(error.message, /^Run \S+ cannot go on, because none of the checkpoints in \S+ can be read\. /);
      assert.match(error.message, /epoch-0005\/state\.json does not exist/);
      return true;
    });
    assert.deepEqual([run.config, run.events, run.history].map((path) => Deno.readTextFileSync(path)), before);
  });
});

Deno.test("the checkpoints were deleted: the run is refused instead of beginning again", async () => {
  await withTemporaryFolder((folder) => {
    const then: EventBody[] = [
      { type: "checkpoint", path: "/moved/checkpoints/epoch-0005", epoch: 5, step: 0, kind: "last", bytes: 7 },
    ];
    const { run } = makeKilled(join(folder, ID), [], { then });
    assert.throws(() => restored(run), (error) => {
      assert.ok(error instanceof HeadlightError && error.exitStatus === 1);
      assert.match(error.message, /^Run \S+ cannot go on, because its checkpoints are gone: it saved epoch-0005, and /);
      return true;
    });
  });
});

Deno.test("a checkpoint of another run, with another base or other classes, is refused, naming both", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID));
    const other = { ...PROVENANCE, base: "densenet121", base_weights_sha256: "00ff" };
    new CheckpointStore(run.checkpoints, { ...other, preprocess: "imagenet", size: 160 }).save(stateAt(9), "last");
    assert.throws(() => restored(run), /does not belong to the run: preprocess is "scale" in .* and "imagenet" in /);
  });
});

Deno.test("a run that was moved or copied goes on in its new place, also with checkpoints named in the old log", async () => {
  await withTemporaryFolder((folder) => {
    const { run, store } = makeKilled(join(folder, "old", ID));
    const { path } = store.save(stateAt(2), "manual");
    Deno.removeSync(join(path, KEPT_MARK));
    const kept: EventBody = { type: "checkpoint", path, epoch: 2, step: 0, kind: "manual", bytes: 1 };
    writeEvents(run, [...readEvents(run.events).map(({ seq: _s, time: _t, v: _v, ...body }) => body), kept]);
    Deno.mkdirSync(join(folder, "new"));
    const moved = join(folder, "new", "my best run");
    Deno.renameSync(run.path, moved);
    const there = runDirectory(moved);
    const goesOn = restored(there);
    markRequested(there, goesOn);
    assert.equal(goesOn.checkpoint?.stored.path, join(moved, "checkpoints", "epoch-0005"));
    // What an older version saved on request is marked, so that it is kept.
    assert.ok(existsSync(join(moved, "checkpoints", "epoch-0002", KEPT_MARK)));
    assert.ok(!existsSync(join(folder, "old", ID)));
  });
});

Deno.test("a mark that a requested checkpoint has already is not written again", async () => {
  await withTemporaryFolder((folder) => {
    const { run, store } = makeKilled(join(folder, ID));
    const { path } = store.save(stateAt(2), "manual");
    Deno.writeTextFileSync(join(path, KEPT_MARK), "for the talk");
    markRequested(run, { requested: ["epoch-0002"] });
    assert.equal(Deno.readTextFileSync(join(path, KEPT_MARK)), "for the talk");
  });
});

Deno.test("a checkpoint that a person requested is kept by the trainer that resumes the run", async () => {
  await withTemporaryFolder((folder) => {
    const { run, store } = makeKilled(join(folder, ID), [[1, 0]]);
    store.save(stateAt(2, 3), "manual");
    const { checkpoint } = restored(run);
    assert.equal(checkpoint?.name, "epoch-0002-step-0003");
    const next = new CheckpointStore(run.checkpoints, PROVENANCE, checkpoint?.stored ?? null);
    for (const epoch of [3, 4, 5]) next.save(stateAt(epoch), "last");
    assert.ok(existsSync(join(run.checkpoints, "epoch-0002-step-0003", "weights.bin")));
    assert.ok(!existsSync(join(run.checkpoints, "epoch-0003")));
  });
});

/** Damages to events.jsonl, which has a phase event, five epochs and nothing else, and the epochs that are said again. */
const DAMAGES: readonly [what: string, damage: (path: string, lines: string[]) => void, again: number[]][] = [
  ["missing", (path) => Deno.removeSync(path), [1, 2, 3, 4, 5]],
  ["empty", (path) => Deno.truncateSync(path, 0), [1, 2, 3, 4, 5]],
  ["torn in its last line", (path, lines) => Deno.truncateSync(path, lines.join("\n").length - 20), [5]],
  ["cut to its first two epochs", (path, lines) => put(path, lines.slice(0, 3)), [3, 4, 5]],
  ["damaged in the middle", (path, lines) => put(path, lines.with(3, "\u0000\u0000 rubbish \u0000")), [3, 4, 5]],
  ["damaged at its tail", (path, lines) => put(path, [...lines.slice(0, 4), "rubbish", "\u0000".repeat(99)]), [4, 5]],
  ["damaged at its first line", (path, lines) => put(path, lines.with(0, "rubbish")), []],
  ["whole", () => {}, []],
];

Deno.test("epochs that are said again have the learning rate and the number of planned epochs that held when they ended", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID));
    Deno.removeSync(run.events);
    const again = (change: Record<string, unknown> = {}) =>
      said(resumeEvents(restored(run, change)), "epoch").map(({ learning_rate, epochs }) => [learning_rate, epochs]);
    const [old, extended] = [[0.001, 30], [0.001, 60]];
    assert.deepEqual(again({ learning_rate: 0.01, epochs: 60 }), Array(5).fill(old));

    const at = (epoch: number, step = 0) => ({ epoch, step, time: "2026-11-23T22:00:00.000Z" });
    const rate = (from: number, to: number) => ({ name: "learning_rate", from, to });
    const config = readRunConfig(run.config);
    const changed = (options: Record<string, unknown>, changes: RunChange[]) =>
      writeRunConfig(run.config, { ...config, options: { ...config.options, ...options }, changes });
    // The third epoch was interrupted, and ended with the new rate.
    changed({ learning_rate: 0.01, epochs: 60 }, [
      { name: "epochs", from: 30, to: 60, ...at(1) },
      { ...rate(0.001, 0.01), ...at(2, 7) },
    ]);
    const ended = [old, extended, [0.01, 60], [0.01, 60], [0.01, 60]];
    assert.deepEqual(again(), ended);
    assert.deepEqual(again({ learning_rate: 0.1 }), ended);
    // A checkpoint was damaged, so the run went back before an earlier change.
    changed({ learning_rate: 0.1 }, [{ ...rate(0.001, 0.01), ...at(4) }, { ...rate(0.01, 0.1), ...at(2) }]);
    assert.deepEqual(again().map(([learningRate]) => learningRate), [0.001, 0.001, 0.1, 0.1, 0.1]);
  });
});

function put(path: string, lines: readonly string[]): void {
  Deno.writeTextFileSync(path, lines.join("\n") + "\n");
}

for (const [what, damage, again] of DAMAGES) {
  Deno.test(`an event log that is ${what}: its sound part counts, and what is missing is said again from the checkpoint`, async () => {
    await withTemporaryFolder((folder) => {
      const { run } = makeKilled(join(folder, ID));
      const whole = runStateOf(readEvents(run.events));
      damage(run.events, Deno.readTextFileSync(run.events).trimEnd().split("\n"));
      const last = lastSeq(run.events);
      const events = resumeEvents(restored(run));
      assert.deepEqual(said(events, "epoch").map(({ epoch }) => epoch), again);
      const log = new EventLog(run.events);
      for (const event of events) log.append(event);
      log.close();
      const read = readEvents(run.events);
      const state = runStateOf(read);
      const figures = ({ epoch, loss, val_loss, val_accuracy }: Epoch) => ({
        ...{ epoch, loss, val_loss, val_accuracy },
      });
      assert.deepEqual([...state.epochs].map(figures), [...whole.epochs].map(figures));
      // The new events follow the last one that can be read, and a viewer that asks for them gets them.
      const news = read.filter(({ seq }) => seq > last);
      assert.deepEqual(news.map(({ seq }) => seq), events.map((_, index) => last + 1 + index));
    });
  });
}

Deno.test("the time that a run has worked comes from its log, without the time in which nobody trained it", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID));
    const at = (seconds: number) => new Date(Date.parse("2026-11-23T20:00:00Z") + seconds * 1000).toISOString();
    const lines = [
      { seq: 1, time: at(0), v: 2, type: "phase", name: "prepare", total: 0 },
      { seq: 2, time: at(2), v: 2, type: "phase", name: "train", total: 30 },
      { seq: 3, time: at(9), v: 2, type: "log", level: "info", text: "the last sign of life" },
    ];
    put(run.events, lines.map((line) => JSON.stringify(line)));
    assert.deepEqual(restored(run).seconds, { prepare: 2, extract: 0, train: 7 });
  });
});

Deno.test("what changes is noted with its place and time, once for every resume, and older changes stay", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), [[5, 0], [5, 7]]);
    const { config, changes } = restored(run, { epochs: 60, learning_rate: 0.01 });
    const weights = weightsHash(join(run.checkpoints, "epoch-0005-step-0007"));
    const place = { time: "2026-11-24T12:00:00.000Z", epoch: 5, step: 7, weights };
    assert.deepEqual(changes, [
      { name: "epochs", from: 30, to: 60, ...place },
      { name: "learning_rate", from: 0.001, to: 0.01, ...place },
    ]);
    Deno.writeTextFileSync(run.config, JSON.stringify(config));
    const second = restored(run, { patience: 9 });
    assert.deepEqual(second.config.changes?.map(({ name }) => name), ["epochs", "learning_rate", "patience"]);
    assert.deepEqual(second.changes.map(({ name }) => name), ["patience"]);
    assert.equal(readRunConfig(run.config).options.epochs, 60);
    const [resumed] = said(resumeEvents(second), "resume");
    assert.deepEqual(resumed?.changes, [{ option: "patience", from: 5, to: 9 }] satisfies EventOf<"resume">["changes"]);
  });
});

function weightsHash(checkpoint: string): string {
  return JSON.parse(Deno.readTextFileSync(join(checkpoint, "manifest.json"))).files["weights.bin"].sha256;
}

Deno.test("a run that has saved no checkpoint begins again, whatever its log says of epochs", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID), []);
    const events = resumeEvents(restored(run));
    const [resumed] = said(events, "resume");
    assert.deepEqual([resumed?.checkpoint, resumed?.epoch, resumed?.step, resumed?.early_stopping], [null, 0, 0, null]);
    const log = new EventLog(run.events);
    for (const event of events) log.append(event);
    log.close();
    assert.equal(runStateOf(readEvents(run.events)).epochs.length, 0);
  });
});

Deno.test("the time that a run has worked counts up to its last event, of whatever type", async () => {
  await withTemporaryFolder((folder) => {
    const { run } = makeKilled(join(folder, ID));
    const last = readEvents(run.events).at(-1);
    const log = new EventLog(run.events, () => new Date(Date.parse(last?.time ?? "") + 90_000));
    log.append({ type: "log", level: "info", text: "the last line" });
    log.close();
    const { seconds } = restored(run);
    assert.deepEqual(seconds, workedSeconds(readEvents(run.events)));
    assert.ok(seconds.prepare + seconds.extract + seconds.train >= 90);
  });
});
