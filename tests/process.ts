/** Starts Headlight as a person does: the real command line in separate processes. */
import { join } from "node:path";
import { type EventOf, parseEvent, type RunEvent } from "../src/events.ts";
import { cacheRoot, PROJECT_ROOT } from "../src/paths.ts";
import { programArgs } from "../src/program.ts";

const DENO = Deno.execPath();
export const MAIN = join(PROJECT_ROOT, "main.ts");

/** Starts `main.ts` with these arguments, as `deno task` does. */
export function headlightArgs(args: readonly string[]): string[] {
  return programArgs(MAIN, ...args);
}

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs a command until it exits. */
export async function headlight(
  args: readonly string[],
  { cwd = PROJECT_ROOT, env = {} }: StartOptions = {},
): Promise<Finished> {
  const { code, stdout, stderr } = await new Deno.Command(DENO, {
    args: headlightArgs(args),
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { status: code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** The events of a run that have been received so far, for which a test can wait. */
export class ReceivedEvents {
  readonly events: RunEvent[] = [];
  #waiting: (() => void)[] = [];
  #over: string | null = null;

  /** Returns the first event of this type that fulfils `wanted`. Throws if the events end without one. */
  async until<T extends RunEvent["type"]>(
    type: T,
    wanted: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    for (let next = 0;;) {
      for (; next < this.events.length; next++) {
        const event = this.events[next];
        if (isOf(event, type) && wanted(event)) return event;
      }
      if (this.#over !== null) throw new Error(`${this.#over} without the ${type} event waited for`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  all<T extends RunEvent["type"]>(type: T): EventOf<T>[] {
    return this.events.filter((event) => isOf(event, type));
  }

  protected received(events: readonly RunEvent[]): void {
    this.events.push(...events);
    this.#wake();
  }

  /** No more events will come. @param why a clause that says so */
  protected over(why: string): void {
    this.#over = why;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A `--json` viewer whose events a test can wait for. Since it is not a terminal, the run ends with it. */
export class JsonRun extends ReceivedEvents {
  readonly #child: Deno.ChildProcess;
  readonly #done: Promise<number>;
  stderr = "";

  constructor(args: readonly string[], { cwd = PROJECT_ROOT, env = {} }: StartOptions = {}) {
    super();
    this.#child = new Deno.Command(DENO, {
      args: headlightArgs([...args, "--json"]),
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#done = this.#read();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Returns the run directory as soon as the run has reported it. */
  async directory(): Promise<string> {
    return (await this.until("run")).directory;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Returns the viewer's exit status after it has exited. */
  status(): Promise<number> {
    return this.#done;
  }

  async #read(): Promise<number> {
    const errors = new Response(this.#child.stderr).text().then((text) => this.stderr = text);
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.received(lines.flatMap((line) => parseEvent(JSON.parse(line)) ?? []));
    }
    await errors;
    const { code } = await this.#child.status;
    this.over(`the viewer ended (${this.stderr.trim()})`);
    return code;
  }
}

function isOf<T extends RunEvent["type"]>(event: RunEvent | undefined, type: T): event is EventOf<T> {
  return event?.type === type;
}

/** Returns an environment whose cache has this machine's engines and weights, but no features. */
export function emptyFeatureCache(folder: string): Record<string, string> {
  const cache = join(folder, "headlight");
  Deno.mkdirSync(cache, { recursive: true });
  for (const part of ["engines", "weights"]) {
    Deno.mkdirSync(join(cacheRoot(), part), { recursive: true });
    Deno.symlinkSync(join(cacheRoot(), part), join(cache, part));
  }
  return { XDG_CACHE_HOME: folder };
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/**
 * Returns whether the process already executes the trainer. If it were stopped between fork and exec, it would
 * block its viewer too.
 */
export function isTrainer(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("trainer_main.ts");
  } catch {
    return false;
  }
}

/** Waits until `condition` holds. Fails after the time limit. */
export async function eventually(what: string, condition: () => boolean, withinMs: number): Promise<void> {
  for (const deadline = performance.now() + withinMs; !condition();) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
