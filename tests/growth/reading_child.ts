/**
 * Reads from a socket for long, and prints how much more memory native code holds after many reads than after few. Needs
 * --v8-flags=--expose-gc.
 */
import { printResult, readRequest } from "../bench/children.ts";
import { TrainerSocket } from "../../src/run/control/trainer_socket.ts";
import { collect } from "./allocated.ts";
import { readingRequestSchema, type ReadingResult } from "./growth.ts";
import { nativeBytes } from "./native_memory.ts";

const { path, few, many } = readRequest(readingRequestSchema);
const socket = await TrainerSocket.open(path);
if (!socket) throw new Error(`nobody listens at ${path}`);

async function held(): Promise<number> {
  await collect();
  return nativeBytes() ?? NaN;
}

let reads = 0;
let before = NaN;
void socket.read(() => {
  reads++;
  if (reads === few) void held().then((bytes) => before = bytes);
  if (reads !== many) return;
  void held().then((bytes) => {
    printResult({ grown: bytes - before } satisfies ReadingResult);
    Deno.exit(0);
  });
});
