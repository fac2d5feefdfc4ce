/** Writes the script of Slurm jobs that compute features in an array of tasks and then train on them. Pure. */
import { shellWord } from "../shell.ts";

/** How often a job that ran out of time is put back into the queue. */
const MOST_RESTARTS = 20;
/** How often a job is put back that failed, although trying again may help: a wrong partition would fail each time. */
const MOST_RETRIES = 3;
/** How long before the time limit a job is told to save, in seconds. Slurm may do it up to 29 s earlier. */
const SAVE_BEFORE_END_SECONDS = 60;

/** What a job asks Slurm for. What is missing is left to the cluster's defaults. */
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

export interface JobRequest extends JobResources {
  /** The number of tasks that compute features; null if the training job computes them itself. */
  readonly tasks: number | null;
  /** How many of them run at the same time. Default: as many as Slurm lets. */
  readonly atOnce?: number | undefined;
  /** The name of the run, by which it is found again. */
  readonly name: string;
  /** The command before the name of one of Headlight's commands, one text for each word. */
  readonly program: readonly string[];
  /** The flags of the run as words of a shell, without its name. */
  readonly flags: readonly string[];
  /** The absolute path of the script. */
  readonly path: string;
  /** The command that shows the run, as a person types it. */
  readonly watch: string;
}

/** Returns the folder for the logs of the jobs of a script. */
export function logsFolder(path: string): string {
  return `${path.replace(/\.sh$/, "")}-logs`;
}

/**
 * Returns the script. Run by bash, it submits the jobs; each job runs it again, with the name of its part. A person can
 * read it, change it, and submit a part or a single task by hand.
 *
 * A job goes back into the queue by itself when its time is over, because Slurm's own --requeue does that only after a
 * failure of a node or a preemption. A cancelled job does not: its shell receives SIGTERM too, unlike before the limit.
 */
export function jobScript(request: JobRequest): string {
  const { tasks, name, path, flags, program, watch } = request;
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

# Runs a part where the signals of Slurm reach it. If its time is over, or if trying again may help, the job goes back
# into the queue, where the next attempt goes on.
attempt() {
  cancelled=
  trap 'cancelled=yes' TERM
  srun "\${headlight[@]}" "$@"
  status=$?
  [ "$status" != 0 ] || exit 0
  # The number of a task's own job may be that of the whole array.
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

# Whether Slurm itself puts a job back into the queue, as after scontrol requeue: it has counted that already.
slurm_requeues() {
  [[ $(scontrol show job -o "$1" 2>/dev/null) =~ \ Restarts=([0-9]+) ]] && [ "\${BASH_REMATCH[1]}" -gt "$restarts" ]
}

# srun does not take the number of processors over from sbatch.
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
  attempt train --plain --resume-or-start --name "$name" "\${options[@]}"
  ;;
*)
  echo "$1 is no part of this script. Name ${parts}, or nothing to submit ${tasks === null ? "the job" : "both"}." >&2
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

/** Returns a path as sbatch reads it from a line of the script: quoted, with no pattern of a file name in the folder. */
function sbatchPath(path: string): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return shellWord(folder.replaceAll("%", "%%") + path.slice(folder.length));
}
