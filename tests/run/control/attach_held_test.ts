/** Viewers that join while a trainer checks whether a run that has ended can go on. It writes nothing until then. */
import assert from "node:assert/strict";
import { attach } from "../../../src/run/control/attach.ts";
import { eventually } from "../../process.ts";
import { endOf } from "../made_run.ts";
import { said, VIEWER, withTrainer } from "./served_run.ts";

Deno.test("a viewer that joins a trainer of a run that has ended waits for what the trainer says, and then for its end", async () => {
  for (const goesOn of [true, false]) {
    await withTrainer(async ({ run, log, server, viewers, end }) => {
      log.append(said("before"));
      log.append(endOf(run.id));
      const connection = await attach(run, VIEWER);
      const types: string[] = [];
      const read = (async () => {
        for await (const event of connection.events) types.push(event.type);
      })();
      await eventually("the viewer has joined", () => viewers() === 1, 5000);
      if (goesOn) server.publish(log.number(said("on")));
      await end();
      await read;
      assert.deepEqual(types, goesOn ? ["log", "log"] : ["log", "end"]);
    });
  }
});
