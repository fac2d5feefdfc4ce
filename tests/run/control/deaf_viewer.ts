/** A viewer that never reads. */
import { connect, type Socket } from "node:net";
import { jsonLine } from "../../../src/run/control/json_lines.ts";

/** Subscribes and never reads. */
export function deafViewer(path: string): Socket {
  const socket = connect(path);
  socket.on("error", () => {});
  socket.pause();
  socket.write(jsonLine({ type: "subscribe", after: 0, role: "viewer", stop_on_loss: false }));
  return socket;
}
