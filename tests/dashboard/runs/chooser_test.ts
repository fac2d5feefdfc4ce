import assert from "node:assert/strict";
import { join } from "node:path";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { newestFirst, type Overview } from "../../../src/run/overview/overview.ts";
import { readOverview } from "../../../src/run/overview/read_overview.ts";
import { makeRun } from "../../run/made_run.ts";
import { withTemporaryFolder } from "../../support.ts";
import {
  chooserKey,
  chooserLines,
  type ChooserState,
  initialChooser,
  withRuns,
} from "../../../src/dashboard/runs/chooser.ts";

function overviews(folder: string, count: number): Overview[] {
  const days = Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, "0"));
  return newestFirst(days.map((day) =>
    readOverview(makeRun(join(folder, `202611${day}-000000-squeezenet11-demo`), {
      created: `2026-11-${day}T00:00:00.000Z`,
      valAccuracy: [0.2, 0.5, 0.4],
    }))
  ));
}

const idOf = (day: number) => `202611${String(day).padStart(2, "0")}-000000-squeezenet11-demo`;

function chooser(runs: readonly Overview[], more: Partial<ChooserState> = {}): ChooserState {
  return { ...initialChooser(runs, { columns: 80, rows: 24 }), ...more };
}

function pressed(state: ChooserState, ...keys: readonly string[]): ChooserState {
  return keys.reduce((before, key) => {
    const next = chooserKey(before, key);
    assert.ok(!("type" in next), key);
    return next;
  }, state);
}

Deno.test("the cursor starts at the newest run, moves with arrows and vim keys, and stays within the list", async () => {
  await withTemporaryFolder((folder) => {
    const state = chooser(overviews(folder, 4));
    assert.equal(state.selected, idOf(4));
    assert.equal(pressed(state, "down", "j").selected, idOf(2));
    assert.equal(pressed(state, "down", "k", "up").selected, idOf(4));
    assert.equal(pressed(state, "page-down").selected, idOf(1));
    assert.equal(pressed(state, "x").selected, idOf(4));
  });
});

Deno.test("enter chooses the run under the cursor, and q, esc and ctrl-c choose none", async () => {
  await withTemporaryFolder((folder) => {
    const state = pressed(chooser(overviews(folder, 3)), "down");
    assert.deepEqual(chooserKey(state, "enter"), { type: "chosen", id: idOf(2) });
    for (const key of ["q", "escape", "ctrl-c"]) assert.deepEqual(chooserKey(state, key), { type: "left" });
  });
});

Deno.test("a new run moves the cursor's line but not the choice, and if the chosen run disappears the newest is chosen", async () => {
  await withTemporaryFolder((folder) => {
    const runs = overviews(folder, 3);
    const state = pressed(chooser(runs.slice(1)), "down");
    assert.equal(withRuns(state, runs).selected, idOf(1));
    assert.equal(withRuns(state, runs.slice(0, 2)).selected, idOf(3));
  });
});

Deno.test("at every size the list fits the screen, and the run under the cursor is visible", async () => {
  await withTemporaryFolder((folder) => {
    const runs = overviews(folder, 28);
    for (const [columns, rows] of [[200, 50], [80, 24], [60, 20], [40, 12], [30, 5], [20, 4]] as const) {
      for (const steps of [0, 14, 27]) {
        const state = pressed(chooser(runs, { columns, rows }), ...Array<string>(steps).fill("down"));
        const lines = chooserLines(state, Date.UTC(2026, 11, 1), UNICODE, (text) => text);
        const where = `${columns}×${rows}, ${steps}`;
        assert.ok(lines.length <= rows, where);
        for (const { text } of lines) assert.ok(stringWidth(text) <= columns, `${where}: ${text}`);
        assert.match(
          lines.find(({ kind }) => kind === "selected")?.text ?? "",
          new RegExp(`^» ${idOf(28 - steps).slice(0, 8)}`),
        );
      }
    }
  });
});

Deno.test("each run has a sparkline", async () => {
  await withTemporaryFolder((folder) => {
    const lines = chooserLines(chooser(overviews(folder, 2)), Date.UTC(2026, 11, 1), UNICODE, (text) => text);
    assert.equal(lines.filter(({ text }) => /▂▅▄/.test(text)).length, 2, JSON.stringify(lines));
  });
});

Deno.test("typing filters the list by words in any order and case, in names, data, base and state", async () => {
  await withTemporaryFolder((folder) => {
    const [first, second, third] = overviews(folder, 3);
    assert.ok(first && second && third);
    const state = chooser([{ ...first, name: "Big Head" }, { ...second, base: "mobilenet_v2" }, third]);
    const type = (text: string, from = state) => pressed(from, "/", ...text);
    const lines = (of: ChooserState) => chooserLines(of, Date.UTC(2026, 11, 1), UNICODE, (text) => text);
    const shown = (of: ChooserState) => lines(of).filter(({ kind }) => kind === "run" || kind === "selected").length;
    assert.equal(shown(type("")), 3);
    assert.deepEqual([shown(type("head big")), type("head big").selected], [1, first.id]);
    assert.deepEqual([shown(type("MOBILE")), type("MOBILE").selected], [1, second.id]);
    assert.equal(shown(type("finished")), 3);
    assert.match(lines(type("mobile"))[0]?.text ?? "", /^Which run\? {2}1 of 1 \(of 3\) {2}filter: mobile_$/);
    // While typing, keys such as q and s are just letters.
    assert.equal(type("qjks").filter, "qjks");
    assert.equal(shown(type("qjks")), 0);
    assert.match(lines(type("qjks"))[0]?.text ?? "", /^Which run\? {2}none of 3 {2}filter: qjks_$/);
    assert.deepEqual(chooserKey(type("qjks"), "enter"), type("qjks"), "there is nothing to choose");
    assert.equal(pressed(type("mobilx"), "backspace").filter, "mobil");
    assert.equal(shown(pressed(type("mobile"), "escape")), 3);
    assert.equal(pressed(type("mobile"), "escape").selected, second.id);
    assert.deepEqual(chooserKey(type("mobile"), "enter"), { type: "chosen", id: second.id });
  });
});

Deno.test("s sorts by the best figure, the name, the size, and by time again, and the cursor stays on its run", async () => {
  await withTemporaryFolder((folder) => {
    const runs = overviews(folder, 3);
    const [newest, middle, oldest] = runs;
    assert.ok(newest && middle && oldest);
    const best = (of: Overview, value: number | null) => ({
      ...of,
      best: of.best && { ...of.best, val_accuracy: value },
    });
    const state = chooser([
      { ...best(newest, null), bytes: 5, name: null },
      { ...best(middle, 0.4), bytes: 9, name: "run 10" },
      { ...best(oldest, 0.9), bytes: 7, name: "run 9" },
    ]);
    const order = (of: ChooserState) => {
      const first = pressed(of, "page-up");
      return [first, pressed(first, "down"), pressed(first, "down", "down")].map(({ selected }) => selected);
    };
    const [a, b, c] = [newest.id, middle.id, oldest.id];
    assert.deepEqual(order(state), [a, b, c]);
    assert.deepEqual(order(pressed(state, "s")), [c, b, a]);
    assert.deepEqual(order(pressed(state, "s", "s")), [c, b, a]);
    assert.deepEqual(order(pressed(state, "s", "s", "s")), [b, c, a]);
    assert.deepEqual(order(pressed(state, "s", "s", "s", "s")), [a, b, c]);
    assert.equal(pressed(state, "down", "s").selected, b);
  });
});

Deno.test("at 80 columns the name and the base of a run are shown", async () => {
  await withTemporaryFolder((folder) => {
    const [run] = overviews(folder, 1);
    assert.ok(run);
    const state = chooser([{ ...run, name: "baseline", base: "squeezenet11" }]);
    const line = chooserLines(state, Date.UTC(2026, 11, 1), UNICODE, (text) => text)[2]?.text ?? "";
    assert.match(line, /20261101-000000 .*baseline .*squeezenet11 .*finished/);
  });
});

Deno.test("r resumes the run under the cursor if it can be resumed, and only then the last line offers it", async () => {
  await withTemporaryFolder((folder) => {
    const runs = overviews(folder, 3).map((run) => ({ ...run, extendable: false, resumable: run.id === idOf(2) }));
    const keys = (state: ChooserState) => chooserLines(state, 0, UNICODE, (text) => text).at(-1)?.text;
    const finished = chooser(runs);
    assert.equal(keys(finished), "enter watch  up down choose  / filter  s sort by best  q leave");
    assert.deepEqual(chooserKey(finished, "r"), finished);
    const stopped = pressed(finished, "down");
    assert.equal(keys(stopped), "enter watch  r resume  up down choose  / filter  s sort by best  q leave");
    assert.deepEqual(chooserKey(stopped, "r"), { type: "resumed", id: idOf(2) });
    assert.equal(keys({ ...stopped, columns: 40 }), "enter watch  r resume  / filter  q leave");
    assert.equal(keys({ ...finished, columns: 30 }), "enter watch  / filter  q leave");
    const readOnly = { ...stopped, readOnly: true };
    assert.deepEqual(chooserKey(readOnly, "r"), readOnly);
    assert.doesNotMatch(keys(readOnly) ?? "", /resume/);
    assert.equal(pressed(stopped, "/", "r").filter, "r", "in the filter it is a letter");
  });
});

Deno.test("r on a run that has finished asks how far it trains on, and the last line says so", async () => {
  await withTemporaryFolder((folder) => {
    const state = chooser(overviews(folder, 2));
    const keys = (of: ChooserState) => chooserLines(of, 0, UNICODE, (text) => text).at(-1)?.text ?? "";
    assert.equal(keys(state), "enter watch  r more epochs  up down choose  / filter  s sort by best  q leave");
    assert.match(keys({ ...state, columns: 40 }), /^enter watch {2}r more epochs/);
    assert.deepEqual(chooserKey(state, "r"), { type: "extended", id: idOf(2) });
    const readOnly = { ...state, readOnly: true };
    assert.deepEqual(chooserKey(readOnly, "r"), readOnly);
    assert.doesNotMatch(keys(readOnly), /more epochs/);
  });
});
