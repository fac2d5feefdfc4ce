/**
 * Kills shards at random moments and starts them again until each has succeeded. HEADLIGHT_KILLED_SHARDS sets the number
 * of shards, HEADLIGHT_KILLED_SEED the seed, and HEADLIGHT_KILLED_JOBS how many run at the same time.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { isAside } from "../../src/files/atomic.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { stream } from "../../src/training/random.ts";
import { emptyFeatureCache, headlight, headlightArgs } from "../process.ts";
import { numberIn } from "../support.ts";
import { storedRows, withSmallCluster } from "./small_cluster.ts";

const SHARDS = numberIn("HEADLIGHT_KILLED_SHARDS", 4);
const SEED = numberIn("HEADLIGHT_KILLED_SEED", 1);
const JOBS = numberIn("HEADLIGHT_KILLED_JOBS", 4);
const IMAGES_PER_SHARD = 40;
/** How often a shard is killed at most: every second attempt takes its time. */
const MOST_KILLS = 3;
/** A kill comes at a random moment of this time. Two shards on one processor each take twice as long. */
const WITHIN_MS = 6000;

Deno.test(`${SHARDS} shards, killed at random moments and started again, leave the cache of an undisturbed extraction`, async () => {
  await withSmallCluster(SHARDS * IMAGES_PER_SHARD, async ({ words, env, root }) => {
    const calm = emptyFeatureCache(join(root, "calm"));
    const undisturbed = await headlight(["extract", ...words], { env: calm });
    assert.equal(undisturbed.status, 0, undisturbed.stderr);

    const random = stream(SEED, "killed shards");
    const waiting = Array.from({ length: SHARDS }, (_, index) => index + 1);
    let kills = 0;
    const work = async () => {
      for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
        const killsAfterMs = Array.from(
          { length: uniformInt(random, 1, MOST_KILLS) },
          () => uniformInt(random, 0, WITHIN_MS),
        );
        for (const ms of killsAfterMs) {
          if (await isKilled(["extract", ...words, "--shard", `${shard}/${SHARDS}`], env, ms)) kills++;
        }
        const { status, stdout, stderr } = await headlight(["extract", ...words, "--shard", `${shard}/${SHARDS}`], {
          env,
        });
        assert.equal(status, 0, stderr);
        assert.match(stdout, new RegExp(`^Shard ${shard} of ${SHARDS} is in the cache: `, "m"));
      }
    };
    await Promise.all(Array.from({ length: JOBS }, work));
    console.log(`${kills} kills of ${SHARDS} shards, seed ${SEED}`);
    assert.ok(kills > SHARDS / 4, `only ${kills} kills`);

    const [expected, found] = [storedRows(calm), storedRows(env)];
    assert.equal(found.size, SHARDS * IMAGES_PER_SHARD);
    assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
    for (const [digest, rows] of found) {
      for (const bits of rows) assert.equal(bits, expected.get(digest)?.[0], `the row of ${digest}`);
    }
    // Whatever the killed ones left is known as theirs: temporary files, which are removed an hour later.
    for (const path of filesIn(join(env["XDG_CACHE_HOME"] ?? "", "headlight", "features"))) {
      const name = path.split("/").at(-1) ?? "";
      assert.ok(/\.(?:rows|json)$|^\.|^.+\.\d+-[0-9a-f]+$/.test(name) || isAside(name), path);
    }
  });
});

/** Starts a command and kills it. Returns whether it was killed before it exited by itself. */
async function isKilled(args: readonly string[], env: Record<string, string>, afterMs: number): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: headlightArgs(args),
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  const { signal } = await child.status;
  clearTimeout(timer);
  return signal === "SIGKILL";
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(folder, name)) : [join(folder, name)]
  );
}
