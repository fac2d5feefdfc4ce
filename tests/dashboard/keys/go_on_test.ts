/** Tests the key with which a run goes on: when it is offered, what it asks, and how the screen goes on. Pure. */
import assert from "node:assert/strict";
import type { EndReason, EventBody, RunEvent } from "../../../src/events.ts";
import { PANES } from "../../../components/panes.ts";
import { extensionOf, goOnQuestion } from "../../../src/dashboard/keys/go_on_question.ts";
import { footerText } from "../../../src/dashboard/keys/footer_text.ts";
import { helpKeys, intentOf } from "../../../src/dashboard/keys/keys.ts";
import { outcomeOf } from "../../../src/dashboard/keys/outcome.ts";
import { clockText, statusOf } from "../../../src/dashboard/run_text/describe.ts";
import { type DashboardState, initialState } from "../../../src/dashboard/view/state.ts";
import { goOnOffer } from "../../../src/dashboard/view/go_on_offer.ts";
import type { ViewOptions } from "../../../src/dashboard/view/view_state.ts";
import { changed, pressed, replay, stream } from "../replay.ts";

const lesson = stream("lesson");
const LAST = lesson.at(-1)?.seq ?? 0;

/** Returns the state of a viewer after the lesson's run has ended for this reason, or was lost. */
function ended(reason: EndReason | "lost", options: Partial<ViewOptions> = {}): DashboardState {
  const events = lesson.flatMap((event): RunEvent[] => {
    if (event.type !== "end") return [event];
    return reason === "lost" ? [] : [{ ...event, reason }];
  });
  const from = initialState({ role: "watch", now: 0, panes: PANES, offersGoOn: true, ...options });
  return replay([
    { type: "connected", id: "x", directory: "/x", live: reason !== "lost" },
    ...events,
    ...(reason === "lost" ? [{ type: "lost" } as const] : []),
  ], from);
}

/** Returns the `resume` event after the lesson's run, `hours` after its last event. */
function resumed(hours: number, change: Partial<Extract<EventBody, { type: "resume" }>> = {}): RunEvent {
  const last = lesson.at(-1);
  assert.ok(last);
  return {
    seq: last.seq + 1,
    time: new Date(Date.parse(last.time) + hours * 3_600_000).toISOString(),
    v: last.v,
    type: "resume",
    checkpoint: "epoch-0026",
    epoch: 26,
    step: 0,
    early_stopping: null,
    seconds: { prepare: 1, extract: 1, train: 1 },
    changes: [],
    ...change,
  };
}

function footer(state: DashboardState, width: number): string {
  const { keys, said } = footerText(state, width, (text) => text, "…");
  return keys.map(({ shown, label }) => `${shown} ${label}`).join("  ") + (said ? `   ${said.text}` : "");
}

function question(state: DashboardState, width: number): string {
  const { ask, more, also, gap, keys } = goOnQuestion(state, width);
  const answers = keys.map(({ shown, label }) => " ".repeat(gap) + shown + (label === "" ? "" : ` ${label}`));
  return `${ask}${more}_${also}${answers.join("")}`;
}

for (const reason of ["lost", "stopped", "interrupted", "failed"] as const) {
  Deno.test(`r resumes a run that was ${reason} without a question`, () => {
    const state = ended(reason);
    assert.match(footer(state, 80), /^r resume {2}q leave/);
    const intent = intentOf(state, "r");
    assert.ok(intent?.type === "go_on");
    const { actions, effects } = outcomeOf(state, intent);
    assert.deepEqual(effects, [{ type: "go_on", extension: {} }]);
    assert.equal(statusOf(replay(actions, state)).text, "resuming");
    assert.equal(intentOf(replay(actions, state), "r"), null, "a second press does nothing");
  });
}

for (const reason of ["completed", "early_stopping"] as const) {
  Deno.test(`after ${reason}, r asks for how many more epochs`, () => {
    const state = ended(reason);
    assert.match(footer(state, 80), /^r more epochs {2}q leave/);
    assert.match(footer(state, 40), /^r more epochs {2}q leave/);
    const asking = pressed(state, "r");
    assert.equal(asking.view.goOn?.stage, "asking");
    assert.match(question(asking, 80), /^How many more epochs\? \d+_.* enter go on {2}esc back$/);
    for (const width of [80, 60, 40, 30]) assert.ok(question(asking, width).length <= width, question(asking, width));
    assert.match(question(asking, 40), /epochs\? \d+_/i);
    const typed = pressed(asking, "1", "2", "5", "backspace");
    assert.match(question(typed, 80), /epochs\? 12_/);
    assert.equal(extensionOf(typed).epochs, 26 + 12);
    assert.equal(pressed(typed, "escape").view.goOn, null);
    assert.match(footer(pressed(typed, "escape"), 80), /^r more epochs/);
  });
}

Deno.test("the suggestion is as many epochs again, or those that early stopping has left over with more patience", () => {
  // The lesson's run ends after epoch 26 of 30 with a patience of 5.
  const stopped = pressed(ended("early_stopping"), "r");
  assert.equal(
    question(stopped, 80),
    "How many more epochs? 4_ with patience 10 instead of 5  enter go on  esc back",
  );
  assert.deepEqual(extensionOf(stopped), { epochs: 30, patience: 10 });
  assert.deepEqual(extensionOf(pressed(stopped, "0", "9")), { epochs: 35, patience: 10 });
  const completed = pressed(ended("completed"), "r");
  assert.equal(question(completed, 80), "How many more epochs? 26_  enter go on  esc back");
  assert.deepEqual(extensionOf(completed), { epochs: 52 });
  // Early stopping ended it after its very last epoch.
  const both = ended("early_stopping");
  assert.ok(both.run.facts);
  const atLast = pressed(changed(both, { run: { facts: { ...both.run.facts, epochs: 26 } } }), "r");
  assert.deepEqual(extensionOf(atLast), { epochs: 52, patience: 10 });
});

Deno.test("backspace clears the suggested number, and no number, 0 or a letter is refused with a word", () => {
  const asking = pressed(ended("completed"), "r");
  const cases = [
    [["backspace"], "How many more epochs? _  enter", "How many more epochs? _ type a number "],
    [["backspace", "backspace"], "How many more epochs? _  enter", "How many more epochs? _ type a number "],
    [["0"], "How many more epochs? 0_  enter", "How many more epochs? 0_ at least 1 "],
    [["7", "backspace"], "How many more epochs? _  enter", "How many more epochs? _ type a number "],
  ] as const;
  for (const [keys, before, after] of cases) {
    const typed = pressed(asking, ...keys);
    assert.ok(question(typed, 80).startsWith(before), question(typed, 80));
    const refused = pressed(typed, "enter");
    assert.ok(question(refused, 80).startsWith(after), question(refused, 80));
    for (const width of [80, 60, 40, 30]) assert.ok(question(refused, width).length <= width);
    // The next digit answers the question.
    const answered = pressed(refused, "5");
    assert.ok(question(answered, 80).startsWith("How many more epochs? 5_  enter"), question(answered, 80));
    assert.equal(intentOf(answered, "enter")?.type, "go_on");
    assert.equal(extensionOf(answered).epochs, 31);
  }
  const letter = pressed(asking, "x");
  assert.ok(question(letter, 80).startsWith("How many more epochs? 26_ type a number "), question(letter, 80));
  assert.equal(intentOf(letter, "enter")?.type, "go_on", "the suggested number is still an answer");
});

Deno.test("r is not offered after a NaN loss, to read-only viewers, while the run trains, and while another run follows", () => {
  const series = { place: 1, of: 2, next: "vgg16" };
  const without = [
    ended("nan"),
    ended("stopped", { readOnly: true }),
    ended("stopped", { offersGoOn: false }),
    ended("completed", { role: "owner", series }),
    changed(ended("failed"), { run: { checkpoints: [] } }),
    replay(
      lesson.slice(0, 100),
      initialState({ role: "owner", now: 0, panes: PANES, offersGoOn: true }),
    ),
  ];
  for (const state of without) {
    assert.equal(goOnOffer(state), null);
    assert.equal(intentOf(state, "r"), null);
    assert.doesNotMatch(footer(state, 200), /r resume|r more epochs/);
    assert.ok(helpKeys(state).every(({ shown }) => shown !== "r"));
  }
});

Deno.test("the viewer of a run that goes on sends commands again, and its clock leaves out the time in between", () => {
  const starting = replay([{ type: "go_on", goOn: { stage: "starting", after: LAST } }], ended("stopped"));
  assert.equal(starting.run.end, null);
  assert.equal(starting.view.role, "owner");
  assert.equal(statusOf(starting).text, "resuming");
  assert.equal(intentOf(starting, "s")?.type, "send", "a stop before the trainer is there is sent to it");
  const before = clockText(ended("lost"));
  const back = resumed(2, { seconds: { prepare: 1.7, extract: 29.5, train: 3.16 } });
  const later = Date.parse(back.time);
  const goesOn = replay([
    { type: "connected", id: "x", directory: "/x", live: true },
    back,
    { type: "tick", now: later },
  ], replay([{ type: "tick", now: later }], starting));
  assert.equal(clockText(replay([{ type: "tick", now: later }], starting)), before);
  assert.equal(clockText(goesOn), before);
  assert.equal(goesOn.view.goOn, null);
  assert.equal(intentOf(goesOn, "p")?.type, "send");
  assert.equal(goesOn.run.epochs.length, 26, "the curve goes on");
});

Deno.test("a viewer that comes to a run which was resumed sends commands although the log has an earlier end", () => {
  const goesOn = replay([resumed(1)], ended("completed"));
  assert.match(footer(goesOn, 80), /s stop {2}p pause/);
});

Deno.test("while a run starts again, the end in its log does not count", () => {
  const from = initialState({ role: "owner", now: 0, panes: PANES, resumesAfter: LAST });
  const replayed = replay(lesson, from);
  assert.equal(statusOf(replayed).text, "resuming");
  assert.equal(replayed.run.end, null);
  const goesOn = replay([resumed(1)], replayed);
  assert.equal(goesOn.view.goOn, null);
  assert.equal(
    statusOf(replay([{ type: "connected", id: "x", directory: "/x", live: true }], goesOn)).text,
    "preparing",
  );
});

Deno.test("the countdown stays beside the key at 80 and at 40 columns", () => {
  const state = replay(
    [{ type: "tick", now: 0 }, { type: "leaves", at: 42_000 }],
    ended("completed", { role: "owner" }),
  );
  assert.match(
    footer(state, 80),
    /^r more epochs {2}q leave {2}z zoom {2}\? help.* {3}closes in 42s, any key cancels$/,
  );
  assert.equal(footer(state, 40), "r more epochs  q leave   closes in 42s");
});
