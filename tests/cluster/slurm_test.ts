/** Tests `extract`, `train` and the job script in a real Slurm of two nodes on this machine. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { emptyFeatureCache, eventually, headlight, isAlive } from "../process.ts";
import {
  ENDLESS,
  eventsOf,
  IMAGES,
  inSlurm,
  jobIn,
  logsOf,
  type Place,
  runFolder,
  slurmCommand,
  submit,
  trainerPid,
  untilGoingOn,
  untilTraining,
  WITHIN_MS,
} from "./slurm_place.ts";
import { storedRows } from "./small_cluster.ts";

Deno.test(inSlurm(
  "an array of four and then a training end with the figures of one process on one machine",
  "linuxproc",
  async (place) => {
    const { root, words, slurm } = place;
    await submit(place, ["--array", "4", "--cpus", "1"], ["--epochs", "3"]);
    await slurm.idle(WITHIN_MS);
    const logs = logsOf(place);
    for (let shard = 1; shard <= 4; shard++) {
      assert.match(
        logs,
        new RegExp(`^Shard ${shard} of 4 is in the cache: `, "m"),
      );
    }
    assert.match(logs, /The features of all 41 images were already in the cache\./);
    const alone = join(root, "alone");
    const { status, stderr } = await headlight(
      ["train", ...words, "--plain", "--epochs", "3", "--runs", alone],
      { env: emptyFeatureCache(join(root, "other cache")) },
    );
    assert.equal(status, 0, stderr);
    const history = (runs: string) => Deno.readTextFileSync(join(runFolder({ runs }), "history.csv"));
    assert.equal(history(place.runs), history(alone));
  },
));

for (const proctrack of ["linuxproc", "cgroup", "pgid"] as const) {
  Deno.test(
    inSlurm("scancel saves the run, its end names SIGTERM, and no process is left", proctrack, async (place) => {
      const said = await submit(place, [], ENDLESS);
      const job = jobIn(said);
      await untilTraining(place);
      const pid = trainerPid(place);
      await place.slurm.run("scancel", job);
      await place.slurm.idle(WITHIN_MS);
      assert.equal(await place.slurm.state(job), "CANCELLED");
      const end = eventsOf(place).at(-1);
      assert.deepEqual(end?.type === "end" && [end.reason, end.signal, end.cause], [
        "interrupted",
        "SIGTERM",
        `Slurm job ${job} was cancelled or preempted, or reached its time limit`,
      ]);
      assert.ok(existsSync(join(runFolder(place), "checkpoints", "last")));
      assert.ok(!isAlive(pid));
      assert.doesNotMatch(logsOf(place), /goes back into the queue|Slurm's signals end at/);
    }),
  );

  Deno.test(
    inSlurm("USR2 saves the run, and a job that is put back into the queue goes on in it", proctrack, async (place) => {
      const said = await submit(place, [], ENDLESS);
      const job = jobIn(said);
      await untilTraining(place);
      await place.slurm.run("scontrol", "requeue", job);
      await untilGoingOn(place);
      const first = eventsOf(place).find((event) => event.type === "end");
      assert.equal(first?.cause, `Slurm puts job ${job} back into the queue`);
      assert.match(logsOf(place), /^Exit status 143\. Slurm puts this job back into the queue/m);
      assert.doesNotMatch(logsOf(place), /To submit this again/);
      await place.slurm.run("scancel", "--signal=USR2", job);
      await place.slurm.idle(WITHIN_MS);
      assert.equal([...Deno.readDirSync(place.runs)].length, 1);
      const end = eventsOf(place).at(-1);
      assert.deepEqual(end?.type === "end" && [end.reason, end.signal], ["interrupted", "SIGUSR2"]);
      assert.match(await place.slurm.run("scontrol", "show", "job", job), /ExitCode=140:0/);
    }),
  );
}

Deno.test(inSlurm(
  "two arrays at once on one cache compute each image once, give or take what was under way",
  "linuxproc",
  async (place) => {
    const { slurm, env } = place;
    for (const script of ["one.sh", "two.sh"]) {
      await submit({ ...place, script: join(place.root, script) }, ["--array", "3", "--cpus", "1"], ["--epochs", "1"]);
    }
    await slurm.idle(WITHIN_MS);
    const rows = storedRows(env);
    assert.equal(rows.size, IMAGES);
    const twice = [...rows.values()].filter(({ length }) => length > 1).length;
    assert.ok(twice <= 3, `${twice} of ${IMAGES} images were computed twice`);
  },
));

Deno.test(inSlurm(
  "a task that was killed is submitted again by itself, and the training then finds everything",
  "linuxproc",
  async (place) => {
    const { slurm, env, script } = place;
    const said = await submit(place, ["--array", "2", "--cpus", "1"], ["--epochs", "1"]);
    const [, array = "", train = ""] = /job (\d+) \(features\) and job (\d+) \(training\)/.exec(said) ?? [];
    await eventually("the task runs", () => logsOf(place).includes("This is task 1 of the array"), WITHIN_MS);
    await slurm.run("scancel", "--signal=KILL", "--full", `${array}_1`).catch(() => {});
    await slurm.idle(WITHIN_MS);
    // The training depends on all tasks, so it was removed.
    assert.equal(await slurm.state(train), "CANCELLED");
    assert.ok(storedRows(env).size < IMAGES);
    await slurmCommand(place, "sbatch", "--job-name=x-extract", "--array=1", script, "extract");
    await slurm.idle(WITHIN_MS);
    assert.equal(storedRows(env).size, IMAGES);
    await slurmCommand(place, "sbatch", script, "train");
    await slurm.idle(WITHIN_MS);
    assert.match(logsOf(place), /The features of all 41 images were already in the cache\./);
  },
));

Deno.test(inSlurm(
  "a task of an array whose time is over goes back into the queue alone, and the others go on",
  "linuxproc",
  async (place) => {
    const { slurm, script } = place;
    // Tasks that would run for ever, written by hand into a script of Headlight's.
    await submit(place, ["--array", "3", "--cpus", "1"], ["--epochs", "1"]);
    await slurm.idle(WITHIN_MS);
    const text = Deno.readTextFileSync(script).replace(
      'srun "${headlight[@]}" "$@"',
      "srun bash -c 'trap \"exit 143\" TERM; echo ready; while sleep 0.1; do true; done'",
    );
    Deno.writeTextFileSync(script, text);
    const said = await runScript(place);
    const [, array = ""] = /job (\d+) \(features\)/.exec(said) ?? [];
    const starts = async (task: number) =>
      /StartTime=(\S+)/.exec(await slurm.run("scontrol", "show", "job", `${array}_${task}`))?.[1];
    const isRunning = async (task: number) => (await slurm.state(`${array}_${task}`)) === "RUNNING";
    // A job runs before its task does, and a signal in between would reach nobody.
    await eventually("all tasks run", () => logsOf(place).match(/^ready$/gm)?.length === 3, WITHIN_MS);
    const before = [await starts(0), await starts(1)];
    // What Slurm does before a time limit.
    await slurm.run("scancel", "--signal=TERM", `${array}_2`);
    const requeued = () => logsOf(place).includes("this job goes back into the queue");
    await eventually("the task goes back", requeued, WITHIN_MS);
    await new Promise((wait) => setTimeout(wait, 1000));
    assert.deepEqual([await isRunning(0), await isRunning(1), await isRunning(2)], [true, true, false]);
    assert.deepEqual([await starts(0), await starts(1)], before);
    await slurm.run("scancel", "-u", "root");
    await slurm.idle(WITHIN_MS);
  },
));

/** Runs the script with bash, and returns what it prints. */
async function runScript({ script, env }: Place): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("bash", { args: [script], env, stdin: "null" }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
