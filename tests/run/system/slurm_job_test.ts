import assert from "node:assert/strict";
import { jobFactsIn, jobOf, whySignalled, whySlurmSignalled } from "../../../src/run/system/slurm_job.ts";

/** What Slurm 22.05 printed when a task got SIGTERM, shortened. */
const RECORDED = {
  limit:
    "JobId=7 JobName=x Priority=1 JobState=RUNNING Reason=None Dependency=(null) Requeue=1 Restarts=0 BatchFlag=1 " +
    "TimeLimit=00:01:00 TimeMin=N/A StartTime=2026-11-28T01:24:40 EndTime=2026-11-28T01:25:40 Deadline=N/A",
  scancel: "JobId=7 JobName=x JobState=COMPLETING Reason=None Requeue=1 Restarts=0 TimeLimit=365-00:00:00 " +
    "EndTime=2026-11-28T01:26:10 Deadline=N/A",
  requeue: "JobId=7 JobName=x JobState=COMPLETING Reason=None Requeue=1 Restarts=1 TimeLimit=UNLIMITED EndTime=Unknown",
  preempted: "JobId=7 JobName=x JobState=RUNNING Reason=None Requeue=1 Restarts=0 TimeLimit=365-00:00:00 " +
    "EndTime=2026-11-28T01:25:06 Deadline=N/A PreemptEligibleTime=2026-11-28T01:24:44 PreemptTime=2026-11-28T01:24:59",
};
const NOW_MS = Date.parse("2026-11-28T01:25:00");

function why(text: string, restarts = 0): string {
  const facts = jobFactsIn(text);
  assert.ok(facts);
  return whySignalled("7", facts, { restarts, nowMs: NOW_MS });
}

Deno.test("Slurm's own words tell a near time limit, a requeue, a preemption and a cancelled job apart", () => {
  assert.equal(why(RECORDED.limit), "the time limit of Slurm job 7 is near");
  assert.equal(why(RECORDED.requeue), "Slurm puts job 7 back into the queue");
  assert.equal(why(RECORDED.preempted), "Slurm job 7 was preempted");
  assert.equal(
    why(RECORDED.preempted.replace(/PreemptTime=.*/, "PreemptTime=None")),
    "the time limit of Slurm job 7 is near",
  );
  assert.equal(why(RECORDED.scancel), "Slurm job 7 was cancelled or preempted, or reached its time limit");
});

Deno.test("a job that was restarted before is not taken for one that is put back now", () => {
  assert.equal(why(RECORDED.requeue, 1), "Slurm job 7 was cancelled or preempted, or reached its time limit");
  assert.equal(why(RECORDED.limit.replace("01:25:40", "03:25:40")), "sent to Slurm job 7");
  assert.equal(why(RECORDED.limit.replace("RUNNING", "TIMEOUT")), "the time limit of Slurm job 7 was reached");
});

Deno.test("outside of a job, and where Slurm says nothing, no cause is given", async () => {
  assert.equal(jobFactsIn("slurm_load_jobs error: Invalid job id specified"), null);
  assert.equal(await whySlurmSignalled(() => undefined), null);
  assert.equal(await whySlurmSignalled((name) => name === "SLURM_JOB_ID" ? "1; rm x" : undefined), null);
});

Deno.test("a task of an array is asked for by the number of the array and its own, because the last task's job has the array's number", () => {
  const variables: Record<string, string> = { SLURM_JOB_ID: "7", SLURM_RESTART_COUNT: "2" };
  assert.deepEqual(jobOf((name) => variables[name]), { name: "7", restarts: 2 });
  const task: Record<string, string> = { ...variables, SLURM_ARRAY_JOB_ID: "7", SLURM_ARRAY_TASK_ID: "3" };
  assert.deepEqual(jobOf((name) => task[name]), { name: "7_3", restarts: 2 });
  assert.equal(jobOf(() => undefined), null);
});
