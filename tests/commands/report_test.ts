import assert from "node:assert/strict";
import { cpSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RunEvent } from "../../src/events.ts";
import { layOutOldRun, OLD_VERSIONS } from "../old_runs.ts";
import { headlight } from "../process.ts";
import { recorded } from "../results/plotted.ts";
import { withImageRun } from "../results/image_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { makeRun } from "./made_run.ts";

const SMALL = 2_000_000;

/** Returns the text of a page without its tags and its style sheet. */
function textOf(path: string): string {
  const html = Deno.readTextFileSync(path);
  assert.ok(html.length < SMALL, `${html.length}`);
  return html.replace(/<style>[^]*?<\/style>/, "").replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ")
    .replaceAll("&#x27;", "'").replaceAll("&gt;", ">");
}

Deno.test("report: a page in the run's folder, then one of two runs compared; also without checkpoints or images", async () => {
  await withImageRun(["--seed", "1"], async ({ directory, data, env }) => {
    const runs = dirname(directory);
    const report = (...names: string[]) => headlight(["report", ...names, "--runs", runs], { env });
    const page = join(directory, "report.html");

    const first = await report();
    assert.deepEqual([first.status, first.stderr], [0, ""]);
    assert.match(first.stdout, /^\/.*\/report\.html \(\d+(\.\d)? kB\)\n$/);
    const text = textOf(page);
    assert.match(text, /Finished after 3 epochs\./);
    assert.match(text, /The weights are those of checkpoint best, after epoch \d\./);
    assert.match(text, /Accuracy 0\.\d{4} \(\d+ of 18\), 95 % interval 0\.\d{3} to/);
    assert.match(text, /The data set has a folder of its own for validation\. All images could be decoded\./);
    assert.match(text, /very blue 14 6 /);
    assert.match(text, /deno task train --data /);
    const shown = () => Deno.readTextFileSync(page).match(/<img src="data:image\/jpeg;base64,/g)?.length ?? 0;
    assert.ok(shown() > 0);

    const copy = join(runs, "second");
    cpSync(directory, copy, { recursive: true, verbatimSymlinks: true });
    const both = await report(basename(directory), "second");
    assert.deepEqual([both.status, both.stderr], [0, ""]);
    const compared = textOf(join(directory, "comparison.html"));
    assert.match(compared, /Comparison of 2 runs/);
    assert.match(compared, /predict the same of their 18 images correctly\./);
    assert.equal(textOf(page), text, "the page about one run stays");

    Deno.removeSync(join(copy, "checkpoints"), { recursive: true });
    assert.equal((await report("second")).status, 0);
    const unsaved = textOf(join(copy, "report.html"));
    assert.match(unsaved, /The images were not classified again\. .*checkpoint/);
    const [, best = ""] = /in epoch (\d), the best one/.exec(unsaved) ?? [];
    assert.match(
      unsaved,
      new RegExp(`recorded in epoch ${best}, the best one|recorded no predictions of its best epoch, ${best}`),
    );

    renameSync(data, `${data}-moved`);
    const gone = await report(basename(directory), "--out", join(runs, "new folder", "gone.html"));
    assert.deepEqual([gone.status, gone.stderr], [0, ""]);
    assert.match(textOf(join(runs, "new folder", "gone.html")), /The images were not classified again\. The data of /);
  });
});

Deno.test("report: runs of every older version have a page, whatever is gone", async () => {
  for (const version of OLD_VERSIONS) {
    await withTemporaryFolder(async (runs) => {
      const { directory } = await layOutOldRun(version, runs);
      Deno.removeSync(join(directory, "checkpoints"), { recursive: true });
      const { status, stderr } = await headlight(["report", "--runs", runs]);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.match(textOf(join(directory, "report.html")), /Stopped early after 5 epochs\./);
    });
  }
});

Deno.test("report: a run that was lost, one before its first epoch and one without a log say what is missing", async () => {
  await withTemporaryFolder(async (runs) => {
    const events = recorded("lesson");
    const lost = makeRun(runs, "lost", events.filter(({ type }) => type !== "end"));
    const early = makeRun(runs, "early", events.slice(0, 2));
    const silent = makeRun(runs, "silent", []);
    for (const run of [lost, early, silent]) {
      const { status, stderr } = await headlight(["report", basename(run), "--runs", runs]);
      assert.deepEqual([status, stderr], [0, ""], run);
    }
    assert.match(textOf(join(lost, "report.html")), /Lost after .*the trainer exited without finishing the run/);
    for (const run of [early, silent]) {
      assert.match(textOf(join(run, "report.html")), /No epoch was finished, so there are no curves\./);
    }
  });
});

Deno.test("bad input: report refuses a file that is no page, a run that is not there and a folder that cannot be written", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = makeRun(runs, "one", recorded("lesson"));
    const failed = async (...args: string[]) => {
      const { status, stdout, stderr } = await headlight(["report", ...args, "--runs", runs]);
      assert.deepEqual([status, stdout], [2, ""]);
      return stderr;
    };
    assert.match(
      await failed("one", "--out", "x.pdf"),
      /--out x\.pdf: unsupported format\. Use a file name ending in \.html\./,
    );
    assert.match(await failed("two"), /two is neither a run/);
    const file = join(run, "config.json", "x.html");
    assert.match(
      await failed("one", "--out", file),
      /--out \S+x\.html: \S+config\.json is not a folder\. Name another/,
    );
    // Without --out too, this is said before the images are classified.
    Deno.mkdirSync(join(run, "report.html"));
    assert.equal(await failed("one"), `headlight: ${join(run, "report.html")} is a folder. Name a file with --out.\n`);
  });
});

Deno.test("report: without its images, a run's page has the figures of its best epoch below that epoch's heading", async () => {
  await withTemporaryFolder(async (runs) => {
    const base = { time: "2026-11-23T20:59:01.000Z", v: 2, type: "confusion" } as const;
    const events = recorded("lesson");
    const end = events.findIndex(({ type }) => type === "end");
    const matrices = [21, 26].map((epoch, place): RunEvent => {
      const cells: [number, number, number][] = [[0, 0, epoch === 21 ? 191 : 190], [0, 1, epoch === 21 ? 102 : 103]];
      return { ...base, seq: 100_000 + place, epoch, cells };
    });
    const last = events.slice(end).map((event, place) => ({ ...event, seq: 100_002 + place }));
    const run = makeRun(runs, "gone", [...events.slice(0, end), ...matrices, ...last]);
    const { status, stderr } = await headlight(["report", "gone", "--runs", runs]);
    assert.deepEqual([status, stderr], [0, ""]);
    const text = textOf(join(run, "report.html"));
    assert.match(text, /0\.652 in epoch 21, the best one/);
    assert.match(text, /These figures are those that the run recorded in epoch 21, the best one\./);
    assert.match(text, /Accuracy 0\.6519 \(191 of 293\)/);
  });
});

Deno.test("report: a run whose loss is not a number says so, and where its curves end", async () => {
  await withTemporaryFolder(async (runs) => {
    const run = makeRun(runs, "nan", recorded("nan"));
    const { status, stderr } = await headlight(["report", "nan", "--runs", runs]);
    assert.deepEqual([status, stderr], [0, ""]);
    const text = textOf(join(run, "report.html"));
    assert.match(text, /Ended after \d+ epochs?: the loss is not a number\./);
    assert.match(text, /It ended after \d+ epochs?, because the loss was not a number\./);
  });
});
