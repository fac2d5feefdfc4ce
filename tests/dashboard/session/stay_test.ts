/** Tests how long the dashboard stays after its run's end, on a clock that the test moves. */
import assert from "node:assert/strict";
import type { EndReason, RunEvent } from "../../../src/events.ts";
import { PANES } from "../../../components/panes.ts";
import { footerText } from "../../../src/dashboard/keys/footer_text.ts";
import { progressText } from "../../../src/dashboard/panes/progress_text.ts";
import { endRows } from "../../../src/dashboard/run_text/end_rows.ts";
import { Session } from "../../../src/dashboard/session/session.ts";
import { stayMs } from "../../../src/dashboard/session/stay.ts";
import { type DashboardState, initialState } from "../../../src/dashboard/view/state.ts";
import { ReplayConnection } from "../../terminal/replay_connection.ts";
import { stream } from "../replay.ts";

const MINUTE = 60_000;

interface Ended {
  readonly session: Session;
  /** Returns how the session ended, or null while it is open. */
  left(): Promise<string | null>;
  /** Moves the clock and sends a tick. */
  after(ms: number): void;
}

/** Returns the session of a viewer whose run has ended for this reason. */
async function ended(reason: EndReason, ms: number, role: "owner" | "watch" = "owner"): Promise<Ended> {
  const events = stream("lesson").map((event): RunEvent => (event.type === "end" ? { ...event, reason } : event));
  let now = Date.parse(events.at(-1)?.time ?? "");
  const seen = Promise.withResolvers<void>();
  const session = new Session({
    connection: Promise.resolve(new ReplayConnection({ events, live: true, then: "wait" })),
    initial: initialState({ role, now, panes: PANES }),
    stayMs: ms,
    clock: () => now,
    onEvent: (_, { type }) => {
      if (type === "end") seen.resolve();
    },
  });
  let how: string | null = null;
  session.exit.then((exit) => how = exit.how);
  await seen.promise;
  await settled();
  return {
    session,
    left: async () => {
      await settled();
      return how;
    },
    after: (later) => {
      now += later;
      session.dispatch({ type: "tick", now });
    },
  };
}

/** Waits until resolved promises have been handled. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

function footer(state: DashboardState, width = 80): string {
  const { keys, said } = footerText(state, width, (text) => text, "…");
  return keys.map(({ shown, label }) => `${shown} ${label}`).join("  ") + (said ? `   ${said.text}` : "");
}

for (const reason of ["completed", "early_stopping", "nan", "failed"] as const) {
  Deno.test(`after ${reason} the dashboard counts down a minute and then closes with the run's own end`, async () => {
    const { session, left, after } = await ended(reason, MINUTE);
    assert.match(
      footer(session.state),
      /^q leave {2}z zoom {2}\? help {2}8 matrix {2}0 mistakes {3}closes in 60s, any key cancels$/,
    );
    after(18_200);
    assert.match(footer(session.state), /closes in 42s/);
    assert.match(footer(session.state, 40), /^q leave {2}z zoom {2}\? help {3}closes in 42s$/);
    after(MINUTE - 18_201);
    assert.equal(await left(), null);
    after(1);
    assert.equal(await left(), "ended");
  });
}

for (const key of ["x", "4", "escape", "other", "left"]) {
  Deno.test(`the key ${key} stops the countdown, and then q or enter leaves`, async () => {
    for (const leaving of ["q", "enter"]) {
      const { session, left, after } = await ended("completed", MINUTE);
      session.press(key);
      assert.doesNotMatch(footer(session.state), /closes in/);
      after(100 * MINUTE);
      assert.equal(await left(), null);
      session.press(leaving);
      assert.equal(await left(), "ended");
    }
  });
}

Deno.test("keys work as usual in the dashboard of a finished run: zoom, cursor, help", async () => {
  const { session } = await ended("completed", MINUTE);
  for (const key of ["2", "z", "left", "?"]) session.press(key);
  const { zoom, charts, help } = session.state.view;
  assert.deepEqual([zoom, charts.cursor, help], ["loss", 25, true]);
  await session.leave();
});

for (const reason of ["stopped", "interrupted"] as const) {
  Deno.test(`the dashboard of a run that was ${reason} closes at once`, async () => {
    const { left } = await ended(reason, MINUTE);
    assert.equal(await left(), reason === "stopped" ? "ended" : "signal");
  });
}

Deno.test("after a requested stop the dashboard closes at once, even if the run had already ended by itself", async () => {
  const events = stream("lesson");
  const go = Promise.withResolvers<void>();
  const session = new Session({
    connection: Promise.resolve(
      new ReplayConnection({ events, live: true, then: "wait", deaf: true, goOn: go.promise, holdFrom: 100 }),
    ),
    initial: initialState({ role: "owner", now: 0, panes: PANES }),
    stayMs: MINUTE,
  });
  await settled();
  session.press("s");
  go.resolve();
  assert.equal((await session.exit).how, "ended");
});

Deno.test("with no time to stay the dashboard closes at once, and that of a watcher stays until it is closed", async () => {
  assert.equal(await (await ended("completed", 0)).left(), "ended");
  const watcher = await ended("stopped", Infinity, "watch");
  watcher.after(100 * MINUTE);
  assert.equal(await watcher.left(), null);
  await watcher.session.leave();
});

Deno.test("with --stay the dashboard of a finished run stays forever", async () => {
  const { session, left, after } = await ended("completed", Infinity);
  after(100 * MINUTE);
  assert.equal(await left(), null);
  assert.equal(footer(session.state), "q leave  z zoom  ? help  8 matrix  0 mistakes");
  session.press("enter");
  assert.equal(await left(), "ended");
});

Deno.test("every signal closes the dashboard of a finished run with the run's own end", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const { session, left } = await ended("failed", MINUTE);
    session.signal(signal);
    assert.equal(await left(), "ended");
  }
});

Deno.test("--stay, --leave and a Slurm job determine how long the dashboard stays", () => {
  const env = (id?: string) => (name: string) => (name === "SLURM_JOB_ID" ? id : undefined);
  const flags = { stay: false, leave: false };
  assert.equal(stayMs(flags, env()), MINUTE);
  assert.equal(stayMs({ ...flags, leave: true }, env()), 0);
  assert.equal(stayMs(flags, env("17")), 0);
  assert.equal(stayMs({ ...flags, stay: true }, env("17")), Infinity);
});

Deno.test("the dashboard of a finished run shows whole commands to evaluate, predict and plot, and on large screens to report and export, if there is room", async () => {
  const { session } = await ended("completed", MINUTE);
  const id = "20261123-205501-densenet121-dollarstreet";
  session.dispatch({ type: "short_id", id: "20261123-205501" });
  const rows = (columns: number, rows: number) =>
    endRows({ ...session.state, view: { ...session.state.view, columns, rows } }).map((row) =>
      row.map(({ command }) => command).join("   ")
    );
  assert.deepEqual(rows(80, 24), [
    `deno task evaluate ${id}`,
    `deno task predict ${id} IMAGE`,
    `deno task plot ${id}`,
  ]);
  const short = "20261123-205501";
  assert.deepEqual(
    rows(62, 24),
    [`deno task evaluate ${short}`, `deno task predict ${short} IMAGE`, `deno task plot ${short}`],
    "a part of a command is of no use",
  );
  assert.deepEqual(rows(200, 50), [
    `deno task evaluate ${short}   deno task predict ${short} IMAGE   deno task plot ${short}   deno task report ${short}`,
    `deno task export ${short} --to keras`,
  ]);
  const few = `deno task evaluate ${short}   deno task predict ${short} IMAGE   deno task plot ${short}`;
  assert.deepEqual(rows(200, 44), [few], "a low screen needs its rows for the charts");
  assert.deepEqual(rows(80, 50), [
    `deno task evaluate ${id}`,
    `deno task predict ${id} IMAGE`,
    `deno task plot ${id}`,
    `deno task report ${id}`,
    `deno task export ${id} --to keras`,
  ]);
  const runs = { columns: 80, rows: 24, runs: "/elsewhere" };
  assert.deepEqual(
    endRows({ ...session.state, view: { ...session.state.view, ...runs } }).flat().map(({ command }) => command),
    [
      `deno task evaluate ${short} --runs /home/ada/headlight/runs`,
      `deno task plot ${short} --runs /home/ada/headlight/runs`,
    ],
  );
  assert.deepEqual(rows(80, 12), []);
  await session.leave();
});

/** Returns the session of an owner whose trainer dies after the events of the lesson's run up to `until`. */
async function lost(ms: number, by: string | null, until = 120): Promise<Ended> {
  const events = stream("lesson").slice(0, until);
  let now = Date.parse(events.at(-1)?.time ?? "");
  const session = new Session({
    connection: Promise.resolve(new ReplayConnection({ events, live: true, then: "close" })),
    initial: initialState({ role: "owner", now, panes: PANES, runs: "/home/ada/headlight/runs" }),
    stayMs: ms,
    clock: () => now,
    trainerSignal: () => Promise.resolve(by),
  });
  let how: string | null = null;
  session.exit.then((exit) => how = exit.how);
  await settled();
  return {
    session,
    left: async () => {
      await settled();
      return how;
    },
    after: (later) => {
      now += later;
      session.dispatch({ type: "tick", now });
    },
  };
}

Deno.test("if the trainer dies without an end, the owner's dashboard counts down as after an end and closes as lost", async () => {
  const { session, left, after } = await lost(MINUTE, null);
  assert.match(footer(session.state), /^q leave .* closes in 60s, any key cancels$/);
  after(MINUTE - 1);
  assert.equal(await left(), null);
  after(1);
  assert.equal(await left(), "lost");
  assert.equal(await (await lost(0, null)).left(), "lost", "--leave and Slurm jobs go at once");
  const held = await lost(MINUTE, null);
  held.session.press("x");
  held.after(100 * MINUTE);
  assert.equal(await held.left(), null);
  held.session.press("enter");
  assert.equal(await held.left(), "lost");
});

Deno.test("if a person had asked for a stop and the trainer dies, the dashboard closes at once", async () => {
  const events = stream("lesson").slice(0, 120);
  const go = Promise.withResolvers<void>();
  const session = new Session({
    connection: Promise.resolve(
      new ReplayConnection({ events, live: true, then: "close", deaf: true, goOn: go.promise, holdFrom: 100 }),
    ),
    initial: initialState({ role: "owner", now: 0, panes: PANES }),
    stayMs: MINUTE,
  });
  await settled();
  session.press("s");
  go.resolve();
  assert.equal((await session.exit).how, "lost");
});

Deno.test("the dashboard of a lost trainer says what happened, what was saved, where the log is and what to do", async () => {
  const said = ({ state }: Session) => progressText(state).lines.map((parts) => parts.join(", "));
  const killed = await lost(MINUTE, "SIGKILL");
  assert.deepEqual(said(killed.session), [
    "killed by SIGKILL, see trainer.log",
    "saved: best epoch-0021",
    "the memory may have run out",
  ]);
  const rows = endRows(killed.session.state).flat();
  assert.deepEqual(rows.map(({ name }) => name), ["log", "go on", "evaluate", "predict", "plot"]);
  assert.equal(rows[0]?.command, "runs/20261123-205501-densenet121-dollarstreet/trainer.log");
  const early = await lost(MINUTE, null, 3);
  assert.deepEqual(said(early.session), ["it exited, see trainer.log", "nothing was saved"]);
  assert.deepEqual(endRows(early.session.state).flat().map(({ name }) => name), ["log", "go on"]);
  for (const { session } of [killed, early]) await session.leave();
});
