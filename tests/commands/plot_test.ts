import assert from "node:assert/strict";
import { join } from "node:path";
import { stringWidth } from "../../src/dashboard/text/width.ts";
import { historyJsonSchema } from "../../src/results/history_json.ts";
import { headlight } from "../process.ts";
import { makeRun } from "./made_run.ts";
import { recorded, textsOf } from "../results/plotted.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("plot writes history.png into the run's folder and prints its path", async () => {
  await withTemporaryFolder(async (runs) => {
    const path = makeRun(runs, "20261123-lesson", recorded("lesson"));
    for (const wanted of [["20261123"], ["latest"], [path], []]) {
      const { status, stdout, stderr } = await headlight(["plot", ...wanted, "--runs", runs]);
      assert.deepEqual([status, stdout, stderr], [0, `${join(path, "history.png")}\n`, ""]);
      assert.deepEqual([...Deno.readFileSync(join(path, "history.png")).subarray(1, 4)], [
        ...new TextEncoder().encode("PNG"),
      ]);
      Deno.removeSync(join(path, "history.png"));
    }
  });
});

Deno.test("plot draws several runs into the named file, and a run named twice only once", async () => {
  await withTemporaryFolder(async (runs) => {
    const [one, two] = ["one", "two"].map((id) => makeRun(runs, id, recorded("lesson")));
    assert.ok(one && two);
    const out = join(runs, "new folder", "both.svg");
    const { status, stdout, stderr } = await headlight(["plot", "one", two, one, "--runs", runs, "--out", out]);
    assert.deepEqual([status, stdout, stderr], [0, `${out}\n`, ""]);
    const texts = textsOf(Deno.readTextFileSync(out));
    assert.ok(texts.includes("2 runs"));
    assert.deepEqual(texts.flatMap((text) => /^(one|two) /.exec(text)?.[1] ?? []), ["one", "two"]);
  });
});

Deno.test("plot --term without a terminal is 80 columns wide and has no escape sequence, and without UTF-8 it is ASCII", async () => {
  await withTemporaryFolder(async (runs) => {
    makeRun(runs, "one", recorded("lesson"));
    for (const [locale, best] of [["C.UTF-8", "◆"], ["C", "X"]]) {
      const env = { LC_ALL: locale ?? "" };
      const { status, stdout } = await headlight(["plot", "one", "--runs", runs, "--term"], { env });
      assert.equal(status, 0);
      // deno-lint-ignore no-control-regex -- escape sequences are intended here.
      assert.doesNotMatch(stdout, /\x1b/);
      assert.ok(stdout.split("\n").every((line) => stringWidth(line) <= 80));
      assert.ok(stdout.includes(`${best} best val_accuracy at epoch 21: 0.652`));
    }
    assert.deepEqual([...Deno.readDirSync(join(runs, "one"))].filter(({ name }) => name.startsWith("history")), []);
  });
});

const REFUSED: readonly [string[], string][] = [
  [["none"], "Run none has no finished epoch to plot. Name another run, or wait for its first epoch."],
  [["lesson", "none"], "Run none has no finished epoch to plot. Name another run, or wait for its first epoch."],
  [["lesson", "--out", "a.pdf"], "--out a.pdf: unsupported format. Use a file name ending in .png or .svg."],
  [["lesson", "--out", "a.png", "--term"], "--term and --out cannot be combined. Remove one of them."],
];

for (const [args, message] of REFUSED) {
  Deno.test(`bad input: plot ${args.join(" ")} is reported in one line, exit status 2`, async () => {
    await withTemporaryFolder(async (runs) => {
      makeRun(runs, "none", recorded("extracting"));
      makeRun(runs, "lesson", recorded("lesson"));
      const { status, stdout, stderr } = await headlight(["plot", ...args, "--runs", runs]);
      assert.deepEqual([status, stdout, stderr], [2, "", `headlight: ${message}\n`]);
    });
  });
}

Deno.test("plot --json prints the history of each run as one line, as Keras's History has it", async () => {
  await withTemporaryFolder(async (runs) => {
    makeRun(runs, "one", recorded("lesson"));
    makeRun(runs, "two", recorded("nan"));
    makeRun(runs, "three", recorded("lesson").slice(0, 3));
    const { status, stdout, stderr } = await headlight(["plot", "one", "two", "three", "--json", "--runs", runs]);
    assert.deepEqual([status, stderr], [0, ""]);
    const lines = stdout.trim().split("\n").map((line) => historyJsonSchema.parse(JSON.parse(line)));
    assert.deepEqual(lines.map(({ run }) => run), ["one", "two", "three"]);
    const [one, two, three] = lines;
    assert.ok(one && two && three);
    const epochs = recorded("lesson").flatMap((event) => event.type === "epoch" ? [event] : []);
    assert.deepEqual(one.history.epoch, epochs.map(({ epoch }) => epoch));
    assert.deepEqual(one.history.val_accuracy, epochs.map((event) => event.val_accuracy));
    assert.deepEqual(one.history.learning_rate, epochs.map((event) => event.learning_rate));
    assert.equal(one.best_epoch, 21);
    const lengths = new Set(Object.values(one.history).map(({ length }) => length));
    assert.deepEqual([...lengths], [epochs.length]);
    assert.deepEqual([three.best_epoch, three.history.epoch, three.history.loss], [null, [], []]);
    assert.deepEqual([...Deno.readDirSync(join(runs, "one"))].filter(({ name }) => name.startsWith("history")), []);
  });
});

Deno.test("plot --json cannot be combined with another way to show the plot", async () => {
  for (const [flags, text] of [[["--term"], "--term and --json"], [["--out", "x.svg"], "--json and --out"]] as const) {
    const { status, stderr } = await headlight(["plot", "--json", ...flags]);
    assert.deepEqual([status, stderr], [2, `headlight: ${text} cannot be combined. Remove one of them.\n`]);
  }
});
