/** Asks the trainer of a run for something, over the socket that commands and keys use. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/events.ts";
import type { Command } from "../../src/protocol.ts";
import { KEPT_MARK } from "../../src/run/checkpoints/checkpoint_names.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { attach } from "../../src/run/control/attach.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";

/** Asks for a checkpoint. Returns whether there is one, or false if the run has ended. It must be whole at once. */
export async function askForCheckpoint(run: RunDirectory): Promise<boolean> {
  const event = await take(
    run,
    { type: "checkpoint" },
    ({ type, ...rest }) => type === "checkpoint" && "kind" in rest && rest.kind === "manual",
  );
  if (event?.type !== "checkpoint") return false;
  readCheckpoint(event.path);
  assert.ok(existsSync(join(event.path, KEPT_MARK)), `${event.path} is not marked as requested`);
  return true;
}

/** Asks for a pause. Returns whether the run is paused, or false if it has ended. */
export async function askForPause(run: RunDirectory): Promise<boolean> {
  return await take(run, { type: "pause" }, (event) => event.type === "control" && event.state === "paused") !== null;
}

/** Lets a paused run go on. */
export async function askToGoOn(run: RunDirectory): Promise<void> {
  await take(run, { type: "resume" }, (event) => event.type === "control" && event.state === "resumed");
}

/** Sends a command. Returns the event that shows its effect, or null if it was refused or the run ended before. */
async function take(
  run: RunDirectory,
  command: Command,
  isEffect: (event: RunEvent) => boolean,
): Promise<RunEvent | null> {
  const connection = await attach(run, { role: "viewer", stopOnLoss: false, since: "now" });
  try {
    const { ok } = await connection.send(command);
    if (!ok) return null;
    for await (const event of connection.events) if (isEffect(event)) return event;
    return null;
  } finally {
    await connection.close("detach");
  }
}
