/** `--notify`: tells a command or a URL how a run ends, and that it waits for room on a disk. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { DiskNeed } from "../../disk.ts";
import type { EventBody, RunEvent } from "../../events.ts";
import { CALLER_VARIABLE } from "../../notify_target.ts";
import { callerDirectory, PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";
import { diskNotification, endNotification, type Notification, type NotifiedRun, type Reached } from "./message.ts";
import { notifyAnswerSchema, type NotifyRequest } from "./request.ts";

/** How long a command or a server may take, in milliseconds. */
const LIMIT_MS = 30_000;
/** How long the end of a run waits to learn whether the notification failed, in milliseconds. */
const GRACE_MS = 1000;
/** A disk that is full again and again is told this often at most, in milliseconds. */
const DISK_EVERY_MS = 600_000;

export interface NotifierOptions {
  readonly target: string;
  readonly run: NotifiedRun;
  /** Returns how far the run is. */
  readonly reached: () => Reached;
  /** Tells the person why a notification failed. Called at most once. */
  readonly notice: (text: string) => void;
  /** Default: 30 s. */
  readonly limitMs?: number;
}

/** Made before an engine is loaded: a command gets the variables of this moment. */
export class Notifier {
  /** Engines set TensorFlow's variables in this process, and a command may use TensorFlow too. */
  readonly #env = Deno.env.toObject();
  #noticed = false;
  #diskMs = -Infinity;

  constructor(private readonly options: NotifierOptions) {}

  /** Takes an event of the run, and tells about a disk without room. */
  heard(event: RunEvent): void {
    if (event.type === "control" && event.state === "paused" && event.disk) this.#disk(event.disk);
  }

  /** Tells how the run ended. Returns when this has succeeded or failed, or after a second, whatever comes first. */
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
    const problem = await startDelivery(request, this.#env).catch(() =>
      "--notify failed: its process cannot be started."
    );
    if (problem === null || this.#noticed) return;
    this.#noticed = true;
    notice(problem);
  }
}

/** The folder in which the person has started the run, if it is known and still there. */
function workingDirectory(): string {
  const caller = Deno.env.get(CALLER_VARIABLE) ?? callerDirectory();
  try {
    return Deno.statSync(caller).isDirectory ? caller : "/";
  } catch {
    return "/";
  }
}

/** Starts the process, and returns its answer. It goes on when this process exits. */
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
