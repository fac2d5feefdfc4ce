/**
 * A trainer without training: `crowd_child.ts RUN_DIRECTORY SOCKET_FOLDER VIEWERS EVENTS BYTES`. Waits for the viewers,
 * then sends them events of this many bytes, and prints its peak memory above that before the first event, in bytes.
 */
import "../../../src/no_debugger.ts";
import assert from "node:assert/strict";
import { ControlServer } from "../../../src/run/control/control_server.ts";
import { findSocketPath } from "../../../src/run/control/socket_path.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { EventLog } from "../../../src/run/log/event_log.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";

const [path = "", sockets = "", ...numbers] = Deno.args;
const [viewers = 0, events = 0, bytes = 0] = numbers.map(Number);
const run = runDirectory(path);
const socket = findSocketPath(run.path, [sockets]);
const ownership = await takeOwnership(run, socket);
assert.ok(ownership);
const log = new EventLog(run.events);
const server = await ControlServer.listen(socket, {
  eventsAfter: (seq) => log.after(seq),
  command: () => ({ ok: false, text: "no commands" }),
  ownerLost: () => {},
  ownerLeft: () => {},
});
while (server.viewers < viewers) await turn();
const held = () => {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
};
const beforeBytes = held();
let peakBytes = 0;
let rssBytes = 0;
const text = "x".repeat(bytes);
for (let count = 0; count < events; count++) {
  server.publish(log.append({ type: "log", level: "info", text }));
  await turn();
  peakBytes = Math.max(peakBytes, held() - beforeBytes);
  rssBytes = Math.max(rssBytes, Deno.memoryUsage().rss);
}
console.log(JSON.stringify({ peakBytes, rssBytes, viewersLeft: server.viewers }));
await server.close(5000);
log.close();
ownership.release();
Deno.exit(0);

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
