/** Carries out an act at its planned moment, which the run's own log and folder show. */
import { join } from "node:path";
import type { EventOf, RunEvent } from "../../src/events.ts";
import { hasAsides } from "../../src/files/atomic.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { isTrainer } from "../process.ts";
import { type Act, type Ask, endsSession, type Moment, type Strike } from "./acts.ts";
import { askForCheckpoint, askForPause, askToGoOn } from "./ask.ts";

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What follows a run: the command that started it, or for a detached run the test itself. */
export interface Viewer {
  readonly detached: boolean;
  /** The command's process id. */
  readonly pid: number;
  readonly stderr: string;
  until<T extends RunEvent["type"]>(type: T, wanted?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
  all<T extends RunEvent["type"]>(type: T): EventOf<T>[];
  /** Returns the process to strike. For a detached run without its command, this is one that watches it. */
  process(): Promise<number>;
  /** Returns the exit status of the command, once the session has ended. */
  status(): Promise<number>;
}

/** A session of a run: from the command that starts or resumes it until its trainer and its viewer have ended. */
export interface Session {
  readonly viewer: Viewer;
  /** The folder that the run is in. */
  readonly runs: string;
  exited(): boolean;
}

/** Waits for the moment of an act and carries it out. Returns whether it was, or false if the moment never came. */
export async function carryOut(session: Session, act: Act): Promise<boolean> {
  if (!await come(session, act.moment)) return false;
  return act.kind === "ask" ? await ask(session, act) : await strike(session, act);
}

async function ask({ runs, exited }: Session, { wish, delayMs, pauseMs, saves }: Ask): Promise<boolean> {
  await pause(delayMs);
  const run = newestRun(runs);
  if (run === null || exited()) return false;
  if (wish === "checkpoint") return await askForCheckpoint(run);
  if (!await askForPause(run)) return false;
  await pause(pauseMs);
  if (saves) await askForCheckpoint(run);
  await askToGoOn(run);
  return true;
}

async function strike(session: Session, planned: Strike): Promise<boolean> {
  const run = newestRun(session.runs);
  if (planned.moment.during !== "pause" || run === null) return await send(session, planned);
  if (!await askForPause(run)) return false;
  const sent = await send(session, planned);
  // If the session goes on, so must the run.
  if (!sent || !endsSession(planned, session.viewer.detached)) await askToGoOn(run);
  return sent;
}

/** Sends the signal to the process. Returns whether it was sent. */
async function send(session: Session, { target, signal, moment, delayMs }: Strike): Promise<boolean> {
  const pid = await processOf(session, target);
  if (pid === null) return false;
  await pause(delayMs);
  if (moment.during === "extraction" && session.viewer.all("phase").some(({ name }) => name === "train")) return false;
  if (moment.during === "saving" && !await within(session, 0, (run) => isSaving(run))) return false;
  if (moment.during === "logging" && !await written(session)) return false;
  if (session.exited()) return false;
  try {
    Deno.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || session.exited()) return false;
    throw error;
  }
}

/** Waits for what the log says. Returns false if it will not come in this session. */
async function come({ viewer }: Session, moment: Moment): Promise<boolean> {
  try {
    switch (moment.during) {
      case "start":
        return true;
      case "extraction":
        await viewer.until("phase", ({ name }) => name === "extract");
        return true;
      case "training":
      case "saving":
      case "logging":
      case "pause": {
        if (moment.epochs === 0) {
          await viewer.until("phase");
          return true;
        }
        let seen = 0;
        await viewer.until("epoch", () => ++seen >= moment.epochs);
        return true;
      }
      case "ending":
        await viewer.until("early_stopping", ({ stops_after: stops }) => {
          const last = viewer.all("epoch").at(-1);
          return last !== undefined && (last.epoch === last.epochs || last.epoch === stops);
        });
        return true;
    }
  } catch {
    // The command ended before.
    return false;
  }
}

/** Looking for a process reads all of /proc. */
const LOOK_EVERY_MS = 20;

/** Returns the process to strike as soon as it runs, or null if the session ends before. */
async function processOf(session: Session, target: Strike["target"]): Promise<number | null> {
  const { viewer, runs } = session;
  // The viewer of a detached run may end with the session before it shows anything.
  if (target === "viewer") return await viewer.process().catch(() => null);
  let found: number | undefined;
  const isWanted = target === "trainer" ? isTrainer : isExtractor;
  await within(session, LOOK_EVERY_MS, () => {
    if (target === "trainer") found = trainerIn(runs);
    // The trainer of a detached run is no longer a child of the command that has started it.
    const parents = [viewer.pid, trainerIn(runs)].filter((pid) => pid !== undefined);
    found ??= parents.flatMap(descendants).find(isWanted);
    return found !== undefined || viewer.all("phase").some(({ name }) => name === "train" && target === "extractor");
  });
  return found ?? null;
}

/** Returns the trainer that the newest run's lock names, if it is running. */
function trainerIn(runs: string): number | undefined {
  const run = newestRun(runs);
  if (run === null) return undefined;
  try {
    const pid = Number(/"pid":(\d+)/.exec(Deno.readTextFileSync(run.lock))?.[1]);
    return isTrainer(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function newestRun(runs: string): RunDirectory | null {
  const [newest] = listRuns(runs);
  return newest ? runDirectory(newest.path) : null;
}

function isExtractor(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("extractor_main.ts");
  } catch {
    return false;
  }
}

/** Waits until something holds for the run. Returns false if the session ended before. */
async function within(
  { runs, exited }: Session,
  everyMs: number,
  holds: (run: RunDirectory) => boolean,
): Promise<boolean> {
  const nowhere = runDirectory(join(runs, "none"));
  while (!exited()) {
    if (holds(newestRun(runs) ?? nowhere)) return true;
    await pause(everyMs);
  }
  return false;
}

/** Whether the run's folder shows a write that has not been completed by its rename. */
function isSaving({ path, checkpoints }: RunDirectory): boolean {
  return hasAsides(checkpoints) || hasAsides(path);
}

/** Waits for the next write to the log. */
async function written(session: Session): Promise<boolean> {
  const before = new Map<string, number>();
  return await within(session, 0, ({ path, events }) => {
    const size = sizeOf(events);
    const known = before.get(path) ?? size;
    before.set(path, known);
    return size > known;
  });
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
