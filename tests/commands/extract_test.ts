/** Tests `extract` with real processes: shards, what `train` finds, exit statuses. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { type SmallCluster, withSmallCluster } from "../cluster/small_cluster.ts";
import { headlight, JsonRun } from "../process.ts";

const IMAGES = 41;

const resultSchema = z.object({
  shard: z.int(),
  shards: z.int(),
  images: z.int(),
  computed: z.int(),
  cached: z.int(),
  broken: z.array(z.object({ path: z.string(), reason: z.string() })),
  engine: z.object({ kind: z.string() }),
});

type Place = SmallCluster;

const withPlace = (body: (place: Place) => Promise<void>) => withSmallCluster(IMAGES, body);

async function extract({ words, env }: Place, more: readonly string[], task: Record<string, string> = {}) {
  return await headlight(["extract", ...words, ...more], { env: { ...env, ...task } });
}

async function extracted(place: Place, more: readonly string[], task: Record<string, string> = {}) {
  const { status, stdout, stderr } = await extract(place, [...more, "--json"], task);
  assert.equal(status, 0, stderr);
  return resultSchema.parse(JSON.parse(stdout));
}

/** Trains, and returns the run's log lines and how many images it computed itself. */
async function train({ words, env, root }: Place) {
  const run = new JsonRun(["train", ...words, "--epochs", "1", "--runs", join(root, "runs")], { env });
  assert.equal(await run.status(), 0, run.stderr);
  return run.all("log").map(({ text }) => text).join("\n");
}

/** What Slurm tells the tasks of an array of two. */
function task(id: number): Record<string, string> {
  return {
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: "0",
    SLURM_ARRAY_TASK_MAX: "1",
    SLURM_ARRAY_TASK_STEP: "1",
    SLURM_ARRAY_TASK_COUNT: "2",
  };
}

Deno.test("shards computed at the same time are all that train needs, and each computes only its own images", async () => {
  await withPlace(async (place) => {
    const shards = await Promise.all([extracted(place, ["--shard", "1/3"]), extracted(place, ["--shard", "3/3"])]);
    assert.deepEqual(shards.map(({ shard, shards, images, computed }) => ({ shard, shards, images, computed })), [
      { shard: 1, shards: 3, images: 13, computed: 13 },
      { shard: 3, shards: 3, images: 14, computed: 14 },
    ]);
    const again = await extracted(place, ["--shard", "1/3"]);
    assert.deepEqual([again.computed, again.cached], [0, 13]);
    assert.match(await train(place), /The features of 27 of 41 images were already in the cache\./);
    // The two others compute what is left, one by its place in a Slurm array.
    const { stdout } = await extract(place, ["--shard", "2/3"]);
    assert.equal(
      stdout,
      "Shard 2 of 3, images 14 to 27 of 41: 14 of them are in the cache already.\n" +
        "Shard 2 of 3 is in the cache: nothing had to be computed.\n",
    );
  });
});

Deno.test("the tasks of a Slurm array share the images by themselves, and train then computes nothing", async () => {
  await withPlace(async (place) => {
    const tasks = [await extracted(place, [], task(0)), await extracted(place, [], task(1))];
    assert.deepEqual(tasks.map(({ shard, shards, computed }) => [shard, shards, computed]), [[1, 2, 20], [2, 2, 21]]);
    assert.match(await train(place), /The features of all 41 images were already in the cache\./);
  });
});

Deno.test("extract without a shard computes everything, says so in two lines, and takes the options of train that change no feature", async () => {
  await withPlace(async (place) => {
    Deno.writeTextFileSync(join(place.data, "even", "broken.png"), "no image");
    const { status, stdout, stderr } = await extract(place, ["--epochs", "3", "--name", "x", "--head", "linear"]);
    assert.equal(status, 0, stderr);
    const [begin = "", end = "", ...more] = stdout.split("\n");
    assert.equal(begin, "42 images: 0 of them are in the cache already.");
    assert.match(
      end,
      /^All features are in the cache: 42 images computed in \S+( \S+)? \(\S+ images\/s\) with tensorflow \S+ on cpu\.$/,
    );
    assert.deepEqual(more, [""]);
    assert.match(
      stderr,
      /^headlight: even\/broken\.png cannot be decoded \(.+\)\. train leaves such images out, as many as --max-broken allows\.$/m,
    );
    const { broken, cached } = await extracted(place, []);
    assert.deepEqual([broken.map(({ path }) => path), cached], [["even/broken.png"], 42]);
  });
});

Deno.test("a shard of an array with more tasks than images has nothing to do, exit status 0", async () => {
  await withPlace(async (place) => {
    const { images, computed } = await extracted(place, ["--shard", "1/50"]);
    assert.deepEqual([images, computed], [0, 0]);
  });
});

Deno.test("extract exits with 2 where trying again is useless, in one line and with nothing computed", async () => {
  await withPlace(async (place) => {
    const refused: readonly (readonly [readonly string[], RegExp])[] = [
      [["--shard", "4/3"], /^headlight: --shard 4\/3: must be the number of a shard/],
      [["--data", join(place.root, "nowhere")], /^headlight: --data .*nowhere: there is no such folder/],
      [["--weights", join(place.root, "nowhere.h5")], /^headlight: --weights .*nowhere\.h5: no such file/],
      [["--epochs", "0"], /^headlight: --epochs 0: must be at least 1/],
      [["--detach"], /^headlight: unknown option '--detach'/],
    ];
    for (const [more, message] of refused) {
      const { status, stdout, stderr } = await extract(place, more);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
    const { status, stderr } = await headlight(["extract", "--data", place.data, "--base", "lesson-cnn"], place);
    assert.equal(status, 2);
    assert.match(stderr, /^headlight: --base lesson-cnn: a network from scratch has no frozen base/);
  });
});

Deno.test("images of which none can be decoded are useless, exit status 2", async () => {
  await withPlace(async (place) => {
    for (const name of ["even", "odd"]) {
      for (const file of Deno.readDirSync(join(place.data, name))) {
        Deno.writeTextFileSync(join(place.data, name, file.name), `nonsense ${file.name}`);
      }
    }
    const { status, stderr } = await extract(place, ["--shard", "2/4"]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^headlight: None of the 10 images can be decoded, such as (even|odd)\/.*\.png \(.+\)\. Use other images\.$/m,
    );
  });
});

Deno.test("without the published weights, extract does not compute with random ones as train does, but exits with 75", async () => {
  await withPlace(async ({ data, env, root }) => {
    const words = ["extract", "--data", data, "--base", "squeezenet11", "--size", "64", "--engine", "tensorflow"];
    // Nothing listens there, as on a compute node without a network.
    const offline = { HTTPS_PROXY: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9" };
    const cache = join(root, "other");
    Deno.mkdirSync(join(cache, "headlight"), { recursive: true });
    Deno.symlinkSync(join(env["XDG_CACHE_HOME"] ?? "", "headlight", "engines"), join(cache, "headlight", "engines"));
    const { status, stdout, stderr } = await headlight(words, { env: { ...offline, XDG_CACHE_HOME: cache } });
    assert.deepEqual([status, stdout], [75, ""], stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  });
});
