import assert from "node:assert/strict";
import { lostSignalsWarning } from "../../src/cluster/signal_reach.ts";

const DENO_TASK = ["/usr/bin/deno", "task", "train"];
const SCRIPT = ["/bin/bash", "/var/spool/slurmd/job00007/slurm_script"];
const NPX = ["npm exec deno@2 task train", "", ""];

Deno.test("a task of srun, or a script that has replaced itself, gets every signal", () => {
  for (const between of [[], [DENO_TASK], [["timeout", "60", "deno"]], [DENO_TASK, ["/usr/bin/tini", "--"]]]) {
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
  for (const between of [[DENO_TASK, NPX], [["node", "/usr/bin/npx"]]]) {
    assert.match(
      lostSignalsWarning(between, "cgroup") ?? "",
      /npx passes no signal on: install Deno, and start it with srun\./,
    );
  }
});

Deno.test("where Slurm signals every process of a job, there is nothing to warn of", () => {
  for (const proctrack of ["linuxproc", "pgid"]) assert.equal(lostSignalsWarning([SCRIPT, NPX], proctrack), null);
});
