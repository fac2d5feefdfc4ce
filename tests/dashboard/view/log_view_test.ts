import assert from "node:assert/strict";
import { INITIAL_LOG_VIEW, shownEntries } from "../../../src/dashboard/view/log_view.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { event, pressed, replay } from "../replay.ts";

const said = (text: string, level: "info" | "warn" | "error" = "info") => event({ type: "log", level, text });

const shown = ({ run, view }: DashboardState) => shownEntries(view.logView, run.log).map(({ text }) => text).join(" ");

const LOG = replay([said("1"), said("2", "warn"), said("3"), said("4", "error"), said("5")]);

const SCROLLS: readonly [readonly string[], string][] = [
  [[], "1 2 3 4 5"],
  [["k"], "1 2 3 4"],
  [["up", "k"], "1 2 3"],
  [["k", "j"], "1 2 3 4 5"],
  [["j"], "1 2 3 4 5"],
  [["page-up"], "1"],
  [["page-up", "down"], "1 2"],
  [["f"], "2 4"],
  [["f", "f"], "4"],
  [["f", "f", "f"], "1 2 3 4 5"],
  [["k", "f"], "2 4"],
];

for (const [keys, expected] of SCROLLS) {
  Deno.test(`${keys.join(" ") || "nothing"} in a log of five shows ${expected}`, () => {
    assert.equal(shown(pressed(LOG, ...keys)), expected);
  });
}

Deno.test("a person who has scrolled up keeps the same entries in view while new ones arrive", () => {
  const reading = pressed(LOG, "k");
  const after = replay([said("6"), said("7")], reading);
  assert.equal(shown(after), "1 2 3 4");
  assert.equal(after.view.logView.below, 3);
});

Deno.test("at the end of the log the newest entry comes into view, and filtered entries move nothing", () => {
  assert.equal(shown(replay([said("6")], LOG)), "1 2 3 4 5 6");
  const filtered = pressed(LOG, "f", "k");
  assert.equal(shown(replay([said("6")], filtered)), "2");
});

Deno.test("an empty log has nothing to scroll", () => {
  assert.deepEqual(pressed(replay([]), "k", "page-up").view.logView, INITIAL_LOG_VIEW);
});
