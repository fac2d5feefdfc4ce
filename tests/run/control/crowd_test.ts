/** Any number of viewers: those that never read neither fill the trainer's memory nor keep events from the others. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { attach } from "../../../src/run/control/attach.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { programArgs } from "../../../src/program.ts";
import { custodyOf } from "../../../src/run/owner/custody.ts";
import { withTemporaryFolder } from "../../support.ts";
import { said, VIEWER, withTrainer } from "./served_run.ts";
import { deafViewer } from "./deaf_viewer.ts";

const READERS = 25;
const DEAF = 25;
const EVENTS = 4000;
const EVENT_BYTES = 4000;
/** A viewer that does not read may hold 8 MB, so 25 of them would hold 200 MB if each had its own bytes. */
const MOST_BYTES = 80 * 1024 * 1024;

const reportSchema = z.object({ peakBytes: z.number(), rssBytes: z.number(), viewersLeft: z.int() });

Deno.test("of 50 viewers 25 never read: the trainer's memory stays bounded, the others get every event exactly once", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = runDirectory(join(folder, "run"));
    Deno.mkdirSync(run.path);
    const child = new Deno.Command(Deno.execPath(), {
      args: programArgs(
        join(import.meta.dirname ?? "", "crowd_child.ts"),
        ...[run.path, join(folder, "sockets"), READERS + DEAF, EVENTS, EVENT_BYTES].map(String),
      ),
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const done = child.output();
    const deaf: Socket[] = [];
    try {
      const connections = await Promise.all(
        Array.from({ length: READERS }, () => attach(run, { ...VIEWER, trainerMayCome: () => true })),
      );
      const reading = connections.map(async ({ events }) => {
        const seen: number[] = [];
        for await (const { seq } of events) seen.push(seq);
        return seen;
      });
      const custody = custodyOf(run);
      assert.ok(custody.kind === "owned" && custody.owner);
      for (let count = 0; count < DEAF; count++) deaf.push(deafViewer(custody.owner.socket));
      const { code, stdout } = await done;
      assert.equal(code, 0);
      const expected = Array.from({ length: EVENTS }, (_, index) => index + 1);
      for (const seen of await Promise.all(reading)) assert.deepEqual(seen, expected);
      const { peakBytes, viewersLeft } = reportSchema.parse(JSON.parse(new TextDecoder().decode(stdout)));
      assert.ok(peakBytes < MOST_BYTES, `the trainer held ${peakBytes} bytes`);
      assert.equal(viewersLeft, READERS, "viewers that do not read are disconnected");
    } finally {
      for (const socket of deaf) socket.destroy();
      await done;
    }
  });
});

Deno.test("a viewer that was disconnected reads what it missed from the log, in order and once", async () => {
  await withTrainer(async (trainer) => {
    const connection = await attach(trainer.run, VIEWER);
    const reading = (async () => {
      const seen: number[] = [];
      for await (const { seq } of connection.events) {
        seen.push(seq);
        if (seen.length === 6000) break;
      }
      return seen;
    })();
    // The trainer does not yield, so that nothing can be sent and the viewer counts as one that does not read.
    for (let count = 0; count < 5999; count++) {
      trainer.say("x".repeat(4000));
      if (count % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 120));
    }
    trainer.log.append(said("in the log only"));
    await trainer.end();
    assert.deepEqual(await reading, Array.from({ length: 6000 }, (_, index) => index + 1));
  });
});
