import assert from "node:assert/strict";
import { isOver, startedBySlurm, watchJob } from "../../../src/run/system/slurm_step.ts";

const UNKNOWN = { out: "", error: "slurm_load_jobs error: Invalid job id specified" };

function job(state: string, restarts = 0) {
  return {
    out: `JobId=7 JobName=x JobState=${state} Reason=None Requeue=1 Restarts=${restarts} BatchFlag=1`,
    error: "",
  };
}

Deno.test("a job is over once Slurm ends it, puts it back into the queue, or has forgotten it", () => {
  for (const state of ["COMPLETING", "COMPLETED", "CANCELLED", "TIMEOUT", "PREEMPTED", "PENDING", "NODE_FAIL"]) {
    assert.equal(isOver(job(state), 0), true, state);
  }
  assert.equal(isOver(job("RUNNING", 1), 0), true);
  assert.equal(isOver(UNKNOWN, 0), true);
});

Deno.test("a job that runs or is suspended is not over, and without an answer nothing is known", () => {
  for (const state of ["RUNNING", "SUSPENDED"]) assert.equal(isOver(job(state, 2), 2), false, state);
  assert.equal(isOver({ out: "", error: "slurm_load_jobs error: Unable to contact slurm controller" }, 0), null);
});

Deno.test("outside of a Slurm job, nothing is watched", () => {
  assert.equal(startedBySlurm(), null);
  watchJob(() => assert.fail("there is no job"))();
});
