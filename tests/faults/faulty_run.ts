/** Carries out a plan: starts a run, strikes it, resumes it, and lets it come to its end. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { standingEvents } from "../../src/run_state/standing_events.ts";
import { custodyOf } from "../../src/run/owner/custody.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import type { EventOf } from "../../src/events.ts";
import { emptyFeatureCache, eventually, headlight, JsonRun } from "../process.ts";
import { leftoversOf, MARK, processesMarked, temporaryFilesOf } from "./leftovers.ts";
import { outcomeOf, type RunOutcome } from "./outcome.ts";
import { endsSession, type FaultSignal, nameOf, type Plan, type Strike } from "./plan.ts";
import type { Scenario } from "./scenarios.ts";
import { newestRun, pause, type Session, strike } from "./strike.ts";

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
/** After a run was created, it counts as starting for half a minute. */
const STARTING_MS = 40_000;
/** More sessions than strikes, because a run whose viewer was killed before it had a folder begins again. */
const MOST_SESSIONS = 8;

const HALF_WRITTEN = "(a kill left a temporary file)";

/** Runs a scenario to its end without any disturbance. */
export async function undisturbed(scenario: Scenario, place: Place): Promise<RunOutcome> {
  const plan: Plan = { seed: 0, scenario, emptyCache: false, strikes: [] };
  return (await faultyRun(plan, place)).outcome;
}

export interface FaultyRun {
  readonly outcome: RunOutcome;
  /** The names of the strikes that hit. */
  readonly hits: readonly string[];
  /** What else is to be counted. */
  readonly notes: readonly string[];
  readonly sessions: number;
}

/** Carries out a plan. @throws if a process, a temporary file or an unreadable run is left, or a status is wrong */
export async function faultyRun({ seed, scenario, emptyCache, strikes }: Plan, place: Place): Promise<FaultyRun> {
  const folder = join(place.folder, `${seed}-${crypto.randomUUID().slice(0, 8)}`);
  const runs = join(folder, "runs");
  Deno.mkdirSync(folder);
  const cache = emptyCache ? emptyFeatureCache(join(folder, "cache")) : place.sharedCache;
  const mark = crypto.randomUUID();
  const env = { ...cache, [MARK]: mark };
  const start = ["train", "--data", place.data, "--runs", runs, ...scenario.flags];
  const left = [...strikes];
  const hits: string[] = [];
  const notes: string[] = [];
  for (let sessions = 1; sessions <= MOST_SESSIONS; sessions++) {
    const before = newestRun(runs);
    const resumes = before !== null && existsSync(before.config);
    if (resumes) await eventually("the run is free", () => custodyOf(before).kind === "nobody", STARTING_MS);
    const viewer = new JsonRun(resumes ? ["train", "--resume", before.path] : start, { env });
    const { hit, status } = await sessionOf(viewer, runs, left);
    hits.push(...hit.map(nameOf));
    await eventually("its processes have ended", () => processesMarked(mark).length === 0, GONE_MS).catch((error) => {
      throw new Error(`${error.message}: ${processesMarked(mark).join("; ")}`);
    });
    const run = newestRun(runs);
    const end = run && endOf(run);
    // Before it listens for signals, even a signal that it ignores later ends a trainer.
    if (end?.reason === "failed" && hit.some(isEarly)) assert.equal(status, 1, viewer.stderr);
    else checkStatus(status, hit.findLast(endsSession), end, viewer);
    if (run === null) continue;
    if (temporaryFilesOf(run).length > 0) notes.push(HALF_WRITTEN);
    for (const { torn } of hit) if (torn !== null && !isFinished(end)) tear(run, torn);
    if (existsSync(run.config)) assert.notEqual(readOverview(run).status, "broken", readOverview(run).problem ?? "");
    const killed = hit.some(({ signal }) => signal === "SIGKILL");
    if (!killed) assert.deepEqual(leftoversOf(run), []);
    if (!isFinished(end)) continue;
    await checkEnded(run, runs, env, { sessions, killed });
    const outcome = outcomeOf(run, runs);
    Deno.removeSync(folder, { recursive: true });
    return { outcome, hits, notes, sessions };
  }
  throw new Error(`the run has not finished after ${MOST_SESSIONS} sessions`);
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

/** Strikes a session until one strike ends it. Takes the strikes that hit, or whose moment has passed, from `left`. */
async function sessionOf(viewer: JsonRun, runs: string, left: Strike[]) {
  let exited = false;
  const ended = viewer.status().then((status) => {
    exited = true;
    return status;
  });
  // A failure is reported when it is awaited below.
  ended.catch(() => exited = true);
  const session: Session = { viewer, runs, exited: () => exited };
  const hit: Strike[] = [];
  for (let next = left[0]; next && !exited; next = left[0]) {
    const done = await strike(session, next);
    left.shift();
    if (!done) continue;
    hit.push(next);
    if (endsSession(next)) break;
  }
  const timer = pause(SESSION_MS).then(() => Promise.reject(new Error(`the session took more than ${SESSION_MS} ms`)));
  timer.catch(() => {});
  return { hit, status: await Promise.race([ended, timer]) };
}

function endOf(run: RunDirectory): EventOf<"end"> | null {
  const last = standingEvents(readEvents(run.events)).findLast(({ type }) => type === "end");
  return last?.type === "end" ? last : null;
}

/** Whether a strike may come before its process listens for signals. */
function isEarly({ target, moment }: Strike): boolean {
  return target === "trainer" && moment.during === "start";
}

function isFinished(end: EventOf<"end"> | null): boolean {
  return end?.reason === "completed" || end?.reason === "early_stopping";
}

const STATUSES: Readonly<Record<FaultSignal, number>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGHUP: 129 };

function checkStatus(status: number, struck: Strike | undefined, end: EventOf<"end"> | null, viewer: JsonRun): void {
  const what = `${struck ? nameOf(struck) : "no strike"}, end ${end?.reason ?? "none"}: ${viewer.stderr}`;
  assert.ok(expected(struck, end).includes(status), `the exit status is ${status} after ${what}`);
  if (struck?.target !== "trainer" || struck.signal === "SIGKILL" || isFinished(end)) return;
  assert.deepEqual([end?.reason, end?.signal], ["interrupted", struck.signal], what);
}

function expected(struck: Strike | undefined, end: EventOf<"end"> | null): number[] {
  if (!struck) return [0];
  const { target, signal } = struck;
  const ended = STATUSES[signal];
  // The signal may come when the run has ended by itself.
  const late = isFinished(end) ? [0] : [];
  if (signal !== "SIGKILL" && signal !== "SIGHUP") return [ended, ...late];
  // A viewer that loses its terminal leaves the run, which ends itself because it was started without a terminal.
  if (target === "viewer") return signal === "SIGHUP" ? [0, ended] : [ended, ...late];
  return [1, ...late];
}

/** Checks what a finished run leaves, as `runs --json` and the folder show it. */
async function checkEnded(
  run: RunDirectory,
  runs: string,
  env: Record<string, string>,
  { sessions, killed }: { readonly sessions: number; readonly killed: boolean },
) {
  // The socket of a trainer that was killed after its last event stays until the next run removes it.
  assert.deepEqual(killed ? temporaryFilesOf(run) : leftoversOf(run), []);
  const listed = await headlight(["runs", "--json", "--runs", runs], { env });
  assert.equal(listed.status, 0, listed.stderr);
  const lines = listed.stdout.trim().split("\n").map((line) => JSON.parse(line));
  const own = lines.find(({ id }) => id === run.id);
  assert.equal(own?.status, "ended", listed.stdout);
  // A viewer killed before it had written config.json leaves an empty folder, which the next run removes.
  assert.ok(lines.every(({ status }) => status === "ended" || sessions > 1), listed.stdout);
  const numbers = readEvents(run.events).map(({ seq }) => seq);
  assert.deepEqual(new Set(numbers).size, numbers.length, "a number of an event occurs twice");
}
