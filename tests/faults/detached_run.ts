/** A run that was started with `--detach`, followed from the test's own process. */
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { attach } from "../../src/run/control/attach.ts";
import { lastSeq } from "../../src/run/log/event_log.ts";
import { headlightArgs, JsonRun, ReceivedEvents } from "../process.ts";
import { newestRun, pause, type Viewer } from "./strike.ts";

interface Start {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly runs: string;
  /** The newest run before the command; `resumes` says whether the command goes on with it. */
  readonly before: RunDirectory | null;
  readonly resumes: boolean;
}

export class DetachedRun extends ReceivedEvents implements Viewer {
  readonly detached = true;
  readonly #command: Deno.ChildProcess;
  readonly #done: Promise<number>;
  #commandIsOver = false;
  #watcher: JsonRun | null = null;
  stderr = "";

  constructor(private readonly start: Start) {
    super();
    this.#command = new Deno.Command(Deno.execPath(), {
      args: headlightArgs([...start.args, "--detach", "--json"]),
      env: { NO_COLOR: "1", ...start.env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#done = this.#follow();
  }

  get pid(): number {
    return this.#command.pid;
  }

  /** Returns the command while it runs. Later, starts a viewer, or returns the one that it has started. */
  async process(): Promise<number> {
    if (!this.#commandIsOver) return this.pid;
    const { runs, env } = this.start;
    if (this.#watcher === null) {
      const watcher = new JsonRun(["watch", newestRun(runs)?.path ?? runs], { env });
      this.#watcher = watcher;
      watcher.status().finally(() => this.#watcher = null);
      await watcher.until("phase");
    }
    return this.#watcher.pid;
  }

  /** Returns the command's exit status, once no trainer has the run. */
  status(): Promise<number> {
    return this.#done;
  }

  async #follow(): Promise<number> {
    const { before, resumes } = this.start;
    const after = resumes && before ? lastSeq(before.events) : 0;
    const command = this.#statusOfCommand();
    let run = resumes ? before : null;
    for (; run === null && !this.#commandIsOver; run = this.#newRun()) await pause(5);
    if (run !== null) {
      const trainerMayCome = () => !this.#commandIsOver;
      const connection = await attach(run, { role: "viewer", stopOnLoss: false, since: "start", trainerMayCome });
      for await (const event of connection.events) if (event.seq > after) this.received([event]);
      await connection.close("detach");
    }
    const status = await command;
    this.over("the detached run ended");
    return status;
  }

  async #statusOfCommand(): Promise<number> {
    this.stderr = await new Response(this.#command.stderr).text();
    const { code } = await this.#command.status;
    this.#commandIsOver = true;
    return code;
  }

  #newRun(): RunDirectory | null {
    const { runs, before } = this.start;
    const run = newestRun(runs);
    return run && run.path !== before?.path ? runDirectory(run.path) : null;
  }
}
