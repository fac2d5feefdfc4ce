import assert from "node:assert/strict";
import { type RunOptions, runOptionsSchema } from "../../src/config.ts";
import type { Resolved } from "../../src/run/folder/run_config.ts";
import { takenOptions } from "../../src/run/from_options.ts";

const STARTED_FROM = { run: "other", path: "/runs/other", checkpoint: "epoch-0001", epoch: 1, step: 0 };

/** Returns the other run: its options, and the weights that they resolved to. */
function other(options: Partial<RunOptions>, weights: Resolved["weights"]["kind"] = "random", kind = "demo") {
  return {
    startedFrom: { ...STARTED_FROM, weights_sha256: "" },
    options: { ...runOptionsSchema.parse({}), ...options },
    resolved: {
      ...{ data: { kind }, data_name: "d", classes: [], train: 1, validation: 1, preprocess: "scale" as const },
      weights: { kind: weights, path: "/weights.h5", sha256: "" },
      engine: { kind: "wasm" as const, version: "1", device: "cpu" as const },
    },
  };
}

Deno.test("what Headlight chose by itself for the other run is taken over under its name", () => {
  const { data, weights, preprocess } = takenOptions(other({}, "published"), {});
  assert.deepEqual([data, weights, preprocess], ["demo", "imagenet", "scale"]);
  assert.equal(takenOptions(other({}, "file"), {}).weights, "/weights.h5");
  assert.equal(takenOptions(other({}, "own"), {}).weights, undefined);
});

Deno.test("options that need not agree are not taken over", () => {
  const set = { epochs: 99, patience: 9, learning_rate: 0.5, batch: 1, name: "x", keep: 3, monitor: "loss" as const };
  assert.deepEqual(
    Object.keys(takenOptions(other({ ...set, seed: 8 }), {})).sort(),
    ["base", "data", "pooling", "precision", "preprocess", "resize", "size", "weights"],
  );
});

Deno.test("the head is taken over unless it is given; one number of the default head leaves the other one", () => {
  const head = (given: Record<string, unknown>, theirs: Partial<RunOptions>) => {
    const { head, hidden, dropout } = takenOptions(other(theirs), given);
    return { head, hidden, dropout };
  };
  const none = { head: undefined, hidden: undefined, dropout: undefined };
  assert.deepEqual(head({}, { head: "linear" }), { ...none, head: "linear" });
  assert.deepEqual(head({ dropout: 0.1 }, { hidden: 20, dropout: 0.3 }), { ...none, hidden: 20 });
  assert.deepEqual(head({ head: "linear" }, { hidden: 20 }), none);
  assert.deepEqual(head({ dropout: 0.1 }, { head: "linear" }), none);
});

Deno.test("the split and its seed are taken over with a folder of images, and only with it", () => {
  const theirs = { seed: 9, validation_split: 0.4, max_broken: 0.5, data: "/cats" };
  const { seed, validation_split: share, max_broken: broken } = takenOptions(other(theirs, "random", "pictures"), {});
  assert.deepEqual([seed, share, broken], [9, 0.4, 0.5]);
  assert.equal(takenOptions(other(theirs, "random", "npy"), {}).seed, undefined);
  assert.equal(takenOptions(other(theirs, "random", "pictures"), { data: "/dogs" }).seed, undefined);
});

Deno.test("another base is refused by name, with all other options that differ, before any is checked; a file may have been moved", () => {
  assert.throws(
    () => takenOptions(other({ base: "lesson-cnn" }, "scratch"), { base: "vgg16", weights: "imagenet" }),
    /--from other: base is "lesson-cnn" in that run and "vgg16" in this one\. Use --base lesson-cnn, or another run\./,
  );
  assert.throws(
    () => takenOptions(other({ base: "lesson-cnn", size: 64 }, "scratch"), { base: "vgg16", size: "96" }),
    /: base is "lesson-cnn" in that run and "vgg16" in this one; size is 64 and "96"\. Use --base lesson-cnn, --size 64, or/,
  );
  const moved = takenOptions(other({ base: "/a/model.keras", cut: "add" }, "own"), { base: "/b/model.keras" });
  assert.deepEqual([moved.base, moved.cut], [undefined, "add"]);
});
