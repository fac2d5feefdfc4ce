/** A place for runs whose trainers wait where a test wants them to, so that no time decides how far they have come. */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { tryLock } from "../../src/files/lock.ts";
import { makersLock } from "../../src/files/sealed_file.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import { emptyFeatureCache, eventually, headlight } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";

export interface Place {
  readonly runs: string;
  readonly env: Record<string, string>;
  readonly cache: string;
  /** A run of one epoch, which is the best one. */
  readonly finished: RunDirectory;
  /** Lets every trainer wait for the weights of its base while `body` runs. It is given a function that ends this. */
  whileWaiting<T>(body: (goOn: () => void) => Promise<T>): Promise<T>;
}

/** A place for runs with a cache of its own, so that nobody else waits for its locks. */
export async function withPlace(body: (place: Place) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const env = emptyFeatureCache(folder);
    const cache = join(folder, "headlight");
    const args = ["train", ...SMALL_RUN, "--epochs", "1", "--restore-best", "--plain", "--runs", runs];
    const { status, stderr } = await headlight(args, { env });
    assert.equal(status, 0, stderr);
    const finished = newest(runs);
    // The trainer exits after the viewer.
    await eventually("the trainer has exited", () => readOverview(finished).status !== "live", 20_000);
    const { path } = readRunConfig(finished.config).resolved?.weights ?? { path: "" };
    const weights = join(cache, "weights");
    const files = [...Deno.readDirSync(dirname(path))].filter(({ name }) => name.startsWith(basename(path)));
    const copies = files.map(({ name }) => [name, Deno.readFileSync(join(weights, name))] as const);
    Deno.removeSync(weights);
    Deno.mkdirSync(weights);
    for (const [name, bytes] of copies) Deno.writeFileSync(join(weights, name), bytes);
    const lock = makersLock(join(weights, basename(path)));
    await body({
      ...{ runs, env, cache, finished },
      whileWaiting: async (wait) => {
        const held = tryLock(lock);
        assert.ok(held, "another process has the lock");
        let isHeld = true;
        const goOn = () => {
          if (isHeld) held.release();
          isHeld = false;
        };
        try {
          return await wait(goOn);
        } finally {
          goOn();
        }
      },
    });
  });
}

export function newest(runs: string): RunDirectory {
  const [run] = listRuns(runs);
  assert.ok(run, "there is no run");
  return run;
}
