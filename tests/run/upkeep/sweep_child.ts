/**
 * Leaves behind what a killed run leaves: `sweep_child.ts RUNS SOCKETS`. It owns a run and listens on its socket. While
 * it writes a checkpoint and another run's config.json, it prints "ready" and waits to be killed.
 */
import { createServer } from "node:net";
import { join } from "node:path";
import { placeFolderSync, replaceFileSync, writeSynced } from "../../../src/files/atomic.ts";
import { findSocketPath } from "../../../src/run/control/socket_path.ts";
import { createRunDirectory } from "../../../src/run/folder/directory.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";

const [runs, sockets] = Deno.args;
if (runs === undefined || sockets === undefined) throw new Error("sweep_child.ts RUNS SOCKETS");

const run = createRunDirectory(runs, "20261101-000000-killed");
replaceFileSync(run.config, "{}");
const socket = findSocketPath(run.path, [sockets]);
await takeOwnership(run, socket);
Deno.mkdirSync(run.checkpoints);
const halfMade = createRunDirectory(runs, "20261101-000001-half-made");
createServer().listen(socket, () => {
  placeFolderSync(join(run.checkpoints, "epoch-0001"), (aside) => {
    writeSynced(join(aside, "weights.bin"), new Uint8Array(100));
    placeFolderSync(halfMade.config, () => {
      console.log("ready");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  });
});
