import assert from "node:assert/strict";
import { UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { LINES_AN_ENTRY, logRows } from "../../../src/dashboard/panes/log_rows.ts";
import { fullNoticeKeys, noticeRows } from "../../../src/dashboard/panes/notices.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { shownEntries } from "../../../src/dashboard/view/log_view.ts";
import { changed, lessonAfter, pressed, replay, stream } from "../replay.ts";

const LONG = `1 image beside the class folders is left out (IMG_0500.jpg). ${"Move it. ".repeat(30)}The end.`;

const at80x24 = (state = lessonAfter(3)) => changed(state, { view: { columns: 80, rows: 24 } });

Deno.test("a truncated notice says which keys show it in full", () => {
  const [row = ""] = noticeRows([LONG], 80, 1, UNICODE, "7 z");
  assert.match(row, /^▲ 1 image beside .*… {2}7 z: full text$/);
  assert.ok(stringWidth(row) <= 80);
  assert.deepEqual(noticeRows(["short"], 80, 1, UNICODE, "7 z"), ["▲ short"]);
  assert.doesNotMatch(noticeRows([LONG], 49, 1, UNICODE, "7 z").join(), /7 z/);
});

Deno.test("if notices share lines, the first has its own line, and a short one leaves its space to the other", () => {
  const rows = noticeRows([LONG, LONG, LONG, "short"], 200, 3, UNICODE);
  assert.deepEqual(rows.map((row) => row.split("▲").length - 1), [1, 1, 2]);
  assert.ok(rows[2]?.endsWith("  ▲ short"));
  assert.equal(stringWidth(rows[2] ?? ""), 200);
});

Deno.test("the keys named by a truncated notice zoom the log", () => {
  const state = at80x24();
  const keys = fullNoticeKeys(state);
  assert.ok(keys !== null);
  const zoomed = pressed(state, ...keys.split(" "));
  assert.equal(zoomed.view.zoom, "log");
  assert.equal(fullNoticeKeys(zoomed), null, "it is read there");
});

Deno.test("notices are warnings in the log, where the filter for warnings keeps them and the zoom shows them in full", () => {
  const events = stream("lesson").map((event) => event.type === "run" ? { ...event, notices: [LONG] } : event);
  const from = replay([{ type: "connected", id: "x", directory: "/x", live: true }]);
  const { run, view } = pressed(at80x24(replay(events.slice(0, 60), from)), "f");
  const entries = shownEntries(view.logView, run.log);
  assert.ok(entries.some(({ text, level }) => text === LONG.trim() && level === "warn"));
  const shown = (most: number) =>
    logRows(entries, 80, 20, most, (text) => text, UNICODE).map(({ text }) => text).join(" ");
  assert.ok(shown(20).includes(LONG.trim()));
  assert.ok(!shown(LINES_AN_ENTRY).includes("The end."));
});

Deno.test("a notice that is already in the log is not added to it again", () => {
  const events = stream("lesson").map((event) =>
    event.type === "run" ? { ...event, notices: ["once", "once"] } : event
  );
  const twice = replay([...events, ...events].slice(0, events.length + 60));
  assert.equal(twice.run.log.filter(({ text }) => text === "once").length, 2);
});
