import parseKeypress from "../../../node_modules/ink/build/parse-keypress.js";
import assert from "node:assert/strict";
import { KEYS } from "../../../src/dashboard/keys/key_table.ts";
import { footerKeys, helpKeys, intentOf, keyNames, keyTableMarkdown } from "../../../src/dashboard/keys/keys.ts";
import { PANES } from "../../../components/panes.ts";
import { helpBox, helpRows, helpWidth, helpWindow } from "../../../src/dashboard/keys/help_text.ts";
import { footerText } from "../../../src/dashboard/keys/footer_text.ts";
import { placements } from "../../../src/dashboard/layout/placements.ts";
import { panesOf } from "../../../src/dashboard/keys/pane_numbers.ts";
import { numberKey } from "../../../src/dashboard/view/pane_facts.ts";
import { outcomeOf } from "../../../src/dashboard/keys/outcome.ts";
import { quitQuestion } from "../../../src/dashboard/keys/quit_question.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { changed, lessonAfter, pressed, replay, START, stream } from "../replay.ts";

const owner = lessonAfter(10);
const watch: DashboardState = changed(owner, { view: { role: "watch" } });
const finished: DashboardState = changed(replay(stream("lesson")), { view: { role: "watch" } });

Deno.test("no key has two meanings in one mode", () => {
  for (const mode of ["main", "quit", "help"] as const) {
    const keys = KEYS.filter((key) => key.mode === mode).flatMap((key) => key.keys);
    assert.deepEqual(keys, [...new Set(keys)]);
  }
});

const INTENTS: readonly [string, string, DashboardState, string | null][] = [
  ["the owner", "s", owner, "stop"],
  ["the owner", "c", owner, "checkpoint"],
  ["the owner", "p", owner, "pause"],
  ["the owner of a paused run", "p", changed(owner, { run: { control: "paused" } }), "resume"],
  ["the owner", "d", owner, "leave"],
  ["the owner", "q", owner, "asks"],
  ["the owner", "ctrl-c", owner, "interrupt"],
  ["the owner", "ctrl-l", owner, "redraw"],
  ["the owner, when asked whether to quit", "ctrl-l", changed(owner, { view: { quitAsked: true } }), "redraw"],
  ["the owner in the help", "ctrl-l", changed(owner, { view: { help: true } }), "redraw"],
  ["the owner", "x", owner, null],
  ["the owner, when asked whether to quit", "d", changed(owner, { view: { quitAsked: true } }), "leave"],
  ["the owner, when asked whether to quit", "s", changed(owner, { view: { quitAsked: true } }), "stop"],
  ["the owner, when asked whether to quit", "escape", changed(owner, { view: { quitAsked: true } }), "does not ask"],
  ["the owner, when asked whether to quit", "c", changed(owner, { view: { quitAsked: true } }), null],
  ["the owner, when asked whether to quit", "ctrl-c", changed(owner, { view: { quitAsked: true } }), "interrupt"],
  ["the owner in the help", "escape", changed(owner, { view: { help: true } }), "closes the help"],
  ["the owner in the help", "s", changed(owner, { view: { help: true } }), null],
  ["a watcher", "s", watch, "stop"],
  ["a watcher", "d", watch, null],
  ["a watcher", "q", watch, "leave"],
  ["a read-only watcher", "s", changed(watch, { view: { readOnly: true } }), null],
  ["a read-only watcher", "c", changed(watch, { view: { readOnly: true } }), null],
  ["a read-only watcher", "p", changed(watch, { view: { readOnly: true } }), null],
  ["a read-only watcher", "q", changed(watch, { view: { readOnly: true } }), "leave"],
  ["a watcher of a finished run", "s", finished, null],
  ["a watcher of a finished run", "q", finished, "leave"],
];

function meaning(state: DashboardState, key: string): string | null {
  const intent = intentOf(state, key);
  if (intent?.type === "send") return intent.command;
  if (intent?.type !== "view") return intent?.type ?? null;
  const { action } = intent;
  if (action.type === "ask_quit") return action.asked ? "asks" : "does not ask";
  return action.type === "help" && !action.open ? "closes the help" : action.type;
}

for (const [who, key, state, expected] of INTENTS) {
  Deno.test(`${key} pressed by ${who} means ${expected ?? "nothing"}`, () => {
    assert.equal(meaning(state, key), expected);
  });
}

Deno.test("footer, help and README name only keys of the table", () => {
  const shown = new Set(KEYS.map((key) => key.shown));
  for (const state of [owner, watch, finished]) {
    for (const key of [...footerKeys(state, 200), ...helpKeys(state)]) assert.ok(shown.has(key.shown));
  }
  for (const { shown: key, description, mode } of KEYS) {
    if (mode === "main") assert.ok(keyTableMarkdown().includes(`| \`${key}\` | ${description} |`));
  }
});

Deno.test("c is neither bound nor offered before the run trains, because there is nothing to save, and no key says that it saves", () => {
  const events = stream("lesson");
  const extracting = replay(stream("extracting"));
  const goesOn = changed(owner, { view: { goOn: { stage: "starting", after: 99 } } });
  for (const state of [START, replay(events.slice(0, 5)), extracting, goesOn]) {
    const live = changed(state, { view: { live: true, role: "owner", panes: PANES } });
    assert.equal(intentOf(live, "c"), null);
    assert.ok(!footerKeys(live, 200).some(({ shown }) => shown === "c"));
    assert.doesNotMatch(
      helpKeys(live).map(({ shown, description }) => `${shown} ${description}`).join("\n"),
      /^c |^s .*save/m,
    );
    const { keys } = quitQuestion(changed(live, { view: { quitAsked: true } }), 80);
    assert.equal(keys.find(({ shown }) => shown === "s")?.label, "stop");
  }
  assert.equal(meaning(owner, "c"), "checkpoint");
  assert.ok(footerKeys(owner, 200).some(({ shown }) => shown === "c"));
});

Deno.test("after the end the footer offers matrix and mistakes that have no room, also in watch", () => {
  const keys = (state: DashboardState) =>
    footerText(changed(state, { view: { columns: 80, rows: 24, panes: PANES } }), 80, (text) => text, "…").keys
      .map(({ shown, label }) => `${shown} ${label}`);
  assert.deepEqual(keys(finished).slice(-2), ["8 matrix", "0 mistakes"]);
  assert.ok(!keys(watch).includes("8 matrix"));
});

Deno.test("z is called zoom, and back while a pane is zoomed", () => {
  const label = (state: DashboardState) => footerKeys(state, 200).find(({ shown }) => shown === "z")?.label;
  assert.equal(label(owner), "zoom");
  assert.equal(label(pressed(owner, "2", "z")), "back");
});

Deno.test("on a wide screen the help is no wider than a line that is easy to read, and only offers to scroll if it must", () => {
  const footer = (columns: number, rows: number) => {
    const state = changed(owner, { view: { help: true, columns, rows } });
    const { keys } = footerText(state, columns, (text) => text, "…");
    return { keys: keys.map(({ label }) => label.replace(" to use the keys", "")), width: helpBox(state).width };
  };
  assert.deepEqual(footer(200, 50).keys, ["close"]);
  assert.deepEqual(footer(80, 24).keys, ["close", "scroll"]);
  for (const columns of [120, 200, 300]) assert.ok(footer(columns, 50).width <= 90, `${columns}`);
});

Deno.test("while the help covers the keys, the footer says that it must be closed to use them", () => {
  const footer = (columns: number) => {
    const state = changed(owner, { view: { help: true, columns, rows: 24 } });
    return footerText(state, columns, (text) => text, "…").keys.map(({ shown, label }) => `${shown} ${label}`).join(
      "  ",
    );
  };
  for (const columns of [40, 80, 200]) assert.match(footer(columns), /^\? close to use the keys/);
  assert.match(footer(24), /^\? close(?! to)/);
});

Deno.test("the footer drops the least important keys first and never overflows", () => {
  for (let width = 6; width < 90; width++) {
    const keys = footerKeys(owner, width);
    const text = keys.map(({ shown, label }) => `${shown} ${label}`).join("  ");
    assert.ok(text.length <= width, `${text} at ${width}`);
    if (width >= 22) assert.deepEqual(["s", "q", "?"].filter((key) => !keys.some(({ shown }) => shown === key)), []);
  }
  assert.equal(footerKeys(owner, 90).length, 7);
});

const QUESTIONS: readonly [number, string][] = [
  [80, "Quit?  d detach, training goes on  s stop and save  esc back"],
  [40, "Quit?  d detach  s stop  esc back"],
  [30, "Quit? d detach s stop esc back"],
  [24, "d detach s stop esc back"],
  [20, "d detach s stop esc"],
  [13, "Quit? d s esc"],
];

for (const [width, expected] of QUESTIONS) {
  Deno.test(`at ${width} columns the question of q shows every answer: ${expected}`, () => {
    const { ask, gap, keys } = quitQuestion(changed(owner, { view: { quitAsked: true } }), width);
    const texts = keys.map(({ shown, label }) => (label === "" ? shown : `${shown} ${label}`));
    assert.equal(ask + texts.join(" ".repeat(gap)), expected);
  });
}

Deno.test("while a run is paused, no key says that training goes on when the person leaves", () => {
  const paused = changed(owner, { run: { control: "paused" } });
  const asked = changed(owner, { view: { pauseAsked: true } });
  for (const state of [paused, asked]) {
    const { ask, keys } = quitQuestion(changed(state, { view: { quitAsked: true } }), 80);
    const question = ask + keys.map(({ shown, label }) => `${shown} ${label}`).join("  ");
    assert.equal(question, "Quit?  d detach, it stays paused  s stop and save  esc back");
    const said = helpKeys(state).flatMap(({ description, brief }) => [description, brief]).join("\n");
    assert.doesNotMatch(said, /goes on/);
    assert.match(said, /Leave the dashboard; the run stays paused/);
    assert.match(said, /leave, run paused/);
  }
});

Deno.test("the help has every key with its whole description, and with a brief one on a narrow screen", () => {
  for (const state of [owner, watch]) {
    const whole = helpRows(state, 68).map(({ text }) => text).join(" ");
    for (const { description } of helpKeys(state)) assert.ok(whole.includes(description), `${description} in ${whole}`);
    const narrow = helpRows(state, 28);
    for (const { shown, brief } of helpKeys(state)) {
      assert.ok(brief.length <= 18, `${shown}: ${brief}`);
      assert.ok(narrow.some((row) => row.shown === shown && row.text === brief), brief);
    }
  }
});

Deno.test("the help lists the number of every pane, including those that do not fit on the screen", () => {
  const text = (columns: number, rows: number) =>
    helpRows(changed(owner, { view: { columns, rows } }), 300).map(({ text }) => text).join("\n");
  assert.ok(
    text(80, 24).includes(
      "\n1 accuracy, 2 loss, 3 progress, 4 early stopping, 5 parameters, 6 checkpoints, 7 log\n" +
        "these open zoomed: 8 confusion matrix, 9 system, 0 most confident mistakes\n",
    ),
    text(80, 24),
  );
  assert.match(text(200, 50), /\n1 accuracy, .*, 7 log, 8 confusion matrix, 9 system, 0 most confident mistakes\n/);
  assert.match(text(40, 12), /these open zoomed: 1 accuracy, 2 loss, 5 parameters/);
});

Deno.test("the help scrolls exactly to its last row and back and says how much is above and below", () => {
  const state = changed(owner, { view: { help: true, rows: 16 } });
  const all = helpRows(state, helpWidth(state));
  const first = helpWindow(state);
  assert.deepEqual(first.rows, all.slice(0, first.rows.length));
  assert.equal(first.more, `${all.length - first.rows.length} more below`);
  assert.equal(
    helpWindow(pressed(state, "j", "j", "k")).more,
    `1 more above, ${all.length - first.rows.length - 1} more below`,
  );
  const end = pressed(state, "page-down", "page-down", "page-down", "down");
  assert.deepEqual(helpWindow(end).rows.at(-1), all.at(-1));
  assert.equal(helpWindow(end).more, `${all.length - first.rows.length} more above`);
  assert.deepEqual(helpWindow(pressed(end, "up")).rows.at(-1), all.at(-2), "the end is not overrun");
  assert.deepEqual(helpWindow(pressed(end, "home")).rows, first.rows);
  assert.deepEqual(helpWindow(pressed(state, "end")).rows, helpWindow(end).rows);
  assert.equal(helpWindow(changed(state, { view: { rows: 60 } })).more, null);
});

Deno.test("a pane has the same number in every phase and at every size, and no two on a screen share one", () => {
  const numbers = new Map<number, Set<string>>();
  for (const { name, numbered } of PANES) {
    if (numbered) numbers.set(numbered.number, (numbers.get(numbered.number) ?? new Set()).add(name));
  }
  assert.deepEqual([...numbers.keys()].toSorted((one, other) => one - other), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const events = stream("lesson");
  for (const state of [START, replay(stream("extracting")), replay(events.slice(0, 5)), owner, finished]) {
    for (const [columns, rows] of [[200, 50], [80, 24], [60, 20], [40, 12]] as const) {
      const sized = changed(state, { view: { columns, rows, live: true, panes: PANES } });
      const { placed, hidden } = panesOf(sized);
      for (const [number, names] of numbers) {
        const there = [...placed, ...hidden].filter((name) => names.has(name));
        assert.ok(there.length <= 1, `${there} at ${columns}×${rows}`);
        const [name] = there;
        if (name !== undefined) assert.equal(pressed(sized, numberKey(number)).view.focus, name);
      }
    }
  }
});

Deno.test("a request is reported as sent, or as waiting if there is no trainer yet", () => {
  const starting = changed(owner, { view: { live: null } });
  for (const command of ["stop", "checkpoint", "pause", "resume"] as const) {
    const said = (state: DashboardState) => {
      const { actions, effects } = outcomeOf(state, { type: "send", command });
      assert.deepEqual(effects, [{ type: "send", command: { type: command } }]);
      return actions.flatMap((action) => (action.type === "message" ? [action.text] : []));
    };
    assert.deepEqual(said(owner), [`${command} requested`]);
    assert.deepEqual(said(starting), [`${command} requested; waiting for the trainer`]);
  }
});

Deno.test("a pause that has not taken effect yet is cancelled by the same key", () => {
  const press = (state: DashboardState) => {
    const intent = intentOf(state, "p");
    assert.ok(intent);
    const { actions, effects } = outcomeOf(state, intent);
    return { effect: effects[0], after: replay(actions, state) };
  };
  const first = press(owner);
  assert.deepEqual(first.effect, { type: "send", command: { type: "pause" } });
  const second = press(first.after);
  assert.deepEqual(second.effect, { type: "send", command: { type: "resume" } });
  assert.deepEqual(press(second.after).effect, { type: "send", command: { type: "pause" } });
});

Deno.test("tab and shift-tab cycle through the panes, and digits focus them directly", () => {
  assert.equal(pressed(owner, "tab").view.focus, "accuracy");
  assert.equal(pressed(owner, "shift-tab").view.focus, "log");
  assert.equal(pressed(owner, "shift-tab", "tab").view.focus, "accuracy");
  assert.equal(pressed(owner, "2").view.focus, "loss");
  assert.equal(pressed(owner, "2", "z").view.zoom, "loss");
});

const NO_KEY = {
  ctrl: false,
  meta: false,
  shift: false,
  tab: false,
  escape: false,
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  backspace: false,
  delete: false,
  end: false,
  return: false,
};

const NAMES: readonly [string, Partial<typeof NO_KEY>, readonly string[]][] = [
  ["s", {}, ["s"]],
  ["c", { ctrl: true }, ["ctrl-c"]],
  ["", { leftArrow: true }, ["left"]],
  ["", { pageDown: true }, ["page-down"]],
  ["\r", { return: true }, ["enter"]],
  ["", { tab: true, shift: true }, ["shift-tab"]],
  ["", { escape: true, meta: true }, ["escape"]],
  ["s", { meta: true }, ["other"]],
  ["", {}, ["other"]],
];

for (const [input, key, expected] of NAMES) {
  Deno.test(`${JSON.stringify(input)} with ${JSON.stringify(key)} is the key ${expected}`, () => {
    assert.deepEqual(keyNames(input, { ...NO_KEY, ...key }), expected);
  });
}

Deno.test("escape and ctrl-c that arrive together are both pressed, as Ink reads them", () => {
  const { name, ctrl, meta, shift } = parseKeypress("\x1b\x03");
  assert.deepEqual(keyNames(name ?? "", { ...NO_KEY, ctrl, meta, shift }), ["escape", "ctrl-c"]);
});

Deno.test("keys that arrive in one write are all pressed, in order", () => {
  assert.deepEqual(keyNames("4z", NO_KEY), ["4", "z"]);
  assert.deepEqual(keyNames("lm", NO_KEY), ["l", "m"]);
  assert.deepEqual(keyNames("q\r\t\x1a", NO_KEY), ["q", "enter", "tab", "ctrl-z"]);
});

Deno.test("a held key repeats as often as it arrives, and long text counts as pasted even without paste marks", () => {
  assert.deepEqual(keyNames("j".repeat(40), NO_KEY), Array(40).fill("j"));
  assert.deepEqual(keyNames("stop checkpoint", NO_KEY), []);
});

/** The keys that only change what panes show, and those panes. */
const CHANGES: readonly (readonly [keys: readonly string[], panes: readonly string[]])[] = [
  [["left", "right", "H", "L", "B", "home", "end", "w", "m"], ["loss", "accuracy"]],
  [["l"], ["loss"]],
  [["b"], ["loss", "accuracy", "rates"]],
  [["j", "k", "page-up", "f"], ["log"]],
];

Deno.test("keys that change a pane are bound, and in the help, only while such a pane is on the screen", () => {
  for (const [columns, rows] of [[40, 12], [60, 20], [80, 24], [200, 50], [20, 6]] as const) {
    for (const zoom of [null, "loss", "accuracy", "log", "parameters", "progress"]) {
      const state = changed(owner, { view: { columns, rows, zoom } });
      const shown = placements(state).map(({ pane }) => pane);
      const help = helpKeys(state).map(({ shown }) => shown);
      for (const [keys, panes] of CHANGES) {
        const expected = panes.some((pane) => shown.includes(pane));
        for (const key of keys) {
          assert.equal(intentOf(state, key) !== null, expected, `${key} at ${columns}×${rows}, zoomed ${zoom}`);
          const listed = KEYS.find((binding) => binding.mode === "main" && binding.keys.includes(key))?.shown ?? "";
          assert.equal(help.includes(listed), expected, `${listed} in the help at ${columns}×${rows}`);
        }
      }
    }
  }
});
