/** Writes the script of Slurm jobs that compute features in an array of tasks and then train on them. Pure. */
import { shellWord } from "../shell.ts";

/** The maximum number of times that a job which reached its time limit is put back into the queue. */
const MOST_RESTARTS = 20;
/** The same for a job that failed with `TRY_AGAIN`. It is smaller, because the reason may turn out to be permanent. */
const MOST_RETRIES = 3;
/**
 * The time between SIGTERM, at which a job saves, and its time limit, in seconds. Slurm may send it up to 29 s earlier.
 */
const SAVE_BEFORE_END_SECONDS = 60;

/** The resources that a job requests from Slurm. Without a value, the cluster's default applies. */
export interface JobResources {
  /** The time limit of each job, as Slurm writes it: `2:00:00`, `1-12`. */
  readonly time?: string | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** The number of processors of each task. */
  readonly cpus?: number | undefined;
  /** The memory of each task, as Slurm writes it: `8G`. */
  readonly mem?: string | undefined;
  /** The number of GPUs of each task. */
  readonly gpus?: number | undefined;
}

/** What the jobs of a script do. */
export interface JobRequest extends JobResources {
  /** The number of tasks that compute features; null if the training job computes them itself. */
  readonly tasks: number | null;
  /** The maximum number of them that run at the same time. Default: as many as Slurm allows. */
  readonly atOnce?: number | undefined;
  /** The name of the run, by which it is found again. */
  readonly name: string;
  /** The words that start Headlight, after which the name of a command follows. */
  readonly program: readonly string[];
  /** The flags of the run, without `--name`, quoted for a shell. */
  readonly flags: readonly string[];
  /** The absolute path of a config file with options that only the training needs, or null. */
  readonly config: string | null;
  /** The absolute path of the script. */
  readonly path: string;
  /** The command that shows the run, as a person types it. */
  readonly watch: string;
}

/** Returns the folder for the logs of the jobs of a script. */
export function logsFolder(path: string): string {
  return `${path.replace(/\.sh$/, "")}-logs`;
}

/** Returns the path of the config file of a script. */
export function configFile(path: string): string {
  return `${path.replace(/\.sh$/, "")}-config.json`;
}

/**
 * Returns the script. Run by bash, it submits the jobs. Each job runs it again, with the name of its part. A person can
 * read it, change it, and submit a part or a single task by hand.
 *
 * At its time limit, a job puts itself back into the queue, because Slurm's own --requeue does that only after a
 * failure of a node or a preemption. A cancelled job does not. The script distinguishes the two by SIGTERM, which its
 * shell receives when the job is cancelled, but not before the time limit.
 */
export function jobScript(request: JobRequest): string {
  const { tasks, name, path, flags, config, program, watch } = request;
  const script = shellWord(path);
  const parts = tasks === null ? "train" : "extract or train";
  const logs = logsFolder(path);
  return `#!/bin/bash
# ${
    tasks === null
      ? "Trains"
      : `Computes the features of the images in ${tasks} tasks, then trains`
  }. Written by Headlight: deno task slurm.
#
# To submit ${tasks === null ? "the job" : "both jobs"}:
#   bash ${script}
${
    tasks === null ? "" : `# To submit some tasks again, counted from 0:
#   sbatch --job-name=${shellWord(`${name}-extract`)} --array=${tasks - 1} ${script} extract
`
  }#SBATCH --job-name=${shellWord(name)}
#SBATCH --output=${sbatchPath(`${logs}/%x-%j.log`)}
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=TERM@${SAVE_BEFORE_END_SECONDS}
${resourceLines(request).map((line) => `#SBATCH ${line}\n`).join("")}
set -u
script=${script}
headlight=(${program.map(shellWord).join(" ")})
name=${shellWord(name)}
options=(
${flags.map((flag) => `  ${flag}\n`).join("")})

# Runs a part with srun, so that the signals of Slurm reach it. At the time limit, or if trying again may help, puts the
# job back into the queue, from which the next attempt goes on.
attempt() {
  cancelled=
  trap 'cancelled=yes' TERM
  srun "\${headlight[@]}" "$@"
  status=$?
  [ "$status" != 0 ] || exit 0
  # Name the task by the array and its index, because SLURM_JOB_ID may be the number of the whole array.
  job=\${SLURM_ARRAY_JOB_ID:+\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
  restarts=\${SLURM_RESTART_COUNT:-0}
  case $status in
  143) most=${MOST_RESTARTS} ;;
  75) most=${MOST_RETRIES} ;;
  *) most=0 ;;
  esac
  if [ -z "$cancelled" ] && [ "$restarts" -lt "$most" ]; then
    echo "Exit status $status: this job goes back into the queue (restart $((restarts + 1)) of at most $most)."
    scontrol requeue "\${job:-$SLURM_JOB_ID}"
  elif [ -n "$cancelled" ] && slurm_requeues "\${job:-$SLURM_JOB_ID}"; then
    echo "Exit status $status. Slurm puts this job back into the queue, where the next attempt goes on."
  else
    again="sbatch --job-name=$(printf %q "$name-$1") \${job:+--array=$SLURM_ARRAY_TASK_ID }$(printf %q "$script") $1"
    # A preempted job may go back into the queue later.
    echo "Exit status $status. To submit this again\${cancelled:+, if squeue --me no longer lists it}: $again"
  fi
  exit "$status"
}

# Whether Slurm itself puts a job back into the queue, as after scontrol requeue. It then has counted the restart already.
slurm_requeues() {
  [[ $(scontrol show job -o "$1" 2>/dev/null) =~ \ Restarts=([0-9]+) ]] && [ "\${BASH_REMATCH[1]}" -gt "$restarts" ]
}

# srun does not inherit the number of processors from sbatch.
[ -z "\${SLURM_CPUS_PER_TASK:-}" ] || export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK

case "\${1:-submit}" in
${submission(request)}${
    tasks === null ? "" : `extract)
  if [ -z "\${SLURM_ARRAY_TASK_ID:-}" ]; then
    echo "extract runs as tasks of an array. Submit one task by its number, or all: sbatch --array=0-${
      tasks - 1
    } $(printf %q "$script") extract" >&2
    exit 2
  fi
  echo "This is task $SLURM_ARRAY_TASK_ID of the array, counted from 0."
  attempt extract --shards ${tasks} "\${options[@]}"
  ;;
`
  }train)
  attempt train --plain --resume-or-start --name "$name"${
    config === null ? "" : ` --config ${shellWord(config)}`
  } "\${options[@]}"
  ;;
*)
  echo "$1 is not a part of this script. Name ${parts}, or nothing to submit ${
    tasks === null ? "the job" : "both"
  }." >&2
  exit 2
  ;;
esac
`;

  function submission({ tasks, atOnce }: JobRequest): string {
    const submitTrain = (more: string, otherwise: string) =>
      `  train=$(sbatch --parsable --job-name="$name-train" ${more}"$script" train)${otherwise}\n`;
    const throttle = atOnce === undefined ? "" : `%${atOnce}`;
    const told = (jobs: string) =>
      `  echo "Submitted ${jobs}. Logs: ${logs.replaceAll(/[`"$\\]/g, "\\$&")}"\n` +
      `  echo ${shellWord(`To watch the training once it has begun: ${watch}`)}\n  ;;\n`;
    const begin = `submit)
  case $0 in
  */slurm_script)
    echo "This script submits its jobs itself. Run it with bash: bash $(printf %q "$script")" >&2
    exit 2
    ;;
  esac
  mkdir -p ${shellWord(logs)}
`;
    if (tasks === null) return `${begin}${submitTrain("", " || exit")}${told("job $train")}`;
    return `${begin}  # --parsable prints the job's number, and on some clusters the cluster's name after a semicolon.
  array=$(sbatch --parsable --job-name="$name-extract" --array=0-${tasks - 1}${throttle} \\
    --output=${sbatchPath(`${logs}/%x-%A_%a.log`)} "$script" extract) || exit
${
      submitTrain(
        '--dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes \\\n    ',
        ' || {\n    scancel "${array%%;*}"\n    exit 1\n  }',
      )
    }${told("job ${array%%;*} (features) and job ${train%%;*} (training)")}`;
  }
}

function resourceLines({ time, partition, account, cpus, mem, gpus }: JobResources): string[] {
  const given: Readonly<Record<string, string | number | undefined>> = {
    time,
    partition,
    account,
    "cpus-per-task": cpus,
    mem,
    gpus,
  };
  return Object.entries(given).flatMap(([name, value]) => value === undefined ? [] : [`--${name}=${value}`]);
}

/** Returns a path as sbatch reads it from a line of the script: quoted, and with each % of the folder escaped. */
function sbatchPath(path: string): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return shellWord(folder.replaceAll("%", "%%") + path.slice(folder.length));
}
