/** The run directory: the run's whole truth, on disk. */
import { basename, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { systemReason } from "../../files/system_error.ts";

export interface RunDirectory {
  readonly id: string;
  readonly path: string;
  readonly config: string;
  readonly events: string;
  readonly history: string;
  readonly summary: string;
  readonly images: string;
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
    images: join(path, "pictures.json"),
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
    throw new HeadlightError(
      `cannot write the run into ${runs} (${systemReason(error)}); name another folder with --runs`,
    );
  }
}
