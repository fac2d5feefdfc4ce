/** Finds runs: which folders are runs, broken ones included, and which run a person means. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { count, named } from "../../counted.ts";
import { HeadlightError } from "../../errors.ts";
import { didYouMean } from "../../near.ts";
import { systemReason } from "../../files/system_error.ts";
import { isThere } from "../../files/is_there.ts";
import { openStored, readStoredJson } from "../../files/stored.ts";
import { refuseFileInPlaceOf } from "../../files/writable.ts";
import { type RunDirectory, runDirectory } from "./directory.ts";
import { compareTexts, newer } from "./newer.ts";
import { timeInId } from "./run_id.ts";
import { runsFlag } from "./runs_flag.ts";

/**
 * Returns all runs in a folder, the newest first (`newer`), whatever their folders are called. Any folder with a
 * config.json, an events.jsonl or a run's id as its name counts as a run, so that runs with missing files are included.
 * Returns an empty list if the folder does not exist.
 * @throws HeadlightError (2) if it is not a folder or cannot be read
 */
export function listRuns(runs: string): RunDirectory[] {
  return foldersIn(runs)
    .filter(({ id, config, events }) => timeInId(id) !== null || existsSync(config) || existsSync(events))
    .map((run) => new Dated(run))
    .sort((one, other) => compareTexts(other.second, one.second) || newer(one, other))
    .map(({ run }) => run);
}

/** A run with the time of its creation. A listing of thousands of runs must be fast, so config.json is read late. */
class Dated {
  /** The time to the second. The id of a run has it, unless its folder was renamed. */
  readonly second: string;
  #created: string | null | undefined;

  constructor(readonly run: RunDirectory) {
    this.second = (timeInId(run.id)?.toISOString() ?? this.created ?? "").slice(0, SECOND_LENGTH);
  }

  get id(): string {
    return this.run.id;
  }

  get created(): string | null {
    if (this.#created === undefined) {
      this.#created = createdIn(this.run) ?? timeInId(this.run.id)?.toISOString() ?? null;
    }
    return this.#created;
  }
}

const SECOND_LENGTH = "2026-11-27T06:15:20".length;

function foldersIn(runs: string): RunDirectory[] {
  try {
    return [...Deno.readDirSync(runs)]
      .filter(({ isDirectory, name }) => isDirectory && !name.startsWith("."))
      .map(({ name }) => runDirectory(join(runs, name)));
  } catch (error) {
    refuseFileInPlaceOf(runs, `--runs ${runs}`);
    if (error instanceof Deno.errors.NotFound) return [];
    throw new HeadlightError(
      `The folder of runs ${runs} cannot be read (${systemReason(error)}). Name another one with --runs.`,
    );
  }
}

/** The word that stands for the newest run. */
export const LATEST = "latest";

/** The name or the beginning of an id matches several runs. */
export class SeveralRunsError extends HeadlightError {}

/** Says that a folder has no runs, and what to do. */
export function noRunsText(runs: string): string {
  return `There are no runs in ${runs}. Start one with deno task train, or name another folder with --runs.`;
}

/**
 * Returns the run that a person means, even if it is broken. `wanted` is an id, the `--name` of exactly one run, a
 * unique prefix of an id, a path, or `latest`.
 * @throws HeadlightError (2) if there is no such run, if several match, or if the path is not a run
 */
export function findRun(wanted: string, runs: string, cwd: string): RunDirectory {
  const all = listRuns(runs);
  if (wanted === LATEST) {
    const [latest] = all;
    if (!latest) {
      throw new HeadlightError(noRunsText(runs));
    }
    return latest;
  }
  const exact = all.find(({ id }) => id === wanted);
  if (exact) return exact;
  const called = wanted === "" ? [] : all.filter((run) => nameOf(run) === wanted);
  if (called.length === 1 && called[0]) return called[0];
  if (called.length > 1) {
    throw new SeveralRunsError(
      `${count(called.length)} runs have the name ${wanted} (${someOf(called)}). Use an id instead.`,
    );
  }
  // Every id begins with the empty string.
  const matching = wanted === "" ? [] : all.filter(({ id }) => id.startsWith(wanted));
  if (matching.length === 1 && matching[0]) return matching[0];
  if (matching.length > 1) {
    throw new SeveralRunsError(
      `${count(matching.length)} runs begin with ${wanted} (${someOf(matching)}). Write more of the id.`,
    );
  }
  // A link in the folder of runs is not listed. Its name finds it here, so that the message says what it is.
  const inRuns = join(runs, wanted);
  const path = wanted !== "" && !isThere(resolve(cwd, wanted)) && isThere(inRuns) ? inRuns : resolve(cwd, wanted);
  if (wanted === "" || !isThere(path)) {
    throw new HeadlightError(
      `${wanted || '""'} is neither a run in ${runs} nor a run's folder${didYouMean(wanted, [LATEST]) || "."} ` +
        listHint(runs),
    );
  }
  const listed = all.find((run) => run.path === path);
  return listed ?? runAt(path, runs);
}

function listHint(runs: string): string {
  return `To list the runs: deno task runs${runsFlag(runs)}`;
}

function someOf(runs: readonly RunDirectory[]): string {
  return named(runs.map(({ id }) => id));
}

const namedSchema = z.object({ options: z.object({ name: z.string() }) });

const createdSchema = z.object({ created: z.iso.datetime() });

/** Returns when a run was created, or null if config.json cannot be read. */
function createdIn({ config }: RunDirectory): string | null {
  try {
    return readStoredJson({ path: config, remedy: "", exitStatus: 2 }, createdSchema).created;
  } catch {
    return null;
  }
}

/** Returns a run's `--name`, or null if it has none or config.json cannot be read. */
function nameOf({ config }: RunDirectory): string | null {
  try {
    return readStoredJson({ path: config, remedy: "", exitStatus: 2 }, namedSchema).options.name;
  } catch {
    return null;
  }
}

/**
 * Returns the shortest prefix of a run's id that is unique among the runs in its folder, or the whole id if there is
 * none.
 */
export function uniqueStart({ id, path }: Pick<RunDirectory, "id" | "path">): string {
  const parts = id.split("-");
  const others = listRuns(dirname(path)).filter((run) => run.id !== id);
  const starts = parts.map((_, index) => parts.slice(0, index + 1).join("-"));
  // A prefix must contain the time, which keeps it unique when new runs are added.
  return starts.find((start) => timeInId(start) !== null && others.every((run) => !run.id.startsWith(start))) ?? id;
}

/** Returns the run in any folder. @throws HeadlightError (2) if it is not a run */
function runAt(path: string, runs: string): RunDirectory {
  if (Deno.lstatSync(path).isSymlink) {
    throw new HeadlightError(`${path} is a symbolic link. Use the run's own folder: ${Deno.readLinkSync(path)}`);
  }
  if (!isRun(runDirectory(path))) {
    throw new HeadlightError(
      `${path} is not a run: it has neither the config.json nor the events.jsonl of a run. ` +
        listHint(runs),
    );
  }
  return runDirectory(path);
}

const configHeadSchema = z.object({ version: z.int(), created: z.string(), options: z.object({ base: z.string() }) });
/** The beginning of every log that `EventLog` writes. */
const LOG_HEAD = /^\{"seq":\d+,"time":"/;

/**
 * Returns whether any folder is a run. This is stricter than `listRuns`, because other programs have a config.json too,
 * and the name of a folder of images may be a time.
 */
function isRun({ id, config, events, path }: RunDirectory): boolean {
  if (!Deno.statSync(path).isDirectory) return false;
  if (timeInId(id) !== null && (existsSync(config) || existsSync(events))) return true;
  return isConfig(config) || LOG_HEAD.test(headOf(events));
}

function isConfig(path: string): boolean {
  try {
    readStoredJson({ path, remedy: "", exitStatus: 2 }, configHeadSchema);
    return true;
  } catch {
    return false;
  }
}

function headOf(path: string): string {
  try {
    using file = openStored({ path, remedy: "", exitStatus: 2 });
    const head = new Uint8Array(64);
    return new TextDecoder().decode(head.subarray(0, file.readSync(head) ?? 0));
  } catch {
    return "";
  }
}
