import assert from "node:assert/strict";
import { KEYS } from "../../../src/dashboard/keys/key_table.ts";
import { footerKeys, helpKeys, intentOf, keyName, keyTableMarkdown } from "../../../src/dashboard/keys/keys.ts";
import { helpRows } from "../../../src/dashboard/keys/help_text.ts";
import { plan } from "../../../src/dashboard/keys/key_effects.ts";
import { quitQuestion } from "../../../src/dashboard/keys/quit_question.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { lessonAfter, replay, stream } from "../replay.ts";

const owner = lessonAfter(10);
const watch: DashboardState = { ...owner, role: "watch" };
const finished: DashboardState = { ...replay(stream("lesson")), role: "watch" };

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
  ["the owner of a paused run", "p", { ...owner, control: "paused" }, "resume"],
  ["the owner", "d", owner, "detach"],
  ["the owner", "q", owner, "ask_quit"],
  ["the owner", "ctrl-c", owner, "interrupt"],
  ["the owner", "x", owner, null],
  ["the owner, asked", "d", { ...owner, quitAsked: true }, "detach"],
  ["the owner, asked", "s", { ...owner, quitAsked: true }, "stop"],
  ["the owner, asked", "escape", { ...owner, quitAsked: true }, "unask_quit"],
  ["the owner, asked", "c", { ...owner, quitAsked: true }, null],
  ["the owner, asked", "ctrl-c", { ...owner, quitAsked: true }, "interrupt"],
  ["the owner in the help", "escape", { ...owner, help: true }, "close_help"],
  ["the owner in the help", "s", { ...owner, help: true }, null],
  ["a watcher", "s", watch, "stop"],
  ["a watcher", "d", watch, null],
  ["a watcher", "q", watch, "leave"],
  ["a watcher who may only look", "s", { ...watch, readOnly: true }, null],
  ["a watcher who may only look", "c", { ...watch, readOnly: true }, null],
  ["a watcher who may only look", "p", { ...watch, readOnly: true }, null],
  ["a watcher who may only look", "q", { ...watch, readOnly: true }, "leave"],
  ["a watcher of a finished run", "s", finished, null],
  ["a watcher of a finished run", "q", finished, "leave"],
];

for (const [who, key, state, expected] of INTENTS) {
  Deno.test(`${key} by ${who} means ${expected ?? "nothing"}`, () => {
    assert.equal(intentOf(state, key)?.type ?? null, expected);
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
  [80, "Quit?  d detach, training goes on  s stop, saved  esc back"],
  [40, "Quit?  d detach  s stop  esc back"],
  [30, "Quit? d detach s stop esc back"],
  [24, "d detach s stop esc back"],
  [20, "d detach s stop esc"],
  [13, "Quit? d s esc"],
];

for (const [width, expected] of QUESTIONS) {
  Deno.test(`at ${width} columns the question of q names every answer: ${expected}`, () => {
    const { ask, gap, keys } = quitQuestion({ ...owner, quitAsked: true }, width);
    const texts = keys.map(({ shown, label }) => (label === "" ? shown : `${shown} ${label}`));
    assert.equal(ask + texts.join(" ".repeat(gap)), expected);
  });
}

Deno.test("the help breaks long descriptions where there is room, and is brief where there is not", () => {
  const all = helpRows(owner, 68, 19);
  const whole = all.map(({ text }) => text).join(" ");
  for (const { description } of helpKeys(owner)) assert.ok(whole.includes(description), `${description} in ${whole}`);
  assert.deepEqual(helpRows(owner, 28, 4), [
    { shown: "s", text: "stop and save" },
    { shown: "c", text: "write a checkpoint" },
    { shown: "p", text: "pause, or go on" },
    { shown: "", text: `… ${helpKeys(owner).length - 3} more` },
  ]);
  const columns = helpRows(owner, 68, 12);
  assert.equal(columns.length, Math.ceil(helpKeys(owner).length / 2));
  assert.deepEqual(
    columns.flatMap(({ shown, beside }) => [shown, ...(beside ? [beside.shown] : [])]).toSorted(),
    helpKeys(owner).map(({ shown }) => shown).toSorted(),
  );
  for (const state of [owner, watch]) {
    for (const { shown, brief } of helpKeys(state)) assert.ok(brief.length <= 18, `${shown}: ${brief}`);
    assert.equal(helpRows(state, 18, 19).length, helpKeys(state).length);
  }
});

Deno.test("every request says what was asked and when it takes effect", () => {
  for (const type of ["stop", "checkpoint", "pause", "resume"] as const) {
    const { actions, effects } = plan(owner, { type });
    const message = actions.find((action) => action.type === "message");
    assert.match(message?.type === "message" ? message.text : "", /asked: .*(batch under way|at once)/);
    assert.deepEqual(effects, [{ type: "send", command: { type } }]);
  }
});

Deno.test("a pause that has not taken effect yet is taken back by the same key", () => {
  const press = (state: DashboardState) => {
    const intent = intentOf(state, "p");
    assert.ok(intent);
    const { actions, effects } = plan(state, intent);
    return { effect: effects[0], after: replay([...actions], state) };
  };
  const first = press(owner);
  assert.deepEqual(first.effect, { type: "send", command: { type: "pause" } });
  const second = press(first.after);
  assert.deepEqual(second.effect, { type: "send", command: { type: "resume" } });
  assert.deepEqual(press(second.after).effect, { type: "send", command: { type: "pause" } });
});

Deno.test("tab goes round the panes and back, digits name them", () => {
  const focus = (state: DashboardState, key: string) => {
    const intent = intentOf(state, key);
    assert.ok(intent);
    return replay([...plan(state, intent).actions], state);
  };
  assert.equal(focus(owner, "tab").focus, "accuracy");
  assert.equal(focus(owner, "shift-tab").focus, "log");
  assert.equal(focus(focus(owner, "shift-tab"), "tab").focus, "accuracy");
  assert.equal(focus(owner, "2").focus, "loss");
  assert.equal(focus(focus(owner, "2"), "z").zoom, "loss");
});

Deno.test("several characters at once are pasted text, not a key", () => {
  const arrows = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageUp: false,
    pageDown: false,
    return: false,
  };
  const plain = { ctrl: false, meta: false, shift: false, tab: false, escape: false, ...arrows };
  assert.equal(keyName("s", plain), "s");
  assert.equal(keyName("stop", plain), null);
  assert.equal(keyName("", plain), null);
  assert.equal(keyName("c", { ...plain, ctrl: true }), "ctrl-c");
  assert.equal(keyName("s", { ...plain, meta: true }), null);
  assert.equal(keyName("", { ...plain, leftArrow: true }), "left");
  assert.equal(keyName("", { ...plain, pageDown: true }), "page-down");
  assert.equal(keyName("\r", { ...plain, return: true }), "enter");
  assert.equal(keyName("", { ...plain, tab: true, shift: true }), "shift-tab");
  assert.equal(keyName("", { ...plain, escape: true, meta: true }), "escape");
});
