/** Tests a viewer that loses its trainer, and finds a log that cannot be read. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { StoredFileError } from "../../../src/files/stored.ts";
import { attach } from "../../../src/run/control/attach.ts";
import { ControlServer } from "../../../src/run/control/control_server.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

Deno.test("a viewer whose trainer is lost and whose log cannot be read gets the error of the log, and commands are refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"), { then: [] });
    const socket = join(folder, "socket");
    const ownership = await takeOwnership(run, socket);
    assert.ok(ownership);
    const server = await ControlServer.listen(socket, {
      eventsAfter: () => [],
      command: () => ({ ok: true, text: "" }),
      ownerLost: () => {},
      ownerLeft: () => {},
    });
    const connection = await attach(run, { role: "viewer", stopOnLoss: false, since: "now" });
    const reading = (async () => {
      for await (const _ of connection.events) continue;
    })();
    ownership.release();
    Deno.removeSync(run.events);
    Deno.mkdirSync(run.events);
    await Promise.all([server.close(1000), assert.rejects(reading, StoredFileError)]);
    assert.equal((await connection.send({ type: "stop" })).ok, false);
  });
});
