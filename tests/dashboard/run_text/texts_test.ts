import { count } from "../../../src/counted.ts";
import assert from "node:assert/strict";
import {
  earlyStoppingSentence,
  earlyStoppingSentences,
  gaugeParts,
  monitorText,
  sentenceAfterEnd,
} from "../../../src/dashboard/run_text/early_stopping_text.ts";
import { timeLeft } from "../../../src/dashboard/run_text/eta.ts";
import {
  amount,
  duration,
  elapsed,
  figure,
  percent,
  percentDone,
  rate,
  shape,
} from "../../../src/dashboard/text/formats.ts";
import { gauge } from "../../../src/dashboard/drawing/gauge.ts";
import { ASCII, isUtf8Locale, UNICODE } from "../../../src/dashboard/drawing/glyphs.ts";
import { noticeRows } from "../../../src/dashboard/panes/notices.ts";
import type { EventOf } from "../../../src/events.ts";
import type { DashboardState } from "../../../src/dashboard/view/state.ts";
import { epochsOf, type RunState } from "../../../src/run_state/run_state.ts";
import { cut, cutMiddle, cutStart, fit, fitParts, wrapLines, wrapWords } from "../../../src/dashboard/text/width.ts";
import { changed, event, lessonAfter, replay, stream } from "../replay.ts";

Deno.test("numbers are formatted for people", () => {
  assert.equal(count(7_093_360), "7,093,360");
  assert.deepEqual([0, 0.0004, 0.004, 0.019, 0.0994, 0.0999, 0.1, 9.94, 9.96, 84, 7380, 90_000].map(duration), [
    "0s",
    "0.4ms",
    "4ms",
    "19ms",
    "99ms",
    "0.1s",
    "0.1s",
    "9.9s",
    "10s",
    "1m 24s",
    "2h 3m",
    "1d 1h",
  ]);
  assert.deepEqual([0, 0.9, 61.9, 3661].map(elapsed), ["0s", "0s", "1m 1s", "1h 1m 1s"]);
  assert.deepEqual([0, 0.00759, 0.095, 0.36, 1].map(percent), ["0 %", "0.76 %", "9.5 %", "36 %", "100 %"]);
  assert.deepEqual([0.07, 0.29, 0.0704].map(percent), ["7 %", "29 %", "7.0 %"], "0.07 · 100 is not quite 7");
  assert.deepEqual([0, 0.009, 0.079, 0.29, 0.9999, 1].map(percentDone), [
    "0 %",
    "0 %",
    "7 %",
    "29 %",
    "99 %",
    "100 %",
  ]);
  assert.deepEqual([figure(0.65188), figure(null), figure(0.65188, 3)], ["0.6519", "nan", "0.652"]);
  assert.deepEqual([figure(65828.2821), figure(1852144.375), figure(1.219e20, 3)], [
    "65828.2821",
    "1.852e+6",
    "1.219e+20",
  ]);
  assert.deepEqual([rate(38.4, "images"), rate(4.26, "images"), rate(0.5, "images"), rate(12_300_000, "bytes")], [
    "38 images/s",
    "4.3 images/s",
    "2.0s/image",
    "12.3 MB/s",
  ]);
  assert.deepEqual([
    amount(420, 1171, "images"),
    amount(120e6, 274e6, "bytes"),
    amount(3, 0, "steps"),
    amount(1, 0, "steps"),
  ], [
    "420 of 1,171 images",
    "120 MB of 274 MB",
    "3 steps",
    "1 step",
  ]);
  assert.equal(shape({ output_shape: [null, 1024] }), "(None, 1024)");
});

type Stopping = EventOf<"early_stopping">;

/** Returns early stopping after epoch 25 of the lesson's run with changes. The best is 0.651877 at epoch 21. */
function sentence(change: Partial<Stopping>, epochs = 30): string {
  const { run } = lessonAfter(25);
  assert.ok(run.earlyStopping && run.facts);
  return earlyStoppingSentence({
    ...run,
    facts: { ...run.facts, epochs },
    earlyStopping: { ...run.earlyStopping, ...change },
  });
}

const SENTENCES: readonly [string, Partial<Stopping>, number, string][] = [
  ["the next epoch is the last chance", {}, 30, "stops after epoch 26 unless val_accuracy > 0.6519"],
  [
    "several epochs are left",
    { wait: 2, stops_next: false, stops_after: 28 },
    30,
    "stops after epoch 28 unless val_accuracy > 0.6519 by then",
  ],
  [
    "the improvement must exceed min_delta",
    { min_delta: 0.01, threshold: 0.6619 },
    30,
    "stops after epoch 26 unless val_accuracy > 0.6619",
  ],
  [
    "a loss must decrease",
    { monitor: "val_loss", mode: "min", reference: 1.0234, min_delta: 0.001, threshold: 1.0224 },
    30,
    "stops after epoch 26 unless val_loss < 1.0224",
  ],
  ["patience 0 waits for one epoch", { patience: 0, wait: 0 }, 30, "stops after epoch 26 unless val_accuracy > 0.6519"],
  [
    "the run ends before patience is exhausted",
    { wait: 0, stops_next: false, stops_after: 30 },
    29,
    "ends after epoch 29 (--epochs), before early stopping could end it (epoch 30)",
  ],
  [
    "patience is exhausted at the last requested epoch",
    { wait: 0, stops_next: false, stops_after: 30 },
    30,
    "stops after epoch 30 in any case: it is the last one (--epochs 30)",
  ],
  [
    "the last chance is the last requested epoch",
    {},
    26,
    "stops after epoch 26 in any case: it is the last one (--epochs 26)",
  ],
  ["the last epoch is done", {}, 25, "epoch 25 was the last one (--epochs 25)"],
  [
    "no epoch counts yet",
    { reference: null, reference_epoch: null, stops_after: null, start_from_epoch: 40 },
    30,
    "not started: val_accuracy counts from epoch 41 on",
  ],
  [
    "no epoch counts yet in a run of version 1, which lacks the first epoch that will",
    { reference: null, reference_epoch: null, stops_after: null, start_from_epoch: 0 },
    30,
    "not started: val_accuracy counts from a later epoch on",
  ],
  [
    "the best is NaN",
    { reference: null, reference_epoch: 1, threshold: null },
    30,
    "stops after epoch 26: val_accuracy was NaN, so no value counts as better",
  ],
  [
    "the baseline is not reached",
    { baseline: 0.7, baseline_reached: false },
    30,
    "stops after epoch 26 unless val_accuracy > 0.6519; wait resets only beyond the baseline 0.7000",
  ],
  ["the baseline is reached", { baseline: 0.6 }, 30, "stops after epoch 26 unless val_accuracy > 0.6519"],
];

for (const [name, change, epochs, expected] of SENTENCES) {
  Deno.test(`early stopping in words: ${name}`, () => assert.equal(sentence(change, epochs), expected));
}

Deno.test("early stopping in words: when patience is exhausted the text says that the run stops, until it has stopped", () => {
  const expected = "epoch 26: 5 epochs without val_accuracy > 0.6519";
  const events = stream("lesson");
  const last = events.findLastIndex(({ type }) => type === "early_stopping");
  for (let seen = last + 1; seen < events.length; seen++) {
    assert.equal(earlyStoppingSentence(replay(events.slice(0, seen)).run), `stops now, after ${expected}`);
  }
  assert.equal(earlyStoppingSentence(replay(events).run), `stopped after ${expected}`);
});

Deno.test("early stopping in words: the reason of a stop, and the last epoch, fit into one line of a small screen", () => {
  const shortest = (run: RunState) => earlyStoppingSentences(run).at(-1) ?? "";
  const { run } = lessonAfter(25);
  assert.ok(run.earlyStopping);
  const waited = { ...run.earlyStopping, wait: 1000, patience: 1000 };
  const ended = replay(stream("lesson")).run;
  assert.equal(shortest(ended), "stopped: no improvement in 5 epochs");
  assert.ok(shortest({ ...ended, earlyStopping: waited }).length <= 39);
  assert.equal(
    shortest({ ...run, earlyStopping: { ...waited, wait: 50, stops_after: 25 } }),
    "stops now: no improvement in 50 epochs",
  );
  assert.equal(
    shortest({ ...run, earlyStopping: { ...run.earlyStopping, stops_after: 30 } }),
    "stops after epoch 30, the last one",
  );
});

Deno.test("early stopping in words: after the end the text says whether early stopping was the reason", () => {
  assert.equal(
    earlyStoppingSentence(replay(stream("lesson")).run),
    "stopped after epoch 26: 5 epochs without val_accuracy > 0.6519",
  );
  assert.equal(earlyStoppingSentence(replay(stream("nan")).run), "early stopping did not end this run");
  const { earlyStopping } = lessonAfter(26).run;
  assert.ok(earlyStopping);
  assert.equal(
    sentenceAfterEnd({ reason: "early_stopping", epochs: 26 }, {
      ...earlyStopping,
      threshold: 0.7019,
      min_delta: 0.05,
    }),
    "stopped after epoch 26: 5 epochs without val_accuracy > 0.7019 (epoch 21: 0.6519, min_delta 0.05)",
  );
});

Deno.test("the gauge has a cell for each epoch of patience, and the best value beside it or below", () => {
  const { earlyStopping } = lessonAfter(23).run;
  assert.ok(earlyStopping);
  const wide = gaugeParts(earlyStopping, UNICODE, 66);
  assert.equal(wide.full + wide.empty + wide.count + wide.reference, "■■□□□ wait 2/5  ◆ best 0.6519 at epoch 21");
  const narrow = gaugeParts(earlyStopping, ASCII, 29);
  assert.equal(narrow.reference, "");
  assert.equal(narrow.referenceBelow, "X best 0.6519 at epoch 21");
});

Deno.test("if the best epoch is not the reference, the gauge says what the next epoch is compared with", () => {
  const { earlyStopping } = lessonAfter(23).run;
  assert.ok(earlyStopping);
  const apart = { ...earlyStopping, reference: 0.5666, reference_epoch: 2 };
  assert.equal(gaugeParts(apart, UNICODE, 66).reference, "  compares with 0.5666, epoch 2");
  assert.equal(gaugeParts(apart, UNICODE, 29).referenceBelow, "compares with 0.5666, epoch 2");
});

Deno.test("a gauge is empty only at zero and full only at one", () => {
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1, 7].map((share) => gauge(share, 10).full), [0, 1, 5, 9, 10, 10]);
});

Deno.test("no remaining time is shown before the speed is known, while paused, or after the end", () => {
  assert.equal(timeLeft(lessonAfter(1)), null);
  assert.equal(timeLeft(changed(lessonAfter(10), { run: { control: "paused" } })), null);
  assert.equal(timeLeft(replay(stream("lesson"))), null);
  const begun = stream("extracting").filter(({ type }) => type !== "progress");
  assert.equal(timeLeft(replay(begun)), null);
});

Deno.test("the remaining training time is the remaining epochs times the recent time per epoch, as an upper limit", () => {
  const left = timeLeft(lessonAfter(20));
  assert.equal(left?.atMost, true);
  assert.ok(Math.abs((left?.seconds ?? 0) - 10 * 0.11) < 1e-9);
});

Deno.test("the remaining extraction time is the remaining images at the measured rate", () => {
  const after = (seconds: number) =>
    timeLeft(replay([
      event({ type: "phase", name: "extract", total: 100 }, 10),
      event(
        { type: "progress", phase: "extract", done: 40, total: 100, per_second: 20, unit: "images" },
        10 + seconds,
        2,
      ),
    ]));
  assert.deepEqual(after(10), { seconds: 3, atMost: false });
  assert.equal(after(9), null, "a rate of the first seconds says little");
});

interface Steady {
  readonly epochSeconds: number;
  /** The extra time of the first epoch. */
  readonly setUpSeconds: number;
  readonly epochs: number;
}

/**
 * Yields the states of a run at a steady speed, paused after its third epoch, with progress twice a second, and their
 * times.
 */
function* steadyRun({ epochSeconds, setUpSeconds, epochs }: Steady): Generator<{ state: DashboardState; at: number }> {
  const { run } = lessonAfter(1);
  assert.ok(run.facts);
  const [epochBody] = run.epochs;
  assert.ok(epochBody);
  let now = 1000;
  let state = replay([
    event({ ...run.facts, epochs }, now),
    event({ type: "phase", name: "train", total: epochs }, now),
  ]);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const start = now;
    // As after each half second, when the latest predictions are made and drawn.
    const stall = Math.floor(now / 0.5) > Math.floor((now - epochSeconds) / 0.5) ? 0.15 : 0;
    const seconds = epochSeconds + stall + (epoch === 1 ? setUpSeconds : 0);
    for (let after = 0.5; after < seconds; after += 0.5) {
      const done = Math.floor((28 * after) / seconds);
      const said = { phase: "train", done, total: 28, per_second: 28 / seconds, unit: "batches", epoch } as const;
      state = replay([event({ type: "progress", ...said }, start + after)], state);
      yield { state, at: start + after };
    }
    now = start + seconds;
    const { loss, accuracy, val_loss, val_accuracy } = epochBody;
    const figures = { loss, accuracy, val_loss, val_accuracy };
    state = replay([
      event({ type: "epoch", epoch, epochs, ...figures, seconds: epochSeconds * 0.6, learning_rate: 1e-3 }, now),
    ], state);
    yield { state, at: now };
    if (epoch !== 3) continue;
    state = replay([event({ type: "control", state: "paused" }, now)], state);
    assert.equal(timeLeft(state), null);
    state = replay([event({ type: "control", state: "resumed" }, now += 300)], state);
  }
}

for (const [epochSeconds, epochs] of [[0.012, 3000], [0.2, 100], [1.5, 40], [7, 40], [60, 40]] as const) {
  Deno.test(`with epochs of ${epochSeconds} s the remaining time appears late enough to be off by at most half`, () => {
    const states = [...steadyRun({ epochSeconds, setUpSeconds: 1.5, epochs })];
    const end = states.at(-1)?.at ?? 0;
    let told = 0;
    for (const [index, { state, at }] of states.entries()) {
      const left = timeLeft(state);
      const paused = state.run.epochs.length < 3 || (state.run.epochs.length === 3 && state.run.pauses.totalMs === 0);
      const expected = end - at - (paused ? 300 : 0);
      if (left === null) {
        assert.ok(told === 0, `nothing was said at ${at} after something had been`);
        continue;
      }
      told++;
      assert.ok(state.run.epochs.length >= 10 || at - 1000 >= 10, `said at ${at - 1000} s, state ${index}`);
      const off = Math.abs(left.seconds - expected);
      assert.ok(off <= 0.5 * expected + 0.25, `${left.seconds} s left, not ${expected}, after ${at - 1000} s`);
    }
    assert.ok(told > states.length / 2, `told ${told} times of ${states.length}`);
  });
}

Deno.test("texts are cut by columns, not by characters", () => {
  assert.equal(cut("洗濯機 washing", 7), "洗濯機…");
  assert.equal(cut("洗濯機 washing", 6), "洗濯…");
  assert.equal(cut("👩‍🔬👩‍🔬👩‍🔬", 5), "👩‍🔬👩‍🔬…");
  assert.equal(cutStart("/home/ada/runs/x", 8), "…/runs/x");
  assert.equal(cutMiddle("God-Morgon-Apple-Juice_009.jpg", 15), "God-Mor…009.jpg");
  assert.equal(fit("日本", 5), "日本 ");
  assert.deepEqual(wrapWords("a bb cccccc d", 4), ["a bb", "cccc", "cc d"]);
  assert.deepEqual(wrapLines("one two three four", 9, 1), ["one two…"]);
  assert.equal(fitParts(["first", "a long second one", "third"], " · ", 14), "first · third");
});

Deno.test("every notice has a place, however few lines there are", () => {
  const notices = ["demo data: drawn by code", "random base: nothing downloaded", "wasm: slower"];
  assert.deepEqual(noticeRows(notices, 80, 3, UNICODE), notices.map((notice) => `▲ ${notice}`));
  const [row = "", ...others] = noticeRows(notices, 60, 1, UNICODE);
  assert.deepEqual(others, []);
  for (const word of ["demo data", "random base", "wasm"]) assert.ok(row.includes(word), row);
});

Deno.test("the locale decides whether Unicode is used: LC_ALL before LC_CTYPE before LANG", () => {
  const locale = (values: Record<string, string>) => isUtf8Locale((name) => values[name]);
  assert.equal(locale({ LANG: "de_DE.UTF-8" }), true);
  assert.equal(locale({ LANG: "C.utf8" }), true);
  assert.equal(locale({ LC_ALL: "C", LANG: "de_DE.UTF-8" }), false);
  assert.equal(locale({ LC_ALL: "", LC_CTYPE: "en_US.UTF-8", LANG: "C" }), true);
  assert.equal(locale({}), false);
});

Deno.test("a monitored class metric, which has no chart, is shown with its latest value if there is room", () => {
  const { run } = lessonAfter(3);
  const stopping = run.earlyStopping;
  assert.ok(stopping);
  const epochs = epochsOf([...run.epochs].map((epoch) => ({ ...epoch, val_macro_f1: epoch.epoch / 8 })));
  const watched = { ...stopping, monitor: "val_macro_f1" };
  assert.equal(monitorText(watched, epochs, 19), "val_macro_f1 0.3750");
  assert.equal(monitorText(watched, epochs, 18), "val_macro_f1");
  assert.equal(monitorText(watched, run.epochs, 99), "val_macro_f1", "there is no value yet");
  assert.equal(monitorText(stopping, epochs, 99), "val_accuracy", "its chart's legend has it");
});
