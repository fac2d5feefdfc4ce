import assert from "node:assert/strict";
import { join } from "node:path";
import { jobScript, logsFolder } from "../../src/cluster/job_script.ts";
import { withTemporaryFolder } from "../support.ts";

const REQUEST = {
  tasks: 32,
  name: "birds",
  program: ["/opt/deno", "run", "/opt/head light/main.ts"],
  flags: ["--data '/data/my birds'", "--weights imagenet", "--engine tensorflow"],
  path: "/home/me/birds.sh",
  watch: "deno task watch birds",
};

/**
 * Puts programs in the place of Slurm's that print how they were called, and runs a script with them.
 * @param srun the exit status of srun; `cancelled` if it ends as after scancel, which also signals the script
 */
async function run(
  request: Parameters<typeof jobScript>[0],
  args: readonly string[],
  { srun = 0, env = {} }: { readonly srun?: number | "cancelled"; readonly env?: Record<string, string> } = {},
) {
  return await withTemporaryFolder(async (folder) => {
    const path = join(folder, "job script.sh");
    Deno.writeTextFileSync(path, jobScript({ ...request, path }));
    const programs = {
      sbatch: 'printf "sbatch" >&2; printf " [%s]" "$@" >&2; echo >&2; echo "$((100 + RANDOM % 900));cluster"',
      scontrol: 'echo "scontrol $*"',
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
  assert.equal(array, "sbatch [--parsable] [--job-name=birds-extract] [--array=0-31] [FOLDER/job script.sh] [extract]");
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
  assert.deepEqual(await run(REQUEST, ["extract"]), {
    code: 0,
    out: `${program} [extract] [--shards] [32] ${words}`,
    errors: "",
  });
  assert.equal(
    (await run(REQUEST, ["train"])).out,
    `${program} [train] [--plain] [--resume-or-start] [--name] [birds] ${words}`,
  );
});

Deno.test("a part whose time is over, or that may be tried again, goes back into the queue a limited number of times", async () => {
  for (const status of [143, 75]) {
    const { code, out } = await run(REQUEST, ["extract"], { srun: status, env: { SLURM_RESTART_COUNT: "3" } });
    assert.equal(code, status);
    assert.match(out, /goes back into the queue \(restart 4 of at most 20\)\.\nscontrol requeue 7$/);
    const last = await run(REQUEST, ["train"], { srun: status, env: { SLURM_RESTART_COUNT: "20" } });
    assert.equal(last.code, status);
    assert.doesNotMatch(last.out, /queue/);
  }
});

Deno.test("a part that fails for good, or that was cancelled, does not go back into the queue", async () => {
  for (const srun of [1, 2, 130, "cancelled"] as const) {
    const { code, out } = await run(REQUEST, ["train"], { srun });
    assert.equal(code, srun === "cancelled" ? 143 : srun);
    assert.doesNotMatch(out, /queue/, String(srun));
  }
});

Deno.test("without an array, one job computes the features and trains", async () => {
  const { code, out, errors } = await run({ ...REQUEST, tasks: null }, []);
  assert.equal(code, 0);
  assert.equal(errors, "sbatch [--parsable] [--job-name=birds-train] [FOLDER/job script.sh] [train]");
  assert.match(out, /^Submitted job \$?\S+\. Logs: /);
  const { code: wrong, errors: refusal } = await run({ ...REQUEST, tasks: null }, ["extract"]);
  assert.equal(wrong, 2);
  assert.match(refusal, /^extract is no part of this script\. Name train, or nothing to submit the job\.$/);
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
