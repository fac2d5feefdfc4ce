/** The run directory, which contains everything about a run. */
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
  /** The weights of another run that this one started with. */
  readonly from: string;
  readonly trainerLog: string;
  readonly lock: string;
  /** How long a run has worked, if its log does not say so. */
  readonly worked: string;
  /** The owner's counter, by which other hosts see that it is running. */
  readonly heartbeat: string;
  /** The commands from other hosts, and the owner's answers. */
  readonly commands: string;
  readonly replies: string;
}

/** Returns the paths of a run's files. */
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
    from: join(path, "from"),
    trainerLog: join(path, "trainer.log"),
    lock: join(path, "lock"),
    worked: join(path, "worked.json"),
    heartbeat: join(path, "heartbeat"),
    commands: join(path, "commands.jsonl"),
    replies: join(path, "replies.jsonl"),
  };
}

/**
 * Creates a new directory for a run, with a suffix (-2, -3 …) if the name is taken. @throws HeadlightError (2) if it
 * cannot be created
 */
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
      `The folder of runs ${runs} cannot be written (${systemReason(error)}). Name another one with --runs.`,
    );
  }
}
