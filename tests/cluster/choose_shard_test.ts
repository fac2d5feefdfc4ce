import assert from "node:assert/strict";
import { chooseShard, type ShardFlags } from "../../src/cluster/choose_shard.ts";
import { HeadlightError } from "../../src/errors.ts";

type Variables = Readonly<Record<string, string>>;

function choose(flags: ShardFlags, variables: Variables = {}) {
  return chooseShard(flags, (name) => variables[name]);
}

/** The variables that Slurm sets for a task of `--array=min-max:step`. */
function array(id: number, min: number, max: number, step = 1, count = Math.floor((max - min) / step) + 1): Variables {
  return {
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: String(min),
    SLURM_ARRAY_TASK_MAX: String(max),
    SLURM_ARRAY_TASK_STEP: String(step),
    SLURM_ARRAY_TASK_COUNT: String(count),
  };
}

Deno.test("without flags and outside of any array, a process computes all images", () => {
  assert.deepEqual(choose({}), { number: 1, of: 1 });
  assert.deepEqual(choose({ shards: 1 }), { number: 1, of: 1 });
});

Deno.test("--shard names the shard, whatever the environment says", () => {
  assert.deepEqual(choose({ shard: "3/32" }, array(5, 0, 9)), { number: 3, of: 32 });
});

Deno.test("a task of a Slurm array computes its place in the array, however that is numbered", () => {
  const cases: readonly (readonly [Variables, number, number])[] = [
    [array(0, 0, 31), 1, 32],
    [array(31, 0, 31), 32, 32],
    [array(1, 1, 32), 1, 32],
    [array(32, 1, 32), 32, 32],
    [array(14, 10, 18, 4), 2, 3],
    [array(18, 10, 18, 4), 3, 3],
    // An array of one task, of which Slurm says that its step is 0 or 1.
    [array(7, 7, 7, 0, 1), 1, 1],
    [array(7, 7, 7, 1, 1), 1, 1],
  ];
  for (const [variables, number, of] of cases) {
    assert.deepEqual(choose({}, variables), { number, of });
  }
});

Deno.test("with --shards, the number of a Slurm task is its place from 0, so that one can be submitted again by itself", () => {
  assert.deepEqual(choose({ shards: 32 }, array(7, 7, 7)), { number: 8, of: 32 });
  assert.deepEqual(choose({ shards: 32 }, array(9, 3, 9, 1, 2)), { number: 10, of: 32 });
  assert.deepEqual(choose({ shards: 32 }, array(31, 0, 31)), { number: 32, of: 32 });
});

Deno.test("a pod of an indexed Kubernetes job computes its index, if --shards says how many there are", () => {
  const pod = { JOB_COMPLETION_INDEX: "3" };
  assert.deepEqual(choose({ shards: 8 }, pod), { number: 4, of: 8 });
  assert.throws(() => choose({}, pod), /^HeadlightError: JOB_COMPLETION_INDEX=3: --shards is required/);
  assert.throws(() => choose({ shards: 3 }, pod), /--shards 3 is less than the job's spec\.completions/);
});

Deno.test("flags and variables that contradict each other are refused with the remedy, exit status 2", () => {
  const refused: readonly (readonly [ShardFlags, Variables, RegExp])[] = [
    [{ shard: "3/32", shards: 32 }, {}, /--shard and --shards cannot be combined/],
    [
      { shard: "0/4" },
      {},
      /--shard 0\/4: must be the number of a shard, counted from 1, and the number of shards, such as 3\/32/,
    ],
    [
      { shards: 4 },
      {},
      /neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX says .* Name it with --shard, such as 1\/4/,
    ],
    [{ shards: 32 }, array(32, 1, 32), /tasks are numbered from 0\. Use --array=0-31\./],
    // Of --array=5,7 and --array=0-3,9 the variables do not tell a task's place.
    [{}, array(7, 5, 7, 1, 2), /The 2 tasks of this array are not numbered evenly \(5 to 7\).*, with --shards\.$/],
    [{}, array(9, 0, 9, 1, 5), /The 5 tasks of this array are not numbered evenly \(0 to 9\)/],
    [{}, { SLURM_ARRAY_TASK_ID: "3" }, /SLURM_ARRAY_TASK_MIN is not set\. Name the shard with --shard/],
    [{}, { SLURM_ARRAY_TASK_ID: "x" }, /SLURM_ARRAY_TASK_ID is "x", which is not a whole number/],
  ];
  for (const [flags, variables, message] of refused) {
    assert.throws(() => choose(flags, variables), (error) => {
      assert.ok(error instanceof HeadlightError);
      assert.equal(error.exitStatus, 2);
      assert.match(error.message, message);
      return true;
    });
  }
});
