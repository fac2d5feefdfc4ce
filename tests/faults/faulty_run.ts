/** Carries out a plan: starts a run, disturbs it, resumes it, and lets it come to its end. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runs as listedRuns } from "../../src/commands/runs.ts";
import { custodyOf, isOwned } from "../../src/run/owner/custody.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { lastSeq, readEvents } from "../../src/run/log/event_log.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import { emptyFeatureCache, eventually, JsonRun } from "../process.ts";
import { type Act, endsSession, nameOf } from "./acts.ts";
import { DetachedRun } from "./detached_run.ts";
import { checkKept } from "./kept.ts";
import { endProcesses, leftoversOf, MARK, processesMarked, temporaryFilesOf } from "./leftovers.ts";
import { checkpointDigests, outcomeOf, type RunOutcome } from "./outcome.ts";
import type { Extension, Plan } from "./plan.ts";
import { flagsOf } from "./scenarios.ts";
import { checkStatus, endOf, isFinished } from "./statuses.ts";
import { carryOut, newestRun, pause, type Session, type Viewer } from "./strike.ts";

/** The folders of a campaign. */
export interface Place {
  readonly folder: string;
  readonly data: string;
  /** The environment with the cache that all runs share which need not extract. */
  readonly sharedCache: Readonly<Record<string, string>>;
}

/** The time limits, in milliseconds. A machine under load needs more than ten times what a session takes alone. */
const SESSION_MS = 180_000;
const GONE_MS = 30_000;
const FREE_MS = 5000;
/** More sessions than strikes, because a run whose viewer was killed before it had a folder begins again. */
const MOST_SESSIONS = 10;
/** Longer than a run counts as starting after it was created. */
const STARTED_LONG_AGO_MS = 60_000;

export interface FaultyRun {
  /** The run, which stays in its folder. */
  readonly run: RunDirectory;
  readonly folder: string;
  readonly outcome: RunOutcome;
  /** The digests of all its checkpoints. */
  readonly checkpoints: ReturnType<typeof checkpointDigests>;
  /** Whether the run was extended. A run may stop early before it lacks epochs. */
  readonly isExtended: boolean;
  /** How many strikes hit. */
  readonly hits: number;
  /** What is to be counted: the strikes that hit, and what else was special. */
  readonly notes: readonly string[];
}

/**
 * Carries out a plan.
 * @param source the run to start from, or null
 * @throws if a process, a temporary file or an unreadable run is left, a status is wrong, or a checkpoint is missing
 */
export async function faultyRun(plan: Plan, place: Place, source: RunDirectory | null): Promise<FaultyRun> {
  const folder = join(place.folder, `${plan.seed}-${crypto.randomUUID().slice(0, 8)}`);
  Deno.mkdirSync(folder);
  const mark = crypto.randomUUID();
  try {
    return await untilFinished(plan, place, { folder, mark, source });
  } finally {
    // None is left unless something has failed.
    endProcesses(mark);
  }
}

interface Surroundings {
  readonly folder: string;
  readonly mark: string;
  readonly source: RunDirectory | null;
}

async function untilFinished(plan: Plan, place: Place, { folder, mark, source }: Surroundings): Promise<FaultyRun> {
  const { scenario, extension, keep } = plan;
  const runs = join(folder, "runs");
  const cache = plan.emptyCache ? emptyFeatureCache(join(folder, "cache")) : place.sharedCache;
  const env = { ...cache, [MARK]: mark };
  const own = source && copiedRun(source, join(folder, "source"));
  const start = [
    ...["train", "--data", place.data, "--runs", runs],
    ...flagsOf(scenario, extension ? { [extension.option]: extension.first } : {}),
    ...(keep > 0 ? ["--keep", String(keep)] : []),
    ...(own ? ["--from", own.path] : []),
  ];
  const left = [...plan.acts];
  const notes = [...(keep > 0 ? [`(--keep ${keep})`] : []), ...(own ? ["(--from)"] : [])];
  let hits = 0;
  let killed = false;
  /** Whether what a kill has left may still be there, because no trainer has taken the run since. */
  let mayBeLeft = false;
  for (let session = 0; session < MOST_SESSIONS; session++) {
    const before = newestRun(runs);
    const resumes = before !== null && existsSync(before.config);
    const eventsBefore = resumes ? lastSeq(before.events) : 0;
    const endBefore = resumes ? endOf(before) : null;
    if (resumes) {
      if (own && plan.losesSource && existsSync(own.path)) Deno.removeSync(own.path, { recursive: true });
      letStartPass(before);
      await eventually("the run is free", () => custodyOf(before).kind === "nobody", FREE_MS);
    }
    const extended = resumes ? extensionFlags(extension, before) : [];
    const args = resumes ? ["train", "--resume", before.path, ...extended] : start;
    const detached = plan.detached[session % plan.detached.length] === true;
    const viewer = detached ? new DetachedRun({ args, env, runs, before, resumes }) : new OwnViewer(args, { env });
    const { done, status } = await sessionOf(viewer, runs, left);
    const hit = done.filter((act) => act.kind === "strike");
    hits += hit.length;
    notes.push(...done.map(nameOf));
    if (detached) notes.push("(a detached session)");
    if (extended.length > 0) notes.push(`(extended by ${extended[0]})`);
    await eventually("its processes have ended", () => processesMarked(mark).length === 0, GONE_MS).catch((error) => {
      throw new Error(`${error.message}: ${processesMarked(mark).join("; ")}`);
    });
    const run = newestRun(runs);
    // A process that is being killed loses its environment, by which it is recognized, before its locks.
    if (run !== null) await eventually("nobody owns the run", () => !isOwned(run), GONE_MS);
    const end = run && endOf(run);
    const taken = run !== null && lastSeq(run.events) > eventsBefore;
    // A resume that has not trained a step leaves the run as it was.
    if (run !== null && !taken) assert.deepEqual(end, endBefore);
    checkStatus(status, hit, { end, taken }, viewer);
    if (run === null) continue;
    if (temporaryFilesOf(run).length > 0) notes.push("(a kill left a temporary file)");
    for (const { torn } of hit) if (torn !== null && !isFinished(end)) tear(run, torn);
    if (existsSync(run.config)) assert.notEqual(readOverview(run).status, "broken", readOverview(run).problem ?? "");
    const killedNow = hit.some(({ signal }) => signal === "SIGKILL");
    killed ||= killedNow;
    mayBeLeft = killedNow || (mayBeLeft && !taken);
    if (!mayBeLeft) assert.deepEqual(leftoversOf(run), []);
    if (!isFinished(end) || isToBeExtended(extension, run)) continue;
    await checkEnded(run, runs, { sessions: session + 1, killed: killedNow });
    checkKept(run, killed);
    checkChanges(run, extension);
    const [outcome, checkpoints] = [outcomeOf(run, folder), checkpointDigests(run)];
    const isExtended = extension !== null && !hasFirst(extension, run);
    return { run, folder, outcome, checkpoints, isExtended, hits, notes };
  }
  throw new Error(`the run has not finished after ${MOST_SESSIONS} sessions`);
}

/** A viewer that the run ends with, because it has no terminal. */
class OwnViewer extends JsonRun implements Viewer {
  readonly detached = false;

  process(): Promise<number> {
    return Promise.resolve(this.pid);
  }
}

function copiedRun({ id, path }: RunDirectory, folder: string): RunDirectory {
  Deno.mkdirSync(folder);
  const { success, stderr } = new Deno.Command("cp", { args: ["-a", path, folder] }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return runDirectory(join(folder, id));
}

/** Lets a run that has no trainer yet look as if it had been created long ago, when its trainer must have started. */
function letStartPass(run: RunDirectory): void {
  if (custodyOf(run).kind !== "starting") return;
  const then = new Date(Date.now() - STARTED_LONG_AGO_MS);
  Deno.utimeSync(run.config, then, then);
}

/** Whether the run still has the first value of the option. */
function hasFirst({ option, first }: Extension, { config }: RunDirectory): boolean {
  return readRunConfig(config).options[option] === first;
}

/** How a run ends that lacks epochs or patience. */
const ENDS_FOR_LACK = { epochs: "completed", patience: "early_stopping" } as const;

/** Whether the run has ended because it still lacks what it is to be extended by. */
function isToBeExtended(extension: Extension | null, run: RunDirectory): boolean {
  return extension !== null && hasFirst(extension, run) && endOf(run)?.reason === ENDS_FOR_LACK[extension.option];
}

/** Returns the flags that extend a run, or none if it is not time for that. */
function extensionFlags(extension: Extension | null, run: RunDirectory): string[] {
  if (extension === null || !hasFirst(extension, run)) return [];
  const { option, full, early } = extension;
  return early || isToBeExtended(extension, run) ? [`--${option}`, String(full)] : [];
}

function checkChanges(run: RunDirectory, extension: Extension | null): void {
  const changes = readRunConfig(run.config).changes ?? [];
  const expected = extension && !hasFirst(extension, run) ? [[extension.option, extension.first, extension.full]] : [];
  assert.deepEqual(changes.map(({ name, from, to }) => [name, from, to]), expected);
}

/** Adds a line that breaks off to the log and to history.csv, as a trainer leaves it that is killed within a write. */
function tear({ events, history }: RunDirectory, share: number): void {
  for (const path of [events, history]) {
    if (!existsSync(path)) continue;
    const line = Deno.readTextFileSync(path).trimEnd().split("\n").at(-1) ?? "";
    const next = line.replace(/\d+/, (number) => String(Number(number) + 1));
    Deno.writeTextFileSync(path, next.slice(0, Math.floor(next.length * share)), { append: true });
  }
}

/**
 * Carries out acts until one ends the session. Takes those that are done, or whose moment has passed, from `left`.
 * Returns those that are done, and the status of the command.
 */
async function sessionOf(viewer: Viewer, runs: string, left: Act[]): Promise<{ done: Act[]; status: number }> {
  let exited = false;
  const ended = viewer.status().finally(() => exited = true);
  // A failure is reported when it is awaited below.
  ended.catch(() => {});
  const session: Session = { viewer, runs, exited: () => exited };
  const work = async () => {
    const done: Act[] = [];
    for (let next = left[0]; next && !exited; next = left[0]) {
      const carriedOut = await carryOut(session, next);
      // The session has ended before the moment, which may come in the next one.
      if (!carriedOut && exited && next.moment.during !== "extraction") break;
      left.shift();
      if (!carriedOut) continue;
      done.push(next);
      if (next.kind === "strike" && endsSession(next, viewer.detached)) break;
    }
    return { done, status: await ended };
  };
  const timer = pause(SESSION_MS).then(() => Promise.reject(new Error(`the session took more than ${SESSION_MS} ms`)));
  timer.catch(() => {});
  return await Promise.race([work(), timer]);
}

/** Checks what a finished run leaves, as `runs --json` and the folder show it. */
async function checkEnded(
  run: RunDirectory,
  runs: string,
  { sessions, killed }: { readonly sessions: number; readonly killed: boolean },
): Promise<void> {
  // The socket of a trainer that was killed after its last event stays until the next run removes it.
  assert.deepEqual(killed ? temporaryFilesOf(run) : leftoversOf(run), []);
  const lines: { readonly id: string; readonly status: string }[] = [];
  // The command itself, without the start of a process for each run.
  assert.equal(await listedRuns(runs, true, (line) => lines.push(JSON.parse(line))), 0);
  assert.equal(lines.find(({ id }) => id === run.id)?.status, "ended", JSON.stringify(lines));
  // A viewer killed before it had written config.json leaves an empty folder, which the next run removes.
  assert.ok(lines.every(({ status }) => status === "ended" || sessions > 1), JSON.stringify(lines));
  const numbers = readEvents(run.events).map(({ seq }) => seq);
  assert.deepEqual(new Set(numbers).size, numbers.length, "a number of an event occurs twice");
}
