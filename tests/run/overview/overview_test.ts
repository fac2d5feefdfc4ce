import assert from "node:assert/strict";
import { plain } from "../../plain.ts";
import { join } from "node:path";
import type { EventBody } from "../../../src/events.ts";
import { type RunDirectory, runDirectory } from "../../../src/run/folder/directory.ts";
import { readRunConfig, writeRunConfig } from "../../../src/run/folder/run_config.ts";
import { folderSize } from "../../../src/files/folder_size.ts";
import { parseHistory } from "../../../src/run/log/history_file.ts";
import { newestFirst, overview, overviewSchema } from "../../../src/run/overview/overview.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { readOverview } from "../../../src/run/overview/read_overview.ts";
import { listRuns } from "../../../src/run/folder/find_run.ts";
import { SILENT_RUN } from "../../../src/run_state/run_state.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../../small_disk.ts";
import { leastMs, needs, withTemporaryFolder } from "../../support.ts";
import { endOf, figures, makeRun, writeEvents } from "../made_run.ts";

const ID = "20261123-205501-densenet121-demo";

function withRun(body: (run: RunDirectory, runs: string) => void | Promise<void>): Promise<void> {
  return withTemporaryFolder((runs) => body(makeRun(join(runs, ID)), runs));
}

Deno.test("an overview has a run's time, data, progress, best and last epoch, end reason, curve and size", async () => {
  await withTemporaryFolder((runs) => {
    const run = makeRun(join(runs, ID), { options: { name: "first", base: "squeezenet11", epochs: 7 } });
    const glance = readOverview(run);
    assert.deepEqual(overviewSchema.parse(glance), glance);
    assert.deepEqual(glance, {
      id: ID,
      directory: run.path,
      name: "first",
      created: "2026-11-23T20:55:01.000Z",
      data: "demo",
      base: "squeezenet11",
      engine: "wasm",
      classes: [{ name: "day bed", train: 600, validation: 200 }, {
        name: "dish\x1b[31mrag",
        train: 278,
        validation: 93,
      }],
      status: "ended",
      phase: null,
      paused: false,
      reason: "completed",
      resumable: false,
      extendable: true,
      problem: null,
      epochs: 3,
      epochs_asked: 7,
      best: figures(2, 0.6),
      last: figures(3, 0.5),
      val_accuracy: [0.4, 0.6, 0.5],
      bytes: folderSize(run.path),
    });
  });
});

Deno.test("a run can be resumed if it was lost or cut short, but not if it lives, finished, is broken or ended in NaN", async () => {
  const can = (run: RunDirectory) => readOverview(run).resumable;
  for (const reason of ["stopped", "interrupted", "failed", "completed", "early_stopping", "nan"] as const) {
    await withRun((run) => {
      writeEvents(run, [endOf(ID, { reason })]);
      assert.equal(can(run), ["stopped", "interrupted", "failed"].includes(reason), reason);
      Deno.removeSync(run.checkpoints, { recursive: true });
      assert.equal(can(run), ["stopped", "interrupted"].includes(reason), `${reason} without a checkpoint`);
    });
  }
  await withRun(async (run) => {
    writeEvents(run, [{ type: "phase", name: "train", total: 30 }]);
    assert.equal(can(run), true, "lost");
    const lock = await takeOwnership(run, "/nowhere");
    assert.equal(can(run), false, "live");
    lock?.release();
    Deno.removeSync(run.config);
    assert.equal(can(run), false, "broken");
  });
});

Deno.test("a run can be extended if it reached its end by itself, and nobody trains it", async () => {
  const can = (run: RunDirectory) => readOverview(run).extendable;
  for (const reason of ["stopped", "interrupted", "failed", "completed", "early_stopping", "nan"] as const) {
    await withRun((run) => {
      writeEvents(run, [endOf(ID, { reason })]);
      assert.equal(can(run), ["completed", "early_stopping"].includes(reason), reason);
    });
  }
  await withRun(async (run) => {
    writeEvents(run, [endOf(ID, { reason: "completed" })]);
    const lock = await takeOwnership(run, "/nowhere");
    assert.equal(can(run), false, "live");
    lock?.release();
  });
});

Deno.test("the overview of a failed run says why it failed", () =>
  withRun((run) => {
    writeEvents(run, [endOf(ID, { reason: "failed", error: "no space left", epochs: 0, best: null, last: null })]);
    const { status, reason, problem, best } = readOverview(run);
    assert.deepEqual([status, reason, problem, best], ["ended", "failed", "no space left", null]);
  }));

Deno.test("a run with a trainer is live, in the latest phase of its log", () =>
  withRun(async (run) => {
    const lock = await takeOwnership(run, "/nowhere");
    try {
      const extracting: EventBody = { type: "phase", name: "extract", total: 10 };
      const log: EventBody = { type: "log", level: "info", text: "hello" };
      for (const [bodies, phase] of [[[], "starting"], [[extracting, log], "extract"], [[log], "starting"]] as const) {
        writeEvents(run, bodies);
        assert.deepEqual([readOverview(run).status, readOverview(run).phase], ["live", phase]);
      }
    } finally {
      lock?.release();
    }
  }));

Deno.test("a paused run is listed as paused, even after hours in which only system events were logged", () =>
  withRun(async (run) => {
    const lock = await takeOwnership(run, "/nowhere");
    try {
      const training: EventBody = { type: "phase", name: "train", total: 30 };
      const control = (state: "paused" | "resumed"): EventBody => ({ type: "control", state });
      const log: EventBody = { type: "log", level: "info", text: "x".repeat(200) };
      const hours = Array<EventBody>(2000).fill(log);
      const look = () => [readOverview(run).status, readOverview(run).phase, readOverview(run).paused];
      writeEvents(run, [training, control("paused"), ...hours]);
      assert.deepEqual(look(), ["live", "train", true]);
      // The checkpoint of the pause is logged after it, and further ones may be requested during the pause.
      const saved: EventBody = { type: "checkpoint", path: "/c", epoch: 1, step: 0, kind: "last", bytes: 1 };
      writeEvents(run, [training, control("paused"), saved, log]);
      assert.deepEqual(look(), ["live", "train", true]);
      writeEvents(run, [training, control("paused"), ...hours, saved, ...hours]);
      assert.deepEqual(look(), ["live", "train", true]);
      writeEvents(run, [training, control("paused"), saved, control("resumed"), saved, log]);
      assert.deepEqual(look(), ["live", "train", false]);
      writeEvents(run, [training, control("paused"), ...hours, control("resumed"), log]);
      assert.deepEqual(look(), ["live", "train", false]);
    } finally {
      lock?.release();
    }
  }));

Deno.test("a run whose trainer was just started is live, and half a minute later without a trainer it is lost", () =>
  withRun((run) => {
    Deno.removeSync(run.lock);
    writeEvents(run, []);
    assert.deepEqual([readOverview(run).status, readOverview(run).phase], ["live", "starting"]);
    assert.equal(readOverview(run, Date.now() + 31_000).status, "lost");
  }));

Deno.test("a run whose viewer was killed before it started a trainer is lost, not broken", async () => {
  await withTemporaryFolder((runs) => {
    const { path, config } = makeRun(join(runs, "made"));
    const run = runDirectory(join(runs, ID));
    Deno.mkdirSync(run.path);
    writeRunConfig(run.config, { ...readRunConfig(config), resolved: null, repeat: null });
    Deno.removeSync(path, { recursive: true });
    assert.deepEqual([readOverview(run).status, readOverview(run).phase], ["live", "starting"]);
    const later = readOverview(run, Date.now() + 31_000);
    assert.deepEqual([later.status, later.epochs, later.data], ["lost", 0, null]);
    assert.match(later.problem ?? "", /exited without finishing the run/);
  });
});

Deno.test("a run without an end and a trainer is lost, and its results so far are shown", () =>
  withRun((run) => {
    const log = Deno.readTextFileSync(run.events);
    // Cut in the middle of `end`, as by a kill.
    Deno.writeTextFileSync(run.events, log.slice(0, -20));
    const glance = readOverview(run);
    assert.deepEqual([glance.status, glance.reason, glance.epochs], ["lost", null, 3]);
    assert.deepEqual([glance.best?.epoch, glance.last?.epoch], [2, 3]);
    assert.match(glance.problem ?? "", /exited without finishing the run/);
  }));

Deno.test("a run that was lost while it waited for room says so, with the disk", async () => {
  await withTemporaryFolder((runs) => {
    const disk = { problem: "full", path: "/cache/features", needed_bytes: 65_536, free_bytes: 0 } as const;
    const run = makeRun(join(runs, ID), { then: [{ type: "control", state: "paused", disk }] });
    const { status, problem } = readOverview(run);
    assert.deepEqual([status, problem], [
      "lost",
      "the trainer exited without finishing the run, while it waited for room on the disk of /cache/features",
    ]);
  });
});

Deno.test({
  name:
    "a run whose disk is full is paused while it lives, although its log cannot say so, and else lost with a full disk" +
    (CAN_MOUNT ? "" : needs(MOUNTS)),
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using disk = await SmallDisk.open(2);
    const run = makeRun(join(disk.path, ID), { then: [] });
    disk.fill();
    assert.match(readOverview(run).problem ?? "", /finishing the run, and the disk of its folder is full$/);
    const live = overview({
      ...{ id: ID, directory: run.path, config: readRunConfig(run.config), said: SILENT_RUN, saved: true, bytes: 1 },
      ...{ history: parseHistory(""), custody: "owned", diskIsFull: true },
    });
    assert.deepEqual([live.status, live.paused], ["live", true]);
  },
});

const BREAKS: readonly [what: string, damage: (run: RunDirectory) => void, says: RegExp][] = [
  ["without config.json", (run) => Deno.removeSync(run.config), /^config\.json does not exist$/],
  ["with half a config.json", (run) => Deno.truncateSync(run.config, 40), /^config\.json is not valid JSON/],
  [
    "with another program's config.json",
    (run) => Deno.writeTextFileSync(run.config, "{}"),
    /^config\.json lacks "created"$/,
  ],
  ["with a folder in place of config.json", (run) => {
    Deno.removeSync(run.config);
    Deno.mkdirSync(run.config);
  }, /^config\.json is a folder, not a file$/],
  ["without events.jsonl", (run) => Deno.removeSync(run.events), /^events\.jsonl does not exist$/],
  ["with noise for a log", (run) => Deno.writeFileSync(run.events, new Uint8Array(99_999).fill(200)), /no event/],
  ["with a folder in place of its log", (run) => {
    Deno.removeSync(run.events);
    Deno.mkdirSync(run.events);
  }, /^events\.jsonl is a folder, not a file$/],
  ["without any file", (run) => {
    Deno.removeSync(run.path, { recursive: true });
    Deno.mkdirSync(run.path);
  }, /^config\.json does not exist; events\.jsonl does not exist$/],
];

for (const [what, damage, says] of BREAKS) {
  Deno.test(`a run ${what} is listed as broken with the reason`, () =>
    withRun((run, runs) => {
      damage(run);
      const [found] = listRuns(runs);
      assert.ok(found, "hidden");
      const glance = readOverview(found);
      assert.equal(glance.status, "broken");
      assert.match(glance.problem ?? "", says);
      assert.equal(glance.created, "2026-11-23T20:55:01.000Z", "the id tells, where config.json does not");
    }));
}

Deno.test("whatever can still be read of a broken run is shown: its end reason, its figures and its curve", () =>
  withRun((run) => {
    Deno.removeSync(run.config);
    const { reason, best, val_accuracy } = readOverview(run);
    assert.deepEqual([reason, best?.epoch, val_accuracy.length], ["completed", 2, 3]);
  }));

Deno.test("the newest run comes first, whatever its folder is called, and runs of unknown time come last", async () => {
  await withTemporaryFolder((runs) => {
    makeRun(join(runs, "b"), { created: "2026-11-01T00:00:00.000Z" });
    makeRun(join(runs, "20261102-000000-x"), { created: "2026-11-02T00:00:00.000Z" });
    for (const suffix of ["-2", "-10", ""]) {
      makeRun(join(runs, `20261103-000000-x${suffix}`), { created: "2026-11-03T00:00:00.000Z" });
    }
    makeRun(join(runs, "a"), { created: "2026-11-04T00:00:00.000Z" });
    Deno.removeSync(makeRun(join(runs, "zzz")).config);
    assert.deepEqual(newestFirst(listRuns(runs).map((run) => readOverview(run))).map(({ id }) => id), [
      "a",
      "20261103-000000-x-10",
      "20261103-000000-x-2",
      "20261103-000000-x",
      "20261102-000000-x",
      "b",
      "zzz",
    ]);
  });
});

Deno.test("a log of 100 MB is not read from its beginning", () =>
  withRun(async (run) => {
    const log = Deno.readTextFileSync(run.events);
    const block = new TextEncoder().encode(
      log.split("\n").slice(1, -2).map((line) => line + "\n").join("").repeat(1000),
    );
    using file = Deno.openSync(run.events, { append: true });
    for (let bytes = 0; bytes < 100e6; bytes += block.length) file.writeSync(block);
    file.writeSync(new TextEncoder().encode(log.split("\n").at(-2) + "\n"));
    const ms = await leastMs(500, () => {
      const before = performance.now();
      assert.equal(readOverview(run).reason, "completed");
      return performance.now() - before;
    });
    // Parsing all of it would take many seconds.
    assert.ok(ms < 500, `${ms} ms`);
  }));

Deno.test("history.csv is read back; a truncated last line and figures that are not numbers become gaps", () => {
  const head = "epoch,loss,accuracy,val_loss,val_accuracy\n";
  assert.deepEqual(plain(parseHistory(`${head}0,1,0.5,2,0.25\n1,NaN,0.5,Infinity,0.75\n2,1,0.5,2,0.`)), {
    loss: [1, null],
    accuracy: [0.5, 0.5],
    val_loss: [2, null],
    val_accuracy: [0.25, 0.75],
  });
  assert.deepEqual(plain(parseHistory("").loss), []);
  assert.deepEqual(plain(parseHistory("something\nelse\n").loss), []);
});

Deno.test("a run's size does not include what its links point to", () =>
  withRun((run, runs) => {
    const before = folderSize(run.path);
    Deno.mkdirSync(join(runs, "other"));
    Deno.writeTextFileSync(join(runs, "other", "large"), "x".repeat(1000));
    Deno.symlinkSync(join(runs, "other"), join(run.path, "folder"));
    Deno.symlinkSync(join(runs, "other", "large"), join(run.path, "file"));
    Deno.symlinkSync("loop", join(run.path, "loop"));
    assert.equal(folderSize(run.path), before);
  }));

Deno.test("the history of a run that monitors a class metric includes it and determines the best epoch by it", async () => {
  await withTemporaryFolder((runs) => {
    const run = makeRun(join(runs, ID), { options: { monitor: "val_macro_f1" }, then: [] });
    Deno.writeTextFileSync(
      run.history,
      "epoch,loss,accuracy,val_loss,val_accuracy,val_macro_f1\n0,1,0.5,1,0.9,0.3\n1,1,0.5,1,0.8,0.4\n2,1,0.5,1,0.8,",
    );
    const { best, last, val_accuracy } = readOverview(run);
    assert.deepEqual(val_accuracy, [0.9, 0.8]);
    assert.deepEqual([best?.epoch, best?.val_macro_f1, last?.epoch], [2, 0.4, 2]);
  });
});

Deno.test("the overview of a run of an older version lacks the class sizes", () =>
  withRun((run) => {
    const config = JSON.parse(Deno.readTextFileSync(run.config));
    delete config.resolved.per_class;
    Deno.writeTextFileSync(run.config, JSON.stringify(config));
    const { classes, status } = readOverview(run);
    assert.deepEqual([classes, status], [null, "ended"]);
  }));
