import assert from "node:assert/strict";
import { drawRuns } from "../../../components/show_runs.ts";
import { ASCII, toAscii, UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import type { Overview } from "../../../src/run/overview/overview.ts";
import { figures } from "../../run/made_run.ts";
import { fromCaller } from "../../../src/paths.ts";
import { runsNotes } from "../../../src/dashboard/runs/runs_notes.ts";
import { runsTable, type RunsView } from "../../../src/dashboard/runs/runs_table.ts";

const NOW = Date.parse("2026-11-24T20:55:01Z");

function overview(change: Partial<Overview> = {}): Overview {
  return {
    id: "20261123-205501-densenet121-dollarstreet",
    directory: "/runs/x",
    name: null,
    created: "2026-11-23T20:55:01.000Z",
    data: "dollarstreet",
    base: "densenet121",
    engine: "tensorflow",
    classes: null,
    status: "ended",
    phase: null,
    paused: false,
    reason: "early_stopping",
    resumable: false,
    extendable: false,
    problem: null,
    epochs: 26,
    epochs_asked: 30,
    best: figures(21, 0.6519),
    last: figures(26, 0.6485),
    val_accuracy: Array.from({ length: 26 }, (_, index) => 0.25 + index / 60),
    bytes: 12_300_000,
    ...change,
  };
}

const LESSON = overview();
const ALL = [
  overview({
    id: "20261124-101112-squeezenet11-my-images",
    status: "live",
    phase: "extract",
    reason: null,
    epochs: 0,
  }),
  LESSON,
  overview({ id: "20261122-205501-x", status: "lost", reason: null, problem: "no end and no trainer" }),
  overview({ id: "20261121-205501-x", status: "broken", data: null, base: null, epochs_asked: null, problem: "gone" }),
];

const view = (width: number, change: Partial<RunsView> = {}): RunsView => ({
  ...{ width, now: NOW, glyphs: UNICODE, text: (value: string) => value },
  ...change,
});

const draw = (runs: readonly Overview[], width: number, change: Partial<RunsView> = {}): Promise<string[]> =>
  drawRuns(runsTable(runs, view(width, change)), false);

Deno.test("a run is one line with id, time, data, base, epochs, best, curve, state and size", async () => {
  assert.deepEqual(await draw([LESSON], Infinity), [
    "run                                       begun   data          base         epochs   best  val_accuracy  state             size",
    "20261123-205501-densenet121-dollarstreet  1d ago  dollarstreet  densenet121   26/30  0.652  ▃▃▃▃▄▄▄▅▅▅▅▆  stopped early  12.3 MB",
  ]);
});

Deno.test("the state of a run is its phase while it is live, and how it ended in the words of the dashboard", () => {
  const states = runsTable(ALL, view(Infinity)).rows.map(({ state }) => state);
  assert.deepEqual(states, ["live, computing features", "stopped early", "lost", "broken"]);
  const ended = (reason: Overview["reason"]) => runsTable([overview({ reason })], view(Infinity)).rows[0]?.state;
  assert.deepEqual([ended("stopped"), ended("nan"), ended(null)], ["stopped on request", "loss is NaN", "?"]);
});

Deno.test("columns disappear in a fixed order as the screen gets narrower, and the lesson's run is complete at 80", () => {
  const keys = (width: number) => runsTable([LESSON], view(width)).columns.map(({ key }) => key).join(" ");
  assert.equal(keys(132), "run begun data base epochs best val_accuracy state size");
  assert.equal(keys(102), "run begun data base epochs best val_accuracy state size");
  assert.equal(keys(80), "run begun data base epochs best state");
  assert.equal(keys(60), "run base epochs best state");
  assert.equal(keys(40), "run best state");
  const [row] = runsTable([LESSON], view(80)).rows;
  assert.deepEqual([row?.run, row?.begun, row?.data], ["20261123-205501", "1d", "dollarstreet"]);
});

Deno.test("no line is wider than the screen, whatever it contains, and columns are aligned with their headings", async () => {
  const odd = [
    ...ALL,
    overview({ id: "20261120-205501-図図図図図図図図図図図図図図図図図図図図図図図図図", data: "図".repeat(40) }),
    overview({ id: "20261119-205501-x", data: "👩‍👩‍👧👩‍👩‍👧 cats", name: "e\u0301\u0301 family 👩‍👩‍👧 한국어" }),
    overview({ id: "y".repeat(300), name: "n".repeat(200), epochs: 1_000_000, epochs_asked: 1_000_000 }),
  ];
  for (let width = 30; width < 260; width += 7) {
    const lines = await draw(odd, width);
    assert.equal(lines.length, odd.length + 1);
    assert.deepEqual(lines.filter((line) => stringWidth(line) > width), [], `${width}`);
    const column = stringWidth((lines[0] ?? "").split("state")[0] ?? "");
    const states = lines.slice(1).map((line) => {
      let at = 0;
      while (stringWidth(line.slice(0, at)) < column) at++;
      return line.slice(at, at + 4);
    });
    assert.deepEqual(states, ["live", "stop", "lost", "brok", "stop", "stop", "stop"], `${width}`);
    const notes = runsNotes(odd, "/runs", width);
    assert.deepEqual(notes.filter((line) => stringWidth(line) > width), []);
  }
});

Deno.test("in a narrow table a run has as much of its id as commands need to find it", () => {
  const ids = ["20261123-205501-a-x", "20261123-205501-b-x", "20261123-205502-a"];
  const { rows } = runsTable(ids.map((id) => overview({ id })), view(80));
  assert.deepEqual(rows.map(({ run }) => run), ["20261123-205501-a", "20261123-205501-b", "20261123-205502"]);
});

Deno.test("names and bases that begin alike differ in a narrow table, and a run keeps its name where names have no column", () => {
  const runs = ["1", "2", "3"].map((seed) =>
    overview({
      id: `20261123-20550${seed}-x`,
      name: `grocer-squeeze-seed${seed}`,
      base: "densenet121",
      resumable: true,
    })
  );
  const { columns, rows } = runsTable([...runs, overview({ base: "densenet169" })], view(78));
  assert.deepEqual(columns.filter(({ key }) => key === "name" || key === "base").length, 2);
  assert.equal(new Set(rows.map(({ name }) => name)).size, 4, rows.map(({ name }) => name).join());
  assert.equal(new Set(rows.map(({ base }) => base)).size, 2, rows.map(({ base }) => base).join());
  const narrow = runsTable(runs, view(38));
  assert.ok(narrow.columns.every(({ key }) => key !== "name"));
  for (const [index, { run }] of narrow.rows.entries()) assert.match(run, new RegExp(`^groc.*seed${index + 1}$`));
  const alike = runsTable(runs.map((run) => ({ ...run, name: "same" })), view(38));
  assert.equal(new Set(alike.rows.map(({ run }) => run)).size, 3, "a name of several runs does not stand for one");
});

Deno.test("control sequences are removed from texts that come from files", async () => {
  const evil = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202eabc\n";
  const run = overview({
    id: `20261123-205501-${evil}`,
    name: evil,
    data: evil,
    base: evil,
    status: "broken",
    problem: evil,
  });
  const lines = [...await draw([run], 300), ...runsNotes([run], `/runs${evil}`, 80)];
  // deno-lint-ignore no-control-regex
  for (const line of lines) assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u202e]/);
});

Deno.test("without Unicode the table is ASCII", async () => {
  const lines = await draw(ALL, 80, { glyphs: ASCII, text: toAscii });
  for (const line of lines) assert.match(line, /^[\x20-\x7e]*$/);
});

Deno.test("a NaN epoch leaves a gap in the curve, and a run without epochs has none", () => {
  const curve = (values: (number | null)[]) =>
    runsTable([overview({ val_accuracy: values })], view(Infinity)).rows[0]?.val_accuracy;
  assert.equal(curve([null, 0, null, 1]), " ▁ █");
  assert.equal(curve([]), "");
  const [row] = runsTable([overview({ epochs: 0, best: null })], view(Infinity)).rows;
  assert.equal(row?.best, "");
});

Deno.test("below the table broken runs are listed with their defect; a folder without runs is reported in one line", () => {
  assert.deepEqual(runsNotes(ALL, "/runs", 100), [
    "20261122-205501-x is lost: no end and no trainer",
    "20261121-205501-x is broken: gone",
    "4 runs, 49.2 MB, in /runs",
  ]);
  assert.deepEqual(runsNotes([], "/runs", 100), [
    "There are no runs in /runs. Start one with deno task train, or name another folder with --runs.",
  ]);
});

Deno.test("below the table a failed run has one line, cut to the width, and the command that gives the whole reason", () => {
  const failed = (index: number, problem = `${"a/b.jpg ".repeat(40)}(cut)`) =>
    overview({ id: `20261122-2055${String(99 - index)}-densenet121-mine`, reason: "failed", problem });
  const whole = "whole reasons: deno task summary RUN --runs /runs";
  for (const width of [80, 40]) {
    const [line = "", hint, ...rest] = runsNotes([LESSON, failed(0)], "/runs", width);
    assert.match(line, /^20261122-205599\S* failed: a\/b\.jpg .*…$/);
    assert.ok(stringWidth(line) <= width);
    const below = [hint, ...rest].join(" ").replaceAll(/ +/g, " ");
    assert.ok(below.startsWith(`${whole} 2 runs, `), below);
  }
  const twenty = Array.from({ length: 20 }, (_, index) => failed(index));
  const notes = runsNotes(twenty, "/runs", 80);
  assert.deepEqual(notes.filter((line) => line.includes(" failed: ")).map((line) => line.slice(0, 15)), [
    ...["20261122-205599", "20261122-205598", "20261122-205597"],
  ]);
  assert.deepEqual(notes.slice(3, 5), ["17 older runs have failed, or are lost or broken.", whole]);
  assert.equal(notes.length, 6);
  const short = runsNotes([LESSON, failed(0, "no room")], "/runs", 80);
  assert.deepEqual(short.slice(0, -1), ["20261122-205599-densenet121-mine failed: no room"]);
});

Deno.test("runs that can be resumed have a mark at every width, and a note says what it means, for runs in any folder", async () => {
  const list = [LESSON, overview({ id: "20261122-205501-x", status: "lost", reason: null, resumable: true })];
  for (const width of [Infinity, 200, 80, 60, 40]) {
    const [heading = "", lesson = "", lost = ""] = await draw(list, width);
    const place = heading.search(/ r( |$)/) + 1;
    assert.ok(place > 0, `no column at ${width}`);
    assert.deepEqual([lesson[place] ?? " ", lost[place]], [" ", "r"], `at ${width}`);
  }
  assert.match(
    runsNotes(list, "/runs", 80).join("\n"),
    /^r: can be resumed, with deno task train --resume RUN --runs \/runs$/m,
  );
  const here = fromCaller("runs");
  assert.match(runsNotes(list, here, 200).join("\n"), /^r: can be resumed, with deno task train --resume RUN$/m);
  assert.doesNotMatch(runsNotes([LESSON], "/runs", 80).join("\n"), /resume/);
  assert.doesNotMatch((await draw([LESSON], 200))[0] ?? "", / r( |$)/);
});

Deno.test("if a run has finished, a note says how it trains on", async () => {
  const list = [overview({ extendable: true })];
  assert.match(
    runsNotes(list, "/runs", 100).join("\n"),
    /^finished runs can train longer, with deno task train --resume RUN --epochs N --runs \/runs$/m,
  );
  assert.doesNotMatch((await draw(list, 200))[0] ?? "", / r( |$)/, "their state already says that they have finished");
});

Deno.test("the list of runs has a column with the engine where runs differ in it", async () => {
  const other = overview({ id: "20261122-205501-x", engine: "openvino" });
  const [heading = "", first = "", second = ""] = await draw([LESSON, other], 200);
  const place = heading.indexOf(" engine ") + 1;
  assert.ok(place > 0, heading);
  assert.ok(first.slice(place).startsWith("tensorflow") && second.slice(place).startsWith("openvino"));
  const unprepared = overview({ id: "20261121-205501-x", engine: null });
  assert.doesNotMatch((await draw([LESSON, unprepared], 200))[0] ?? "", /engine/);
});
