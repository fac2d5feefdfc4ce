/** Connects to a trainer's socket. */
import { connect, type Socket } from "node:net";
import { isElsewhere, type Owner } from "../owner/owner_record.ts";

/** Returns the owner's connected socket, or null if there is none that answers. */
export function reach(owner: Owner | null): Promise<Socket | null> {
  if (!owner || isElsewhere(owner)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect(owner.socket);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", () => resolve(null));
  });
}
