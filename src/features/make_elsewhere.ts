/** Has the graph of a base made by other processes. */
import { engines } from "../engine/engines/list.ts";
import { temporaryPath } from "../files/temporary.ts";
import type { Job } from "./job.ts";

type MakeGraphJob = Extract<Job, { kind: "make_graph" }>;

/**
 * Has the graph made in one process, or, for an engine beside TensorFlow, recorded in one and chosen in the next: only
 * one of the two libraries is loaded at a time, which needs 200 MB less with DenseNet121.
 *
 * @param perform performs a job in a process of its own
 */
export async function makeElsewhere(
  { spec, images, cacheRoot }: Pick<MakeGraphJob, "spec" | "cacheRoot" | "images">,
  perform: (job: Job) => Promise<void>,
): Promise<void> {
  const making = { kind: "make_graph", spec, cacheRoot, images } as const;
  // An engine that is loaded in two parts computes bases without TensorFlow.
  if (engines[spec.engine.kind].loadForBases === undefined) return await perform(making);
  const folder = temporaryPath();
  Deno.mkdirSync(folder, { mode: 0o700 });
  try {
    await perform({ kind: "record_graphs", spec, images, folder });
    await perform({ ...making, recorded: folder });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
