import assert from "node:assert/strict";
import { join } from "node:path";
import { jobScript, logsFolder } from "../../src/cluster/job_script.ts";
import { withTemporaryFolder } from "../support.ts";

const REQUEST = {
  tasks: 32,
  name: "birds",
  program: ["/opt/deno", "run", "/opt/head light/main.ts"],
  flags: ["--data '/data/my birds'", "--weights imagenet", "--engine tensorflow"],
  config: null,
  path: "/home/me/birds.sh",
  watch: "deno task watch birds",
};

const TASK = { SLURM_ARRAY_JOB_ID: "7", SLURM_ARRAY_TASK_ID: "3" };

/**
 * Puts programs in the place of Slurm's that print how they were called, and runs a script with them.
 * @param srun the exit status of srun; `cancelled` if it ends as after scancel, which also signals the script
 * @param refuses the beginning of a word with which sbatch refuses a job
 * @param restarts how often the job was put back into the queue, according to scontrol
 */
async function run(
  request: Parameters<typeof jobScript>[0],
  args: readonly string[],
  { srun = 0, env = {}, refuses = "nothing", restarts = "" }: {
    readonly srun?: number | "cancelled";
    readonly env?: Record<string, string>;
    readonly refuses?: string;
    readonly restarts?: string;
  } = {},
) {
  return await withTemporaryFolder(async (folder) => {
    const path = join(folder, "job script.sh");
    Deno.writeTextFileSync(path, jobScript({ ...request, path }));
    const programs = {
      sbatch: `printf "sbatch" >&2; printf " [%s]" "$@" >&2; echo >&2; case "$*" in *${refuses}*) exit 1;; esac; ` +
        'echo "$((100 + RANDOM % 900));cluster"',
      scancel: 'echo "scancel $*" >&2',
      scontrol: `echo "scontrol $*${restarts === "" ? "" : ` JobState=COMPLETING Restarts=${restarts} BatchFlag=1`}"`,
      srun: `printf "srun"; printf " [%s]" "$@"; echo; ${
        srun === "cancelled" ? "kill -TERM $PPID; exit 143" : `exit ${srun}`
      }`,
    };
    for (const [name, body] of Object.entries(programs)) {
      Deno.writeTextFileSync(join(folder, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
    }
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: [path, ...args],
      env: { PATH: `${folder}:${Deno.env.get("PATH")}`, SLURM_JOB_ID: "7", ...env },
    }).output();
    const [out = "", errors = ""] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes).replaceAll(folder, "FOLDER").trim()
    );
    return { code, out, errors };
  });
}

Deno.test("run by bash, the script submits the array and a training that starts after it only if all its tasks succeed", async () => {
  const { code, out, errors } = await run(REQUEST, []);
  assert.equal(code, 0, errors);
  const [array = "", train = ""] = errors.split("\n");
  assert.equal(
    array,
    "sbatch [--parsable] [--job-name=birds-extract] [--array=0-31] [--output=FOLDER/job script-logs/%x-%A_%a.log] " +
      "[FOLDER/job script.sh] [extract]",
  );
  assert.match(
    train,
    /^sbatch \[--parsable\] \[--job-name=birds-train\] \[--dependency=afterok:\d+\] \[--kill-on-invalid-dep=yes\] \[FOLDER\/job script\.sh\] \[train\]$/,
  );
  const [submitted = "", watch] = out.split("\n");
  assert.match(submitted, /^Submitted job \d+ \(features\) and job \d+ \(training\)\. Logs: FOLDER\/job script-logs$/);
  assert.equal(watch, "To watch the training once it has begun: deno task watch birds");
});

Deno.test("each part runs in srun, with the options of the run word for word", async () => {
  const words = "[--data] [/data/my birds] [--weights] [imagenet] [--engine] [tensorflow]";
  const program = "srun [/opt/deno] [run] [/opt/head light/main.ts]";
  assert.deepEqual(await run(REQUEST, ["extract"], { env: TASK }), {
    code: 0,
    out: `This is task 3 of the array, counted from 0.\n${program} [extract] [--shards] [32] ${words}`,
    errors: "",
  });
  assert.equal(
    (await run(REQUEST, ["train"])).out,
    `${program} [train] [--plain] [--resume-or-start] [--name] [birds] ${words}`,
  );
});

Deno.test("only the training reads the config file with what may be a secret", async () => {
  const request = { ...REQUEST, config: "/home/me/my birds-config.json" };
  const { out } = await run(request, ["train"]);
  assert.match(out, / \[train\] \[--plain\] .* \[--config\] \[\/home\/me\/my birds-config\.json\] \[--data\]/);
  assert.doesNotMatch((await run(request, ["extract"], { env: TASK })).out, /config/);
});

Deno.test("a part whose time is over, or that may be tried again, goes back into the queue a limited number of times", async () => {
  for (const [status, most] of [[143, 20], [75, 3]] as const) {
    const { code, out } = await run(REQUEST, ["train"], { srun: status, env: { SLURM_RESTART_COUNT: "2" } });
    assert.equal(code, status);
    assert.match(
      out,
      new RegExp(`goes back into the queue \\(restart 3 of at most ${most}\\)\\.\\nscontrol requeue 7$`),
    );
    const last = await run(REQUEST, ["train"], { srun: status, env: { SLURM_RESTART_COUNT: String(most) } });
    assert.equal(last.code, status);
    assert.doesNotMatch(last.out, /queue/);
  }
});

Deno.test("of an array, only the task whose time is over goes back: the number of the last one's job is that of all", async () => {
  const { out } = await run(REQUEST, ["extract"], { srun: 143, env: TASK });
  assert.match(out, /\nscontrol requeue 7_3$/);
});

Deno.test("a part that has failed says how to submit it again, a task by its number from 0", async () => {
  const task = await run(REQUEST, ["extract"], { srun: 2, env: TASK });
  assert.match(task.out, /^This is task 3 of the array, counted from 0\.$/m);
  assert.match(
    task.out,
    /\nExit status 2\. To submit this again: sbatch --job-name=birds-extract --array=3 FOLDER\/job\\ script\.sh extract$/,
  );
  const train = await run(REQUEST, ["train"], { srun: 2 });
  assert.match(
    train.out,
    /\nExit status 2\. To submit this again: sbatch --job-name=birds-train FOLDER\/job\\ script\.sh train$/,
  );
});

Deno.test("the script is refused as a job of its own, which would submit more jobs", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "slurm_script");
    Deno.writeTextFileSync(path, jobScript(REQUEST));
    const { code, stderr } = await new Deno.Command("bash", { args: [path] }).output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), /Run it with bash: bash \/home\/me\/birds\.sh/);
  });
});

Deno.test("an array may be throttled, and is cancelled if the training cannot be submitted", async () => {
  const throttled = await run({ ...REQUEST, atOnce: 4 }, []);
  assert.match(throttled.errors, /\[--array=0-31%4\]/);
  const { code, errors } = await run(REQUEST, [], { refuses: "--dependency" });
  assert.equal(code, 1);
  assert.match(errors, /\nscancel \d+$/);
});

Deno.test("a part that fails for good, or that was cancelled, does not go back into the queue", async () => {
  for (const srun of [1, 2, 130, "cancelled"] as const) {
    const { code, out } = await run(REQUEST, ["train"], { srun });
    assert.equal(code, srun === "cancelled" ? 143 : srun);
    assert.doesNotMatch(out, /back into the queue/, String(srun));
  }
});

Deno.test("without an array, one job computes the features and trains", async () => {
  const { code, out, errors } = await run({ ...REQUEST, tasks: null }, []);
  assert.equal(code, 0);
  assert.equal(errors, "sbatch [--parsable] [--job-name=birds-train] [FOLDER/job script.sh] [train]");
  assert.match(out, /^Submitted job \$?\S+\. Logs: /);
  const { code: wrong, errors: refusal } = await run({ ...REQUEST, tasks: null }, ["extract"]);
  assert.equal(wrong, 2);
  assert.match(refusal, /^extract is not a part of this script\. Name train, or nothing to submit the job\.$/);
});

Deno.test("what was asked of Slurm stands in the script's head, and the logs beside it", () => {
  const resources = { time: "2:00:00", partition: "short", account: "lab", cpus: 8, mem: "16G", gpus: 1 };
  const head = jobScript({ ...REQUEST, ...resources }).split("\n").filter((line) => line.startsWith("#SBATCH"));
  assert.deepEqual(head, [
    "#SBATCH --job-name=birds",
    "#SBATCH --output='/home/me/birds-logs/%x-%j.log'",
    "#SBATCH --open-mode=append",
    "#SBATCH --requeue",
    "#SBATCH --signal=TERM@60",
    "#SBATCH --time=2:00:00",
    "#SBATCH --partition=short",
    "#SBATCH --account=lab",
    "#SBATCH --cpus-per-task=8",
    "#SBATCH --mem=16G",
    "#SBATCH --gpus=1",
  ]);
  assert.equal(logsFolder("/home/me/birds.sh"), "/home/me/birds-logs");
  const odd = jobScript({ ...REQUEST, path: "/home/me/100%/birds" });
  assert.match(odd, /^#SBATCH --output='\/home\/me\/100%%\/birds-logs\/%x-%j\.log'$/m);
});

Deno.test("a job that Slurm itself puts back into the queue is not to be submitted again, and a cancelled one only if it is gone", async () => {
  const again = /To submit this again/;
  const requeued = await run(REQUEST, ["train"], {
    srun: "cancelled",
    restarts: "3",
    env: { SLURM_RESTART_COUNT: "2" },
  });
  assert.match(
    requeued.out,
    /\nExit status 143\. Slurm puts this job back into the queue, where the next attempt goes on\.$/,
  );
  assert.doesNotMatch(requeued.out, again);
  const cancelled = await run(REQUEST, ["train"], { srun: "cancelled", restarts: "0" });
  assert.match(
    cancelled.out,
    /\nExit status 143\. To submit this again, if squeue --me no longer lists it: sbatch .* train$/,
  );
});

Deno.test("extract outside of an array says how to submit it", async () => {
  const { code, out, errors } = await run(REQUEST, ["extract"]);
  assert.deepEqual([code, out], [2, ""]);
  assert.equal(
    errors,
    "extract runs as tasks of an array. Submit one task by its number, or all: sbatch --array=0-31 FOLDER/job\\ script.sh extract",
  );
});
