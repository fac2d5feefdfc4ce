/** Which folders are runs, broken ones among them, and which one a person means. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { named } from "../../counted.ts";
import { HeadlightError } from "../../errors.ts";
import { didYouMean } from "../../near.ts";
import { systemReason } from "../../files/system_error.ts";
import { isThere } from "../../files/is_there.ts";
import { openStored, readStoredJson } from "../../files/stored.ts";
import { type RunDirectory, runDirectory } from "./directory.ts";
import { timeInId } from "./run_id.ts";

/**
 * Returns all runs in a folder, by their ids, the newest first, also those whose files are lost: a folder with a
 * config.json, an events.jsonl or a run's id for a name. A folder that is not there holds none.
 * @throws HeadlightError (2) if it is not a folder or cannot be read
 */
export function listRuns(runs: string): RunDirectory[] {
  return foldersIn(runs)
    .filter(({ id, config, events }) => timeInId(id) !== null || existsSync(config) || existsSync(events))
    .sort((one, other) => (one.id < other.id ? 1 : -1));
}

function foldersIn(runs: string): RunDirectory[] {
  try {
    return [...Deno.readDirSync(runs)]
      .filter(({ isDirectory, name }) => isDirectory && !name.startsWith("."))
      .map(({ name }) => runDirectory(join(runs, name)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new HeadlightError(
      `the runs in ${runs} cannot be read (${systemReason(error)}); name another folder with --runs`,
    );
  }
}

/** What was named are several runs. */
export class SeveralRunsError extends HeadlightError {}

/**
 * Returns the run that a person means, broken or not: an id, the `--name` of one run alone, a unique prefix of an id, a
 * path, or `latest`.
 * @throws HeadlightError (2) if there is none, more than one, or what is named is no run
 */
export function findRun(wanted: string, runs: string, cwd: string): RunDirectory {
  const all = listRuns(runs);
  if (wanted === "latest") {
    const [latest] = all;
    if (!latest) throw new HeadlightError(`no run in ${runs} yet: start one with deno task train, or name --runs`);
    return latest;
  }
  const exact = all.find(({ id }) => id === wanted);
  if (exact) return exact;
  const called = wanted === "" ? [] : all.filter((run) => nameOf(run) === wanted);
  if (called.length === 1 && called[0]) return called[0];
  if (called.length > 1) {
    throw new SeveralRunsError(`${called.length} runs are called ${wanted} (${someOf(called)}): name one by its id`);
  }
  // Every id begins with the empty text.
  const matching = wanted === "" ? [] : all.filter(({ id }) => id.startsWith(wanted));
  if (matching.length === 1 && matching[0]) return matching[0];
  if (matching.length > 1) {
    throw new SeveralRunsError(
      `${matching.length} runs begin with ${wanted} (${someOf(matching)}): write more of the id`,
    );
  }
  const path = resolve(cwd, wanted);
  if (wanted === "" || !isThere(path)) {
    throw new HeadlightError(
      `no run ${wanted || '""'}: neither in ${runs} nor a run's folder${didYouMean(wanted, ["latest"])}; ` +
        "deno task runs lists them",
    );
  }
  const listed = all.find((run) => run.path === path);
  return listed ?? runAt(path);
}

function someOf(runs: readonly RunDirectory[]): string {
  return named(runs.map(({ id }) => id));
}

const namedSchema = z.object({ options: z.object({ name: z.string() }) });

/** A run's `--name`; null if it has none, or config.json does not tell. */
function nameOf({ config }: RunDirectory): string | null {
  try {
    return readStoredJson({ path: config, remedy: "", exitStatus: 2 }, namedSchema).options.name;
  } catch {
    return null;
  }
}

/** Returns the shortest start of a run's id that names it among the runs beside it; the whole id if there is none. */
export function uniqueStart({ id, path }: Pick<RunDirectory, "id" | "path">): string {
  const parts = id.split("-");
  const others = listRuns(dirname(path)).filter((run) => run.id !== id);
  const starts = parts.map((_, index) => parts.slice(0, index + 1).join("-"));
  // Runs that are still to come have another time.
  return starts.find((start) => timeInId(start) !== null && others.every((run) => !run.id.startsWith(start))) ?? id;
}

/** The run in a folder anywhere. @throws HeadlightError (2) if there is none */
function runAt(path: string): RunDirectory {
  if (Deno.lstatSync(path).isSymlink) {
    throw new HeadlightError(`${path} is a link: name the run's own folder, ${Deno.readLinkSync(path)}`);
  }
  if (!isRun(runDirectory(path))) {
    throw new HeadlightError(`${path} is no run: it has neither a run's config.json nor its events.jsonl`);
  }
  return runDirectory(path);
}

const configHeadSchema = z.object({ version: z.int(), created: z.string(), options: z.object({ base: z.string() }) });
/** What `EventLog` begins a log with. */
const LOG_HEAD = /^\{"seq":\d+,"time":"/;

/**
 * Whether a folder anywhere is a run. Stricter than what is listed: other programs have a config.json too, and a folder
 * of images may be named by a time.
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
