import assert from "node:assert/strict";
import { stringWidth } from "../../src/dashboard/text/width.ts";
import { painter } from "../../src/results/terminal_paint.ts";
import { type PlottedRun, plottedRun } from "../../src/results/plotted_run.ts";
import { runStateOf } from "../../src/run_state/run_state.ts";
import { terminalPlot } from "../../src/results/terminal_plot.ts";
import { LESSON, madeUp, recorded } from "./plotted.ts";

const OTHER: PlottedRun = { ...LESSON, label: "other", bestEpoch: 3, stop: { epoch: 9, why: "stopped on request" } };

function lines(runs: readonly PlottedRun[], columns = 80, ascii = false): string[] {
  return terminalPlot(runs, { columns, ascii, paint: painter(1) });
}

for (const columns of [80, 200]) {
  Deno.test(`in a terminal of ${columns} columns both charts are side by side and fit`, () => {
    const found = lines([LESSON], columns);
    assert.ok(found.every((line) => stringWidth(line) <= columns));
    assert.match(
      found[0] ?? "",
      /^accuracy {2}┄ train 0\.908 {2}━ val 0\.648 +loss {2}┄ train 0\.3\d\d {2}━ val 1\.2\d\d$/,
    );
    assert.match(found.at(-3) ?? "", /^ +epoch +epoch$/);
  });
}

Deno.test("in the terminal the best epoch and the stop are in both charts and in words", () => {
  const found = lines([LESSON]);
  const charts = found.slice(1, -3).join("\n");
  assert.equal(charts.match(/◆/g)?.length, 2);
  assert.ok((charts.match(/┊/g)?.length ?? 0) > 10);
  assert.deepEqual(found.slice(-2), ["lesson", "◆ best val_accuracy at epoch 21: 0.652   ┊ stopped early, epoch 26"]);
});

Deno.test("the stop's line is at its epoch, behind the curves", () => {
  const [top = ""] = lines([{ ...LESSON, epochs: LESSON.epochs.slice(0, 9), stop: OTHER.stop }, LESSON]).slice(1);
  const [first, last] = [top.indexOf("┊"), top.lastIndexOf("┊")];
  const left = top.indexOf("┤") + 1;
  assert.equal(first - left, Math.round(((last - left) * (9 - 1)) / (26 - 1)));
});

Deno.test("in the terminal the curves of several runs share a chart, each with a letter", () => {
  const found = lines([LESSON, OTHER]);
  assert.ok(found.every((line) => stringWidth(line) <= 80));
  const text = found.join("\n");
  assert.equal(text.match(/^accuracy {2}┄ train {2}━ val$/gm)?.length, 1);
  assert.equal(text.match(/^loss {2}┄ train {2}━ val$/gm)?.length, 1);
  const charts = found.slice(0, -4).join("\n");
  for (const letter of ["A", "B"]) assert.ok((charts.match(new RegExp(letter, "g"))?.length ?? 0) >= 4, charts);
  assert.deepEqual(found.filter((line) => /^[A-Z] /.test(line)), ["A lesson", "B other"]);
  assert.ok(text.includes("  ◆ best val_accuracy at epoch 3: 0.522   ┊ stopped on request, epoch 9"));
});

Deno.test("without UTF-8 the plot is ASCII, including names", () => {
  for (const runs of [[{ ...LESSON, label: "tränen → 涙" }], [LESSON, { ...OTHER, label: "é" }]]) {
    const text = lines(runs, 80, true).join("\n");
    // deno-lint-ignore no-control-regex -- characters outside ASCII are intended here.
    assert.doesNotMatch(text, /[^\x00-\x7f]/);
    assert.match(text, /X best val_accuracy at epoch 21/);
  }
});

for (const columns of [20, 40, 75, 76, 119, 120]) {
  Deno.test(`nothing is wider than ${columns} columns, with one run or three, whatever their figures`, () => {
    const nan = plottedRun(
      "a name that is longer than most terminals are wide ".repeat(3),
      runStateOf(recorded("nan")),
    );
    for (const runs of [[LESSON], [nan], [LESSON, OTHER, nan], [madeUp([0.5])], [madeUp([null, null])]]) {
      assert.ok(lines(runs, columns).every((line) => stringWidth(line) <= columns));
    }
  });
}

Deno.test("one epoch and five hundred are drawn in the terminal, with axes that begin at 0", () => {
  for (const run of [madeUp([0.5]), madeUp(Array.from({ length: 500 }, (_, index) => index / 500))]) {
    const text = lines([run]).join("\n");
    assert.match(text, /[\u2801-\u28ff]/);
    assert.match(text, /^ *0(\.0)? ┤/m);
  }
});

Deno.test("without colours there is no escape sequence; with colours each run has its own, in the terminal's depth", () => {
  const [plain, basic, full] = [1, 4, 24].map((depth) =>
    terminalPlot([LESSON, OTHER], { columns: 80, ascii: false, paint: painter(depth) }).join("\n")
  );
  assert.ok(plain && basic && full);
  assert.ok(!plain.includes("\x1b"));
  for (const piece of ["\x1b[94mA\x1b[39m", "\x1b[33mB\x1b[39m"]) assert.ok(basic.includes(piece));
  assert.ok(!basic.includes("\x1b[38"));
  assert.ok(full.includes("\x1b[38;2;51;127;232mA\x1b[39m"));
  // deno-lint-ignore no-control-regex -- escape sequences are intended here.
  for (const painted of [basic, full]) assert.equal(painted.replaceAll(/\x1b\[[\d;]*m/g, ""), plain);
});

Deno.test("in the terminal the majority baseline is a captioned line in the accuracy chart, in ASCII without UTF-8", () => {
  const run: PlottedRun = { ...LESSON, majority: { name: "t\u00fcr", accuracy: 0.1 } };
  const found = lines([run]);
  assert.ok(found.every((line) => stringWidth(line) <= 80));
  assert.equal(found.join("\n").match(/always predicting t\u00fcr: 0\.10/g)?.length, 1);
  assert.match(found.find((line) => line.includes("always")) ?? "", /\u2502\u254c+always predicting/);
  assert.match(lines([run], 80, true).join("\n"), /=always predicting t\?r: 0\.10/);
});
