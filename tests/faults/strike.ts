/** Strikes a process of a run at a planned moment, which the run's own log and folder show. */
import { join } from "node:path";
import { hasAsides } from "../../src/files/atomic.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { isTrainer, type JsonRun } from "../process.ts";
import type { Moment, Strike } from "./plan.ts";

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A session of a run: the command that starts or resumes it, until that command exits. */
export interface Session {
  readonly viewer: JsonRun;
  /** The folder that the run is in. */
  readonly runs: string;
  /** Whether the command has exited. */
  exited(): boolean;
}

/** Waits for the moment and sends the signal. Returns whether it was sent, or false if the moment never came. */
export async function strike(session: Session, { target, signal, moment, delayMs }: Strike): Promise<boolean> {
  if (!await come(session, moment)) return false;
  const pid = await processOf(session, target);
  if (pid === null) return false;
  await pause(delayMs);
  if (moment.during === "extraction" && session.viewer.all("phase").some(({ name }) => name === "train")) return false;
  if (moment.during === "saving" && !await within(session, (run) => isSaving(run))) return false;
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
      case "logging": {
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

/** Returns the process to strike as soon as it runs, or null if the session ends before. */
async function processOf(session: Session, target: Strike["target"]): Promise<number | null> {
  const { viewer, runs } = session;
  if (target === "viewer") return viewer.pid;
  let found: number | undefined;
  const isWanted = target === "trainer" ? isTrainer : isExtractor;
  await within(session, () => {
    if (target === "trainer") found = trainerIn(runs);
    found ??= descendants(viewer.pid).find(isWanted);
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
async function within({ runs, exited }: Session, holds: (run: RunDirectory) => boolean): Promise<boolean> {
  const nowhere = runDirectory(join(runs, "none"));
  while (!exited()) {
    if (holds(newestRun(runs) ?? nowhere)) return true;
    await pause(0);
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
  return await within(session, ({ path, events }) => {
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
