import assert from "node:assert/strict";
import { lostSignalsWarning } from "../../src/cluster/signal_reach.ts";

function named(comm: string, ...words: readonly string[]) {
  return { comm, words };
}

const DENO_TASK = named("deno", "/usr/bin/deno", "task", "train");
const SCRIPT = named("slurm_script", "/bin/bash", "/var/spool/slurmd/job00007/slurm_script");
const NPX = named("npm exec deno@2", "npm exec deno@2 task train", "", "");

Deno.test("a task of srun, or a script that has replaced itself, gets every signal", () => {
  for (
    const between of [[], [DENO_TASK], [named("timeout", "timeout", "60", "deno")], [
      DENO_TASK,
      named("tini", "/usr/bin/tini", "--"),
    ]]
  ) {
    assert.equal(lostSignalsWarning(between, "cgroup"), null);
  }
});

Deno.test("a plain command of a batch script gets none under cgroup: the warning names srun and exec", () => {
  for (const proctrack of ["cgroup", null]) {
    for (const between of [[SCRIPT], [DENO_TASK, SCRIPT]]) {
      assert.match(
        lostSignalsWarning(between, proctrack) ?? "",
        /^Slurm's signals end at bash, .* killed without saving\. Start Headlight with srun, or with exec as the last/,
      );
    }
  }
});

Deno.test("npx passes no signal on, even as a task of srun", () => {
  for (const between of [[DENO_TASK, NPX], [named("node", "node", "/usr/bin/npx")]]) {
    assert.match(
      lostSignalsWarning(between, "cgroup") ?? "",
      /^Slurm's signals end at (npm|node), .* killed without saving\. Install Deno, and start Headlight without npx: with srun/,
    );
  }
});

Deno.test("linuxproc signals every process that it sees, and overlooks npx: the warning says so and names srun", () => {
  assert.equal(lostSignalsWarning([SCRIPT], "linuxproc"), null);
  for (const between of [[NPX, SCRIPT], [DENO_TASK, NPX]]) {
    assert.match(
      lostSignalsWarning(between, "linuxproc") ?? "",
      /^Slurm's signals end at npm, .* when the job is gone, .*\. Install Deno, and start Headlight without npx: with srun/,
    );
  }
});

Deno.test("pgid signals every process of the script's group, so there is nothing to warn of", () => {
  assert.equal(lostSignalsWarning([SCRIPT, NPX], "pgid"), null);
});
