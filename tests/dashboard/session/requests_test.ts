/** Tests what a viewer reports about a command, over a real control socket with the trainer's own answers. */
import assert from "node:assert/strict";
import type { PhaseName } from "../../../src/events.ts";
import { initialState } from "../../../src/dashboard/view/state.ts";
import { Session } from "../../../src/dashboard/session/session.ts";
import { currentMessage } from "../../../src/dashboard/view/message.ts";
import type { Message } from "../../../src/dashboard/view/view_state.ts";
import type { Command } from "../../../src/protocol.ts";
import { answer } from "../../../src/run/answers.ts";
import { attach } from "../../../src/run/control/attach.ts";
import { listenToFile } from "../../../src/run/control/command_file.ts";
import { FollowedRun } from "../../../src/run/control/logged_run.ts";
import { readOwner } from "../../../src/run/owner/owner_record.ts";
import type { RunConnection } from "../../../src/run/control/connection.ts";
import { Control } from "../../../src/training/control.ts";
import { changed } from "../replay.ts";
import { VIEWER, withTrainer } from "../../run/control/served_run.ts";

const PRESSED = [["c", "checkpoint"], ["p", "pause"], ["p", "resume"], ["s", "stop"]] as const;

/** Returns a session of a run in this phase that records the messages of its footer. */
function watching(
  connection: Promise<RunConnection>,
  phase: PhaseName = "prepare",
): { session: Session; said: Message[] } {
  const said: Message[] = [];
  let last: Message | null = null;
  const session = new Session({
    connection,
    initial: changed(initialState({ role: "watch", now: 0 }), {
      run: { phase: { name: phase, total: 1, startedAt: 0 } },
    }),
    stayMs: Infinity,
    onState: ({ view: { message } }) => {
      if (message && message !== last) said.push(message);
      last = message;
    },
  });
  return { session, said };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

for (const phase of ["prepare", "extract", "train"] as const) {
  Deno.test(`in the phase ${phase} a viewer reports that a command was sent, and then the trainer's answer`, async () => {
    const [control, expectedControl] = [new Control(), new Control()];
    const answered = (of: Control) => (command: Command) =>
      answer(command, { phase, hasState: true, ended: false }, of);
    await withTrainer(async ({ run }) => {
      const { session, said } = watching(attach(run, VIEWER), phase);
      await until(() => session.state.view.live === true);
      for (const [key, type] of PRESSED) {
        // Before training there is nothing to save, so the key is not bound.
        if (type === "checkpoint" && phase !== "train") continue;
        const { ok, text } = answered(expectedControl)({ type });
        said.length = 0;
        session.press(key);
        await until(() => said.length === 2);
        assert.deepEqual(said.map((message) => [message.tone, message.text]), [
          ["info", `${type} requested`],
          [ok ? "info" : "error", text],
        ]);
      }
      await session.leave();
    }, answered(control));
  });
}

Deno.test("while the answer of a trainer on another host is awaited, one line says so until the answer comes", async () => {
  await withTrainer(async ({ run, ownership }) => {
    const owner = readOwner(run.lock);
    assert.ok(owner);
    // It exists from the start, and nobody reads it yet.
    for (const path of [run.commands, run.replies]) Deno.writeTextFileSync(path, "");
    const other = new FollowedRun(run, { ...owner, host: "elsewhere" }, VIEWER);
    const { session, said } = watching(Promise.resolve(other));
    await until(() => session.state.view.live === true);
    session.press("p");
    await until(() => said.length === 2);
    const wait = said.at(-1);
    assert.equal(wait?.text, "the trainer runs on elsewhere; its answer may take 65 s");
    assert.equal(currentMessage({ message: wait ?? null, now: (wait?.at ?? 0) + 60_000 }), wait);
    const stop = listenToFile(run, { token: ownership.token, command: () => ({ ok: true, text: "pausing" }) });
    await until(() => said.length === 3);
    stop();
    assert.equal(said.at(-1)?.text, "pausing");
    assert.equal(currentMessage({ message: said.at(-1) ?? null, now: (said.at(-1)?.at ?? 0) + 60_000 }), null);
    await session.leave();
    await other.close("detach");
  });
});

Deno.test("as long as there is no trainer a viewer reports that it waits for one", async () => {
  const connection = Promise.withResolvers<RunConnection>();
  const { session, said } = watching(connection.promise);
  session.press("p");
  assert.deepEqual(said.map(({ text }) => text), ["pause requested; waiting for the trainer"]);
  await withTrainer(async ({ run }) => {
    connection.resolve(attach(run, VIEWER));
    await until(() => said.length === 2);
    assert.equal(said.at(-1)?.text, "pausing when set-up is done");
    await session.leave();
  }, (command) => answer(command, { phase: "prepare", hasState: false, ended: false }, new Control()));
});
