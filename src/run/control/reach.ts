/** Connects to a trainer's socket. */
import { isElsewhere, type Owner } from "../owner/owner_record.ts";
import { TrainerSocket } from "./trainer_socket.ts";

/** Returns a connection to the owner's socket, or null if there is none that answers. */
export async function reach(owner: Owner | null): Promise<TrainerSocket | null> {
  return !owner || isElsewhere(owner) ? null : await TrainerSocket.open(owner.socket);
}
