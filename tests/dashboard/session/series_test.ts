/** Tests the dashboard of a run in a series of runs, on a clock that the test moves. */
import assert from "node:assert/strict";
import { PANES } from "../../../components/panes.ts";
import { footerText } from "../../../src/dashboard/keys/footer_text.ts";
import { quitQuestion } from "../../../src/dashboard/keys/quit_question.ts";
import type { DashboardExit } from "../../../src/dashboard/session/exit.ts";
import { Session } from "../../../src/dashboard/session/session.ts";
import { changeSeries, initialSeries, placeAndNextText, placeText } from "../../../src/dashboard/view/series.ts";
import type { SeriesPlace } from "../../../src/run/folder/series_place.ts";
import { type DashboardState, initialState } from "../../../src/dashboard/view/state.ts";
import { ReplayConnection } from "../../terminal/replay_connection.ts";
import { stream } from "../replay.ts";

const FIRST: SeriesPlace = { place: 1, of: 3, next: "mobilenet_v2" };
const LAST: SeriesPlace = { place: 3, of: 3, next: null };

interface Shown {
  readonly session: Session;
  /** The commands that the trainer got. */
  readonly commands: string[];
  /** Returns how the session ended, or null while it is open. */
  left(): Promise<DashboardExit | null>;
  after(ms: number): void;
  /** Lets the run end by itself. */
  endRun(): Promise<void>;
}

/** Shows a run that trains until a key stops it. */
async function show(series: SeriesPlace, role: "owner" | "watch" = "owner"): Promise<Shown> {
  const events = stream("lesson");
  // The end of a stopped run has the time of this machine.
  let now = Date.now();
  const go = Promise.withResolvers<void>();
  const commands: string[] = [];
  const session = new Session({
    connection: Promise.resolve(
      new ReplayConnection({
        ...{ events, live: true, then: "wait", goOn: go.promise, holdFrom: 100 },
        onCommand: ({ type }) => commands.push(type),
      }),
    ),
    initial: initialState({ role, now, panes: PANES, series }),
    stayMs: role === "watch" ? Infinity : 0,
    clock: () => now,
  });
  let exit: DashboardExit | null = null;
  session.exit.then((left) => exit = left);
  await settled();
  return {
    session,
    commands,
    left: async () => {
      await settled();
      return exit;
    },
    after: (later) => {
      now += later;
      session.dispatch({ type: "tick", now });
    },
    endRun: async () => {
      go.resolve();
      await settled();
    },
  };
}

/** Waits until resolved promises have been handled. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

function footer(state: DashboardState): string {
  const { keys, said } = footerText(state, 80, (text) => text, "…");
  return keys.map(({ shown, label }) => `${shown} ${label}`).join("  ") + (said ? `   ${said.text}` : "");
}

function endsSeries(exit: DashboardExit | null): boolean | undefined {
  return exit?.state.view.series?.ending;
}

Deno.test("a run of a series that ends by itself makes room for the next one at once", async () => {
  const { left, endRun } = await show(FIRST);
  await endRun();
  const exit = await left();
  assert.deepEqual([exit?.how, endsSeries(exit)], ["ended", false]);
});

Deno.test("s stops the run of a series, and the next one begins four seconds later", async () => {
  const { session, commands, left, after } = await show(FIRST);
  assert.match(footer(session.state), /^s stop {2}/);
  session.press("s");
  assert.equal(session.state.view.message?.text, "stop requested; s again: end the series");
  assert.match(footer(session.state), /^s end series {2}/);
  await settled();
  assert.match(footer(session.state), /^s end series {2}q next run .*mobilenet_v2 begins in 4s$/);
  after(3999);
  assert.equal(await left(), null);
  after(1);
  const exit = await left();
  assert.deepEqual([exit?.how, endsSeries(exit)], ["ended", false]);
  assert.deepEqual(commands, ["stop"]);
});

for (const { when, wait } of [{ when: "while the run stops", wait: false }, { when: "after its end", wait: true }]) {
  Deno.test(`a second s ${when} ends the series, and the run is stopped once`, async () => {
    const { session, commands, left } = await show(FIRST);
    session.press("s");
    if (wait) await settled();
    session.press("s");
    assert.equal(placeText(session.state.view.series ?? assert.fail()), "run 1 of 3, then the series ends");
    const exit = await left();
    assert.deepEqual([exit?.how, endsSeries(exit)], ["ended", true]);
    assert.deepEqual(commands, ["stop"]);
  });
}

Deno.test("between two runs a key holds the screen, and then q goes on to the next run", async () => {
  const { session, left, after } = await show(FIRST);
  session.press("s");
  await settled();
  session.press("z");
  after(60_000);
  assert.equal(await left(), null);
  session.press("q");
  const exit = await left();
  assert.deepEqual([exit?.how, endsSeries(exit)], ["ended", false]);
});

Deno.test("the question of q offers to detach from the series, and to stop the run and end the series", async () => {
  const { session, commands, left } = await show(FIRST);
  session.press("q");
  assert.deepEqual(quitQuestion(session.state, 80).keys.map(({ shown, label }) => `${shown} ${label}`), [
    "d detach, only this run goes on",
    "s stop, save, end series",
    "esc back",
  ]);
  session.press("s");
  const exit = await left();
  assert.deepEqual([exit?.how, endsSeries(exit), commands], ["ended", true, ["stop"]]);
});

Deno.test("the last run of a series has the keys of a single run", async () => {
  const { session, left } = await show(LAST);
  assert.equal(placeText(session.state.view.series ?? assert.fail()), "run 3 of 3");
  session.press("s");
  assert.match(footer(session.state), /^s stop {2}/);
  assert.equal((await left())?.how, "ended");
});

Deno.test("ctrl-c interrupts a run of a series like a single one", async () => {
  const { session, left } = await show(FIRST);
  session.press("ctrl-c");
  const exit = await left();
  assert.deepEqual([exit?.how, exit?.how === "signal" && exit.signal], ["signal", "SIGINT"]);
});

Deno.test("a viewer that did not start the series sees the place and what comes next, and its s stops only the run", async () => {
  const { session, commands } = await show(FIRST, "watch");
  assert.match(footer(session.state), /^s stop {2}/);
  session.press("s");
  assert.equal(session.state.view.message?.text, "stop requested; then mobilenet_v2 begins");
  assert.match(footer(session.state), /^s stop {2}/);
  assert.equal(placeAndNextText(session.state.view.series ?? assert.fail()), "run 1 of 3, next: mobilenet_v2");
  await settled();
  assert.deepEqual(commands, ["stop"]);
});

Deno.test("the text of a series: what comes next, that it ends with this run, or that it is over", () => {
  const begun = initialSeries(FIRST);
  const ending = changeSeries(begun, "ending");
  assert.deepEqual([begun, ending, changeSeries(ending, "over"), initialSeries(LAST)].map(placeAndNextText), [
    "run 1 of 3, next: mobilenet_v2",
    "run 1 of 3, then the series ends",
    "run 1 of 3",
    "run 3 of 3",
  ]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} between two runs ends the series with the signal's status, and asks the ended run for nothing`, async () => {
    const { session, commands, left } = await show(FIRST);
    session.press("s");
    await settled();
    session.signal(signal);
    const exit = await left();
    assert.deepEqual([exit?.how, exit?.how === "signal" && exit.signal], ["signal", signal]);
    assert.deepEqual(commands, ["stop"]);
  });
}
