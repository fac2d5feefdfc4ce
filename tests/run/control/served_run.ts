/** A run directory whose owner serves its log over a real socket, without any training. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { EventBody, RunEvent } from "../../../src/events.ts";
import type { Command } from "../../../src/protocol.ts";
import { ControlServer } from "../../../src/run/control/control_server.ts";
import { type RunDirectory, runDirectory } from "../../../src/run/folder/directory.ts";
import { EventLog } from "../../../src/run/log/event_log.ts";
import { type Ownership, takeOwnership } from "../../../src/run/owner/ownership.ts";
import { findSocketPath } from "../../../src/run/control/socket_path.ts";
import { withTemporaryFolder } from "../../support.ts";

export const said = (text: string): EventBody => ({ type: "log", level: "info", text });

export interface ServedRun {
  readonly run: RunDirectory;
  readonly commands: Command[];
  readonly lost: () => number;
  /** The number of viewers that receive events. */
  readonly viewers: () => number;
  /** The number of lost owners. */
  readonly connections: () => number;
  readonly log: EventLog;
  readonly server: ControlServer;
  readonly ownership: Ownership;
  say(text: string): void;
  end(): Promise<void>;
}

/** Serves a new run while `body` runs. @param answerTo returns the answer to a command. */
export async function withTrainer(
  body: (trainer: ServedRun) => Promise<void>,
  answerTo: (command: Command) => { ok: boolean; text: string } = ({ type }) => ({ ok: true, text: `took ${type}` }),
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const run = runDirectory(folder);
    const socket = findSocketPath(run.path, [join(folder, "sockets")]);
    const ownership = await takeOwnership(run, socket);
    assert.ok(ownership);
    const log = new EventLog(run.events);
    const commands: Command[] = [];
    let lost = 0;
    const server = await ControlServer.listen(socket, {
      eventsAfter: (seq) => log.after(seq),
      command: (command) => {
        commands.push(command);
        return answerTo(command);
      },
      ownerLost: () => lost++,
      ownerLeft: () => {},
    });
    let ended = false;
    const end = async () => {
      if (ended) return;
      ended = true;
      await server.close(200);
      log.close();
      ownership.release();
    };
    try {
      await body({
        run,
        commands,
        log,
        server,
        ownership,
        lost: () => lost,
        viewers: () => server.viewers,
        connections: () => server.connections,
        say: (text) => server.publish(log.append(said(text))),
        end,
      });
    } finally {
      await end();
    }
  });
}

export const VIEWER = { role: "viewer", stopOnLoss: false, since: "start", trainerMayCome: () => false } as const;

/** Returns the texts of the log events up to the end. */
export async function texts(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) if (event.type === "log") found.push(event.text);
  return found;
}
