/** Recorded runs watched as a person would: a run folder with their log. */
import assert from "node:assert/strict";
import { hostname } from "node:os";
import { join } from "node:path";
import { long, RUNS, toLines } from "../fixtures/runs/make.ts";
import { headlightArgs } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";

/** The texts on their last screens. For a run without an end they include since when its trainer is gone. */
const SHOWN: Readonly<Record<string, readonly RegExp[]>> = {
  lesson: [/stopped early · epoch 26/, /without val_accuracy > 0\.6519/],
  extracting: [/trainer lost, last seen \d\d:\d\d:\d\d/, /Images per second/, /demo data/],
  nan: [/epoch 4/, /nan/],
  overfit: [/trainer lost, last seen \d\d:\d\d:\d\d/, /val 2\.10/],
  long: [/trainer lost, last seen \d\d:\d\d:\d\d/, /epoch 500/],
};

for (const [name, make] of Object.entries({ ...RUNS, long })) {
  Deno.test(`the recorded run ${name} can be watched up to its last screen`, async () => {
    await withTemporaryFolder(async (folder) => {
      const run = makeRun(join(folder, `20261123-000000-${name}`));
      Deno.writeTextFileSync(run.events, toLines(make()));
      const args = headlightArgs(["watch", "latest", "--runs", folder]);
      const terminal = new PseudoTerminal(Deno.execPath(), args, { columns: 80, rows: 24 });
      try {
        for (const expected of SHOWN[name] ?? [/there is no such screen/]) await terminal.shows(expected);
        await terminal.shows("? help");
        assert.equal(terminal.hasWrappedLine(), false, terminal.screen().join("\n"));
        terminal.write("q");
        await terminal.exited;
        await terminal.until(() => !terminal.isAlternate, "the normal screen");
      } finally {
        await terminal.end();
      }
    });
  });
}

Deno.test("watch never names a next run of a series whose process is gone, not even on its first frames", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "20261123-000000-lesson"));
    const gone = new Deno.Command("true").spawn();
    await gone.status;
    const config = JSON.parse(Deno.readTextFileSync(run.config));
    const series = { place: 1, of: 2, next: "vgg16", pid: gone.pid, host: hostname() };
    Deno.writeTextFileSync(run.config, JSON.stringify({ ...config, series }));
    for (const columns of [80, 200]) {
      const args = headlightArgs(["watch", "latest", "--runs", folder]);
      const terminal = new PseudoTerminal(Deno.execPath(), args, { columns, rows: 24 });
      try {
        await terminal.shows(/finished .* run 1 of 2 *\n/);
        terminal.write("q");
        await terminal.exited;
        assert.doesNotMatch(terminal.output, /next: /);
      } finally {
        await terminal.end();
      }
    }
  });
});
