/** Tests a session whose run goes on in the same dashboard. */
import assert from "node:assert/strict";
import { EVENT_VERSION, type EventBody, type RunEvent } from "../../../src/events.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { PANES } from "../../../components/panes.ts";
import { type GoOn, Session } from "../../../src/dashboard/session/session.ts";
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
      const begin = () =>
        Promise.resolve(
          new ReplayConnection({
            // As a connection to a trainer, it replays the log first.
            events: [...lesson, ...events],
            live: true,
            then: "wait",
            onCommand: (command) => commands.push(command),
          }),
        );
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
  const begin = () => Promise.resolve(new ReplayConnection({ events: lesson, live: false, then: "close" }));
  const { session, left } = await watching([], () => Promise.resolve({ after: LAST, begin }));
  for (const key of ["r", "enter"]) session.press(key);
  assert.equal(await left(), null);
  assert.deepEqual([session.state.view.lost, goOnOffer(session.state)], [true, "resume"]);
  session.press("q");
  assert.equal(await left(), "lost");
});
