/** `--notify`: notifies a command or a URL when a run ends, and when it waits for room on a disk. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { DiskNeed } from "../../disk.ts";
import type { EventBody, RunEvent } from "../../events.ts";
import { isSystemError, systemReason } from "../../files/system_error.ts";
import { CALLER_VARIABLE } from "../../notify_target.ts";
import { callerDirectory, PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";
import { diskNotification, endNotification, type Notification, type NotifiedRun, type Reached } from "./message.ts";
import { notifyAnswerSchema, type NotifyRequest } from "./request.ts";

/** The maximum time that a command or a server may take, in milliseconds. */
const LIMIT_MS = 30_000;
/** The maximum time that the end of a run waits to learn whether the notification failed, in milliseconds. */
const GRACE_MS = 1000;
/** The minimum time between two notifications about a full disk, in milliseconds. */
const DISK_EVERY_MS = 600_000;

export interface NotifierOptions {
  /** The value of `--notify`: a command or a URL. */
  readonly target: string;
  readonly run: NotifiedRun;
  /** Returns how far the run has trained. */
  readonly reached: () => Reached;
  /** Tells the person why a notification failed. Called at most once. */
  readonly notice: (text: string) => void;
  /** The maximum time that a command or a server may take, in milliseconds. Default: 30 s. */
  readonly limitMs?: number;
}

/**
 * Sends the notifications of one run. Must be created before an engine is loaded, because a command gets the
 * environment of that moment.
 */
export class Notifier {
  /** A copy, because engines set TensorFlow's variables in this process, and a command may use TensorFlow too. */
  readonly #env = Deno.env.toObject();
  #noticed = false;
  #diskMs = -Infinity;

  constructor(private readonly options: NotifierOptions) {}

  /** Handles an event of the run: notifies if it says that a disk has no room. */
  heard(event: RunEvent): void {
    if (event.type === "control" && event.state === "paused" && event.disk) this.#disk(event.disk);
  }

  /** Notifies of the end of the run. Resolves when that has succeeded or failed, but after one second at the latest. */
  async ended(end: Extract<EventBody, { type: "end" }>, exitStatus: number): Promise<void> {
    const told = this.#tell(endNotification(this.options.run, end, exitStatus, new Date()));
    await Promise.race([told, setTimeout(GRACE_MS)]);
  }

  #disk(need: DiskNeed): void {
    if (performance.now() - this.#diskMs < DISK_EVERY_MS) return;
    this.#diskMs = performance.now();
    void this.#tell(diskNotification(this.options.run, need, this.options.reached(), new Date()));
  }

  /** Never rejects. */
  async #tell(message: Notification): Promise<void> {
    const { target, limitMs = LIMIT_MS, notice } = this.options;
    const request = { target, message: JSON.stringify(message) + "\n", cwd: workingDirectory(), limitMs };
    const problem = await startDelivery(request, this.#env).catch((error) =>
      isSystemError(error)
        ? `--notify failed: the process that delivers it cannot be started (${systemReason(error)}).`
        : "--notify failed: the process that delivers it exited without an answer. See trainer.log."
    );
    if (problem === null || this.#noticed) return;
    this.#noticed = true;
    notice(problem);
  }
}

/** Returns the folder in which the person started the run, or / if it no longer exists. */
function workingDirectory(): string {
  const caller = Deno.env.get(CALLER_VARIABLE) ?? callerDirectory();
  try {
    return Deno.statSync(caller).isDirectory ? caller : "/";
  } catch {
    return "/";
  }
}

/**
 * Starts the process that delivers a notification, and returns its answer. The process goes on if this one exits.
 *
 * @throws Error if the process cannot be started or exits without an answer
 */
async function startDelivery(request: NotifyRequest, env: Record<string, string>): Promise<string | null> {
  const main = join(PROJECT_ROOT, "src", "run", "notify", "notify_main.ts");
  const child = spawn(Deno.execPath(), programArgs(main), {
    ...{ cwd: PROJECT_ROOT, detached: true, env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(request));
  child.unref();
  const answer = await Promise.race([text(child.stdout), failed]);
  return notifyAnswerSchema.parse(JSON.parse(answer)).problem;
}
