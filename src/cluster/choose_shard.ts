/** Chooses the shard of a process from its flags, or from the environment that Slurm or Kubernetes gives it. Pure. */
import { HeadlightError } from "../errors.ts";
import { parseShard, type Shard, WHOLE } from "./shard.ts";

/** The flags that name a shard. */
export interface ShardFlags {
  /** The shard, such as `3/32`. */
  readonly shard?: string | undefined;
  /** The number of shards. Which of them this is comes from the environment. */
  readonly shards?: number | undefined;
}

/** Returns the value of an environment variable. */
type ReadVariable = (name: string) => string | undefined;

const TASK = "SLURM_ARRAY_TASK_ID";
const INDEX = "JOB_COMPLETION_INDEX";

/**
 * Returns the shard that `--shard` names. Without it, returns the shard of this task of a Slurm array, or of this pod
 * of an indexed Kubernetes job, for which `--shards` must give the number of pods. Without any of these, returns all
 * images.
 *
 * With `--shards`, the tasks of a Slurm array are numbered from 0, so that a single task of an array of that size can
 * be submitted again (`sbatch --array=7`). Without it, the array itself says how many shards there are.
 *
 * @throws HeadlightError (2) if the flags contradict each other or the environment
 */
export function chooseShard({ shard, shards }: ShardFlags, variable: ReadVariable): Shard {
  if (shard !== undefined) {
    if (shards !== undefined) {
      throw new HeadlightError("--shard and --shards cannot be combined: --shard 3/32 says both. Remove --shards.");
    }
    const named = parseShard(shard);
    if (named === null) {
      throw new HeadlightError(
        `--shard ${shard}: must be the number of a shard, counted from 1, and the number of shards, such as 3/32`,
      );
    }
    return named;
  }
  const task = variable(TASK);
  if (task !== undefined) return ofTask(task, shards, variable);
  const index = variable(INDEX);
  if (index !== undefined) return ofPod(index, shards);
  if (shards === undefined || shards === 1) return WHOLE;
  throw new HeadlightError(
    `--shards ${shards}: neither ${TASK} nor ${INDEX} says which shard this is. Name it with --shard, such as 1/${shards}.`,
  );
}

function ofTask(task: string, shards: number | undefined, variable: ReadVariable): Shard {
  const id = wholeNumber(TASK, task);
  if (shards !== undefined) {
    if (id < shards) return { number: id + 1, of: shards };
    throw new HeadlightError(
      `${TASK}=${id}: with --shards ${shards}, tasks are numbered from 0. Use --array=0-${shards - 1}.`,
    );
  }
  const read = (name: string) => wholeNumber(name, variable(name));
  const [min, max, count] = [
    read("SLURM_ARRAY_TASK_MIN"),
    read("SLURM_ARRAY_TASK_MAX"),
    read("SLURM_ARRAY_TASK_COUNT"),
  ];
  // In an array of one task, Slurm sets the step to 0.
  const step = Math.max(1, read("SLURM_ARRAY_TASK_STEP"));
  const place = (id - min) / step;
  const isRegular = (max - min) / step + 1 === count && Number.isInteger(place) && place >= 0 && place < count;
  if (isRegular) return { number: place + 1, of: count };
  throw new HeadlightError(
    `The ${count} tasks of this array are not numbered evenly (${min} to ${max}), so it is not clear which images task ` +
      `${id} computes. Give the number of tasks of the whole array, numbered from 0, with --shards.`,
  );
}

function ofPod(index: string, shards: number | undefined): Shard {
  const id = wholeNumber(INDEX, index);
  if (shards === undefined) {
    throw new HeadlightError(
      `${INDEX}=${index}: --shards is required. Give the number of pods, which is the job's spec.completions.`,
    );
  }
  if (id < shards) return { number: id + 1, of: shards };
  throw new HeadlightError(`${INDEX}=${index}: --shards ${shards} is less than the job's spec.completions. Use that.`);
}

function wholeNumber(name: string, text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  const value = text === undefined ? "is not set" : `is ${JSON.stringify(text)}, which is not a whole number`;
  throw new HeadlightError(`${name} ${value}. Name the shard with --shard, such as 3/32.`);
}
