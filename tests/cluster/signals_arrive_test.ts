/** Tests whether the signals of a real Slurm reach a training, however a script starts it, and that it ends with its job. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { eventually, headlightArgs, isAlive } from "../process.ts";
import {
  ENDLESS,
  eventsOf,
  inSlurm,
  type Place,
  slurmCommand,
  trainerPid,
  untilTraining,
  WITHIN_MS,
} from "./slurm_place.ts";

/** Submits a script in which COMMAND is an endless training. Returns the path of its log. */
async function submitOwn({ root, words, ...place }: Place, line: string, how = "--plain"): Promise<string> {
  const command = [Deno.execPath(), ...headlightArgs(["train", how, ...words, ...ENDLESS])].join(" ");
  const [script, log] = [join(root, "own.sh"), join(root, "own.log")];
  Deno.writeTextFileSync(script, `#!/bin/bash\n${line.replace("COMMAND", command)}\n`);
  await slurmCommand({ root, words, ...place }, "sbatch", `--output=${log}`, script);
  return log;
}

/** Writes a program that starts a command as npx does: it has spaces in its name, and passes no signal on. */
function likeNpx({ root }: Place): string {
  const path = join(root, "npm exec deno");
  Deno.writeTextFileSync(path, '#!/bin/bash\n"$@"; true\n', { mode: 0o755 });
  return `"${path}"`;
}

const WARNING = /Slurm's signals end at bash, which started Headlight: .* Start Headlight with srun, or with exec/;

for (
  const [how, line, proctrack, isWarned, isSaved] of [
    ["as a plain command", "COMMAND; true", "cgroup", true, false],
    ["with exec", "exec COMMAND", "cgroup", false, true],
    ["with srun", "srun COMMAND", "cgroup", false, true],
    ["as a plain command", "COMMAND; true", "linuxproc", false, true],
    ["as a plain command", "COMMAND; true", "pgid", false, true],
    ["below npx", "NPX COMMAND", "cgroup", true, false],
    ["below npx", "NPX COMMAND", "linuxproc", true, true],
    ["below npx with srun", "srun NPX COMMAND", "linuxproc", true, true],
    ["below npx", "NPX COMMAND", "pgid", false, true],
    ["below npx with srun", "srun NPX COMMAND", "pgid", false, true],
    ["below npx with srun", "srun NPX COMMAND", "cgroup", true, false],
  ] as const
) {
  Deno.test(inSlurm(
    `a training started ${how} in a batch script ${isWarned ? "warns of lost" : "gets all"} signals, ` +
      `and scancel ${isSaved ? "saves it" : "kills it"}, and leaves no process`,
    proctrack,
    async (place) => {
      const log = await submitOwn(place, line.replace("NPX", likeNpx(place)));
      await untilTraining(place);
      const pid = trainerPid(place);
      const text = Deno.readTextFileSync(log);
      if (isWarned) assert.match(text, WARNING);
      else assert.doesNotMatch(text, /Slurm's signals/);
      await place.slurm.run("scancel", "-u", "root");
      await eventually("the trainer ends", () => !isAlive(pid), WITHIN_MS);
      await place.slurm.idle(WITHIN_MS);
      const end = eventsOf(place).at(-1);
      assert.equal(end?.type === "end", isSaved);
      if (end?.type === "end") {
        assert.deepEqual([end.reason, end.signal], ["interrupted", "SIGTERM"]);
        assert.match(end.cause ?? "", /^Slurm job 1 was cancelled/);
      }
    },
  ));
}

Deno.test(
  inSlurm("a training started with --detach is saved and ends when its job does", "linuxproc", async (place) => {
    await submitOwn(place, "COMMAND; while [ ! -e end ]; do sleep 0.2; done", "--detach");
    await untilTraining(place);
    const pid = trainerPid(place);
    await slurmCommand(place, "scontrol", "show", "job", "1");
    assert.ok(isAlive(pid));
    await place.slurm.run("scancel", "--batch", "--signal=KILL", "1");
    await eventually("the trainer ends", () => !isAlive(pid), WITHIN_MS);
    const end = eventsOf(place).at(-1);
    assert.deepEqual(end?.type === "end" && [end.reason, end.signal, end.cause], [
      "interrupted",
      "SIGTERM",
      "Slurm job 1 has ended",
    ]);
  }),
);

Deno.test(
  inSlurm(
    "a training started with --detach in one step goes on as long as its job does",
    "linuxproc",
    async (place) => {
      await submitOwn(place, "srun COMMAND; touch stepped; while [ ! -e end ]; do sleep 0.2; done", "--detach");
      await untilTraining(place);
      const pid = trainerPid(place);
      await new Promise((wait) => setTimeout(wait, 4000));
      assert.ok(existsSync(join(place.root, "stepped")), "the job runs in the test's folder, not in the repository");
      assert.ok(isAlive(pid));
      await place.slurm.run("scancel", "1");
      await eventually("the trainer ends", () => !isAlive(pid), WITHIN_MS);
      assert.equal(eventsOf(place).at(-1)?.type, "end");
    },
  ),
);
