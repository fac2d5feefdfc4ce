/** Tests a session whose run goes on in the same dashboard. */
import assert from "node:assert/strict";
import { EVENT_VERSION, type EventBody, type RunEvent } from "../../../src/events.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { PANES } from "../../../components/panes.ts";
import type { GoOn } from "../../../src/dashboard/session/going_on.ts";
import { Session } from "../../../src/dashboard/session/session.ts";
import { goOnOffer } from "../../../src/dashboard/view/go_on_offer.ts";
import { initialState } from "../../../src/dashboard/view/state.ts";
import type { Command } from "../../../src/protocol.ts";
import type { Extension } from "../../../src/run_state/way_on.ts";
import { ReplayConnection } from "../../terminal/replay_connection.ts";
import { stream } from "../replay.ts";

const lesson = stream("lesson");
const LAST = lesson.at(-1)?.seq ?? 0;

function bodies(...said: readonly EventBody[]): RunEvent[] {
  return said.map((body, index) => ({
    seq: LAST + 1 + index,
    time: new Date().toISOString(),
    v: EVENT_VERSION,
    ...body,
  }));
}

const RESUME: EventBody = {
  type: "resume",
  checkpoint: "epoch-0026",
  epoch: 26,
  step: 0,
  early_stopping: null,
  seconds: { prepare: 1, extract: 1, train: 1 },
  changes: [],
};

interface Watching {
  readonly session: Session;
  readonly asked: Extension[];
  readonly commands: Command[];
  left(): Promise<string | null>;
}

/** Watches the lesson's finished run, which goes on with `events` after those of the lesson. */
async function watching(events: readonly RunEvent[], goOn?: GoOn): Promise<Watching> {
  const asked: Extension[] = [];
  const commands: Command[] = [];
  const session = new Session({
    connection: Promise.resolve(new ReplayConnection({ events: lesson, live: false, then: "close" })),
    initial: initialState({ role: "watch", now: Date.now(), panes: PANES, offersGoOn: true }),
    stayMs: Infinity,
    goOn: goOn ?? ((extension) => {
      asked.push(extension);
      const begin = () => Promise.resolve({ connection: toTrainer(events, commands), byOthers: false });
      return Promise.resolve({ after: LAST, begin });
    }),
  });
  let how: string | null = null;
  session.exit.then((exit) => how = exit.how);
  await settled();
  return {
    session,
    asked,
    commands,
    left: async () => {
      await settled();
      return how;
    },
  };
}

/** As a connection to a trainer, it replays the log first. */
function toTrainer(events: readonly RunEvent[], commands: Command[] = []): ReplayConnection {
  const onCommand = (command: Command) => commands.push(command);
  return new ReplayConnection({ events: [...lesson, ...events], live: true, then: "wait", onCommand });
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("r trains on in the same dashboard: the watcher becomes the owner, and no event is folded twice", async () => {
  const { session, asked, commands, left } = await watching(bodies(RESUME));
  for (const key of ["r", "7", "enter"]) session.press(key);
  await settled();
  assert.deepEqual(asked, [{ epochs: 33, patience: 10 }]);
  const { run, view } = session.state;
  assert.deepEqual([view.role, view.live, view.goOn, run.end], ["owner", true, null, null]);
  assert.equal(run.epochs.length, 26);
  assert.equal(run.log.filter(({ gapMs }) => gapMs !== undefined).length, 1);
  session.press("s");
  // The run was stopped by its owner, so the dashboard closes at once.
  assert.equal(await left(), "ended");
  assert.deepEqual(commands, [{ type: "stop" }]);
});

Deno.test("if the run cannot go on, the dashboard says why, stays, and offers it again", async () => {
  let tries = 0;
  const { session, left } = await watching([], () => {
    tries++;
    return Promise.reject(new HeadlightError("Run x is being trained by process 5 on h."));
  });
  for (let time = 1; time <= 2; time++) {
    for (const key of ["r", "enter"]) session.press(key);
    await settled();
    assert.equal(tries, time);
    assert.match(session.state.view.message?.text ?? "", /being trained by process 5/);
    assert.equal(session.state.view.message?.tone, "error");
    assert.equal(session.state.run.end?.reason, "early_stopping", "the end still counts");
  }
  assert.equal(await left(), null);
  await session.leave();
});

Deno.test("who leaves while the run is still checked starts no trainer", async () => {
  const checked = Promise.withResolvers<void>();
  let begun = false;
  const { session, left } = await watching([], async () => {
    await checked.promise;
    const begin = () => {
      begun = true;
      return Promise.reject(new Error("too late"));
    };
    return { after: LAST, begin };
  });
  for (const key of ["r", "enter", "q"]) session.press(key);
  checked.resolve();
  assert.equal(await left(), "ended");
  assert.equal(begun, false);
});

Deno.test("a trainer that exits before the run has gone on counts as lost, and r is offered again", async () => {
  const connection = new ReplayConnection({ events: lesson, live: false, then: "close" });
  const begin = () => Promise.resolve({ connection, byOthers: false });
  const { session, left } = await watching([], () => Promise.resolve({ after: LAST, begin }));
  for (const key of ["r", "enter"]) session.press(key);
  assert.equal(await left(), null);
  assert.deepEqual([session.state.view.lost, goOnOffer(session.state)], [true, "resume"]);
  session.press("q");
  assert.equal(await left(), "lost");
});

Deno.test("if r comes a moment after somebody else's, the dashboard stays and watches the run, live", async () => {
  const begin = () => Promise.resolve({ connection: toTrainer(bodies(RESUME)), byOthers: true });
  const { session, left } = await watching([], () => Promise.resolve({ after: LAST, begin }));
  for (const key of ["r", "enter"]) session.press(key);
  assert.equal(await left(), null);
  const { run, view } = session.state;
  assert.deepEqual([view.role, view.live, view.goOn, run.end, run.epochs.length], ["watch", true, null, null, 26]);
  session.press("q");
  assert.equal(await left(), "detached");
});

/** Watches the lesson's finished run with `options`, which somebody else lets go on with `events` when `begun`. */
function othersGoOn(events: readonly RunEvent[], options: { role: "owner" | "watch"; stayMs: number }) {
  const begun = Promise.withResolvers<void>();
  const waits: number[] = [];
  const commands: Command[] = [];
  const session = new Session({
    connection: Promise.resolve(new ReplayConnection({ events: lesson, live: false, then: "close" })),
    initial: initialState({ role: options.role, now: Date.now(), panes: PANES, offersGoOn: true }),
    stayMs: options.stayMs,
    goOn: () => Promise.reject(new HeadlightError("Run x is being trained by process 5 on h.")),
    goneOn: async ({ seen, signal }) => {
      waits.push(seen);
      await Promise.race([
        begun.promise,
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(null))),
      ]);
      return signal.aborted || waits.length > 1 ? null : new ReplayConnection({
        events: [...lesson, ...events],
        live: true,
        then: "wait",
        onCommand: (command) => commands.push(command),
      });
    },
  });
  return { session, begun, waits, commands };
}

for (const role of ["watch", "owner"] as const) {
  Deno.test(`a run that somebody else lets go on becomes live in the same dashboard, without r: ${role}`, async () => {
    const { session, begun, waits, commands } = othersGoOn(bodies(RESUME), { role, stayMs: 60_000 });
    await settled();
    assert.deepEqual([session.state.run.end?.reason, session.state.view.leavesAt !== null], ["early_stopping", true]);
    begun.resolve();
    await settled();
    const { run, view } = session.state;
    assert.deepEqual([view.role, view.live, view.leavesAt, run.end, waits], ["watch", true, null, null, [LAST]]);
    assert.deepEqual([run.epochs.length, run.log.filter(({ gapMs }) => gapMs !== undefined).length], [26, 1]);
    session.press("s");
    await settled();
    assert.deepEqual(commands, [{ type: "stop" }]);
    await session.leave();
  });
}

Deno.test("while r is answered by an error because somebody else has resumed the run, the dashboard becomes live", async () => {
  const { session, begun } = othersGoOn(bodies(RESUME), { role: "watch", stayMs: Infinity });
  await settled();
  session.press("r");
  session.press("enter");
  begun.resolve();
  await settled();
  assert.deepEqual([session.state.view.live, session.state.view.goOn, session.state.run.end], [true, null, null]);
  await session.leave();
});

Deno.test("leaving ends the waiting for somebody else who lets the run go on", async () => {
  const { session, waits } = othersGoOn([], { role: "watch", stayMs: Infinity });
  await settled();
  assert.deepEqual(waits, [LAST]);
  assert.equal((await session.leave()).how, "ended");
});

Deno.test("after a resume that came to nothing, a viewer waits for the events after those that the log has", async () => {
  const ended = lesson.findLast((event) => event.type === "end");
  assert.ok(ended);
  const { seq: _seq, ...end } = ended;
  const seen: number[] = [];
  const session = new Session({
    connection: Promise.resolve(
      new ReplayConnection({
        events: [...lesson, ...bodies(RESUME, { ...end, refused: "It was stopped before its first step." })],
        live: true,
        then: "close",
      }),
    ),
    initial: initialState({ role: "watch", now: Date.now(), panes: PANES, offersGoOn: true }),
    stayMs: Infinity,
    goneOn: (how) => {
      seen.push(how.seen);
      return Promise.resolve(null);
    },
  });
  await settled();
  assert.deepEqual(seen, [LAST]);
  await session.leave();
});
