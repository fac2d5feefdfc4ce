/** `watch`: the view of a run that is under way or over. Leaving it changes nothing. */
import { attach, isStarting } from "../run/attach.ts";
import { runOrLatest } from "./find.ts";
import { type ViewFlags, viewFlags } from "./train_options.ts";
import { viewRun } from "./view_run.ts";

/** Returns the exit status: 0, also where the run that was watched failed. */
export async function watch(wanted: string | undefined, runs: string, flags: ViewFlags): Promise<number> {
  viewFlags(flags);
  const run = runOrLatest(wanted, runs);
  const exit = await viewRun({
    connect: () =>
      attach(run, { role: "viewer", stopOnLoss: false, since: "start", trainerMayCome: () => isStarting(run) }),
    role: "watch",
    run,
    flags,
  });
  if (exit.how !== "lost") return 0;
  console.error(`headlight: run ${run.id} has no end and no trainer; what it printed is in ${run.trainerLog}`);
  return 1;
}
