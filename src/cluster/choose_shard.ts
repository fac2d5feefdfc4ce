/** Chooses the shard of a process from its flags, or from what Slurm or Kubernetes say about its task. Pure. */
import { HeadlightError } from "../errors.ts";
import { parseShard, type Shard, WHOLE } from "./shard.ts";

/** The flags that name a shard. */
export interface ShardFlags {
  /** The shard, such as `3/32`. */
  readonly shard?: string | undefined;
  /** The number of shards. The task's own number comes from the environment. */
  readonly shards?: number | undefined;
}

/** Returns the value of a variable of the environment. */
type ReadVariable = (name: string) => string | undefined;

const TASK = "SLURM_ARRAY_TASK_ID";
const INDEX = "JOB_COMPLETION_INDEX";

/**
 * Returns the shard: the one that `--shard` names; else that of this task of a Slurm array; else that of this pod of an
 * indexed Kubernetes job, whose number of pods `--shards` must tell; else all images.
 *
 * With `--shards`, the number of a Slurm task is its place, counted from 0. So a task of an array of that size can be
 * submitted again by itself (`sbatch --array=7`). Without it, the array itself says how many shards there are.
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
      throw new HeadlightError(`--shard ${shard}: must be a shard and their number, counted from 1, such as 3/32`);
    }
    return named;
  }
  const task = variable(TASK);
  if (task !== undefined) return ofTask(task, shards, variable);
  const index = variable(INDEX);
  if (index !== undefined) return ofPod(index, shards);
  if (shards === undefined || shards === 1) return WHOLE;
  throw new HeadlightError(
    `--shards ${shards}: neither ${TASK} nor ${INDEX} says which one this is. Name it with --shard, such as 1/${shards}.`,
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
  // Slurm says 0 for an array of one task.
  const step = Math.max(1, read("SLURM_ARRAY_TASK_STEP"));
  const place = (id - min) / step;
  const isRegular = (max - min) / step + 1 === count && Number.isInteger(place) && place >= 0 && place < count;
  if (isRegular) return { number: place + 1, of: count };
  throw new HeadlightError(
    `The ${count} tasks of this array are not numbered evenly (${min} to ${max}), so it is not clear which images are ` +
      `those of task ${id}. Say with --shards how many tasks the whole array has, numbered from 0.`,
  );
}

function ofPod(index: string, shards: number | undefined): Shard {
  const id = wholeNumber(INDEX, index);
  if (shards === undefined) {
    throw new HeadlightError(
      `${INDEX}=${index}: say with --shards how many pods compute (spec.completions of the job).`,
    );
  }
  if (id < shards) return { number: id + 1, of: shards };
  throw new HeadlightError(`${INDEX}=${index}: --shards ${shards} is less than the job's spec.completions. Use that.`);
}

function wholeNumber(name: string, text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  const value = text === undefined ? "is not set" : `is ${JSON.stringify(text)}, which is no whole number`;
  throw new HeadlightError(`${name} ${value}. Name the shard with --shard, such as 3/32.`);
}
