/** The run directory: the run's whole truth, on disk. */
import { existsSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { HeadlightError } from "../../errors.ts";

export interface RunDirectory {
  readonly id: string;
  readonly path: string;
  readonly config: string;
  readonly events: string;
  readonly history: string;
  readonly summary: string;
  readonly checkpoints: string;
  readonly final: string;
  readonly trainerLog: string;
  readonly lock: string;
}

/** Where the parts of a run lie. */
export function runDirectory(path: string): RunDirectory {
  return {
    id: basename(path),
    path,
    config: join(path, "config.json"),
    events: join(path, "events.jsonl"),
    history: join(path, "history.csv"),
    summary: join(path, "summary.txt"),
    checkpoints: join(path, "checkpoints"),
    final: join(path, "final"),
    trainerLog: join(path, "trainer.log"),
    lock: join(path, "lock"),
  };
}

/** Makes a directory that nobody else has, with a suffix where the name is taken: -2, -3 … */
export function createRunDirectory(runs: string, id: string): RunDirectory {
  try {
    Deno.mkdirSync(runs, { recursive: true });
    for (let attempt = 1;; attempt++) {
      const path = join(runs, attempt === 1 ? id : `${id}-${attempt}`);
      try {
        Deno.mkdirSync(path);
        return runDirectory(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HeadlightError(`cannot write the run into ${runs}: ${why}; name another folder with --runs`);
  }
}

/** The runs in a folder, newest first. A folder that is not there holds none. */
export function listRuns(runs: string): RunDirectory[] {
  return listFolders(runs).filter(({ config }) => existsSync(config)).sort((one, other) => one.id < other.id ? 1 : -1);
}

/**
 * Every folder there, as if it were a run's; none where there is no such folder.
 * @throws HeadlightError (2) where it is no folder or cannot be read.
 */
export function listFolders(runs: string): RunDirectory[] {
  try {
    return [...Deno.readDirSync(runs)]
      .filter(({ isDirectory, name }) => isDirectory && !name.startsWith("."))
      .map(({ name }) => runDirectory(join(runs, name)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    const why = error instanceof Error ? error.message : String(error);
    throw new HeadlightError(`the runs in ${runs} cannot be read: ${why}; name another folder with --runs`);
  }
}

/**
 * The run that a person means: an id, a unique prefix of one, a path, or `latest`.
 * @throws HeadlightError (2) where there is none or more than one.
 */
export function findRun(wanted: string, runs: string, cwd: string): RunDirectory {
  const all = listRuns(runs);
  if (wanted === "latest") {
    const [newest] = all;
    if (!newest) throw new HeadlightError(`no run in ${runs} yet: start one with deno task train, or name --runs`);
    return newest;
  }
  const exact = all.find(({ id }) => id === wanted);
  if (exact) return exact;
  const matching = all.filter(({ id }) => id.startsWith(wanted));
  if (matching.length === 1 && matching[0]) return matching[0];
  if (matching.length > 1) {
    const names = matching.slice(0, 3).map(({ id }) => id).join(", ");
    throw new HeadlightError(
      `${matching.length} runs begin with ${wanted} (${names}${
        matching.length > 3 ? ", …" : ""
      }): write more of the id`,
    );
  }
  const path = isAbsolute(wanted) ? wanted : resolve(cwd, wanted);
  if (existsSync(join(path, "config.json"))) return runDirectory(path);
  throw new HeadlightError(
    `no run ${wanted}: neither in ${runs} nor a run's folder; deno task runs lists them`,
  );
}
