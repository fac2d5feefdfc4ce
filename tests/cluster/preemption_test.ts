/** Tests what a job with a higher priority does to a training, in a real Slurm of two nodes on this machine. */
import assert from "node:assert/strict";
import {
  ENDLESS,
  eventsOf,
  inSlurm,
  jobIn,
  logsOf,
  submit,
  untilGoingOn,
  untilTraining,
  WITHIN_MS,
} from "./slurm_place.ts";

const URGENT = ["--partition=urgent", "--nodes=2", "--ntasks-per-node=1", "--cpus-per-task=2", "--output=/dev/null"];

for (const graceSeconds of [0, 30]) {
  const grace = graceSeconds === 0 ? "no time" : `${graceSeconds} seconds`;
  for (const proctrack of ["linuxproc", "cgroup"] as const) {
    Deno.test(inSlurm(
      `a job that is preempted with ${grace} to end is saved, says why, and goes on when its node is free`,
      proctrack,
      async (place) => {
        const { slurm } = place;
        await slurm.addUrgent(graceSeconds);
        const job = jobIn(await submit(place, [], ENDLESS));
        await untilTraining(place);
        await slurm.run("sbatch", ...URGENT, "--wrap", "sleep 1");
        await untilGoingOn(place);
        const events = eventsOf(place);
        const ended = events.findIndex(({ type }) => type === "end");
        const [end, goesOn] = [events[ended], events.slice(ended).find(({ type }) => type === "epoch")];
        assert.deepEqual(end?.type === "end" && [end.reason, end.signal, end.cause], [
          "interrupted",
          "SIGTERM",
          graceSeconds === 0 ? `Slurm puts job ${job} back into the queue` : `Slurm job ${job} was preempted`,
        ]);
        // No epoch is lost, since a run that is stopped is saved at once.
        const before = events.slice(0, ended).filter(({ type }) => type === "epoch").length;
        assert.equal(goesOn?.type === "epoch" && goesOn.epoch, before + 1);
        assert.match(logsOf(place), /^Exit status 143[.:] .*back into the queue/m);
        await slurm.run("scancel", job);
        await slurm.idle(WITHIN_MS);
      },
    ));
  }
}
