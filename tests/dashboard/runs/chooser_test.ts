import assert from "node:assert/strict";
import { join } from "node:path";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { newestFirst, type Overview } from "../../../src/run/overview/overview.ts";
import { readOverview } from "../../../src/run/overview/read_overview.ts";
import { makeRun } from "../../run/made_run.ts";
import { withTemporaryFolder } from "../../support.ts";
import { chooserKey, chooserLines, type ChooserState, withRuns } from "../../../src/dashboard/runs/chooser.ts";

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
  return { ...withRuns({ runs: [], selected: "", columns: 80, rows: 24 }, runs), ...more };
}

function pressed(state: ChooserState, ...keys: readonly string[]): ChooserState {
  return keys.reduce((before, key) => {
    const next = chooserKey(before, key);
    assert.ok(!("type" in next), key);
    return next;
  }, state);
}

Deno.test("the cursor begins at the newest run, moves with arrows and vim keys, and stays in the list", async () => {
  await withTemporaryFolder((folder) => {
    const state = chooser(overviews(folder, 4));
    assert.equal(state.selected, idOf(4));
    assert.equal(pressed(state, "down", "j").selected, idOf(2));
    assert.equal(pressed(state, "down", "k", "up").selected, idOf(4));
    assert.equal(pressed(state, "page-down").selected, idOf(1));
    assert.equal(pressed(state, "x").selected, idOf(4));
  });
});

Deno.test("enter chooses the run under the cursor; q, esc and ctrl-c choose none", async () => {
  await withTemporaryFolder((folder) => {
    const state = pressed(chooser(overviews(folder, 3)), "down");
    assert.deepEqual(chooserKey(state, "enter"), { type: "chosen", id: idOf(2) });
    for (const key of ["q", "escape", "ctrl-c"]) assert.deepEqual(chooserKey(state, key), { type: "left" });
  });
});

Deno.test("a run that comes meanwhile moves the cursor's line, not the choice; one that goes hands it to the newest", async () => {
  await withTemporaryFolder((folder) => {
    const runs = overviews(folder, 3);
    const state = pressed(chooser(runs.slice(1)), "down");
    assert.equal(withRuns(state, runs).selected, idOf(1));
    assert.equal(withRuns(state, runs.slice(0, 2)).selected, idOf(3));
  });
});

Deno.test("at every size the list stays inside, and the run under the cursor is on it", async () => {
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
          new RegExp(`^▸ ${idOf(28 - steps).slice(0, 8)}`),
        );
      }
    }
  });
});

Deno.test("there is a sparkline of each run", async () => {
  await withTemporaryFolder((folder) => {
    const lines = chooserLines(chooser(overviews(folder, 2)), Date.UTC(2026, 11, 1), UNICODE, (text) => text);
    assert.equal(lines.filter(({ text }) => /▂▅▄/.test(text)).length, 2, JSON.stringify(lines));
  });
});
