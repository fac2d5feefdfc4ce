/** Which options may change when a run goes on, and what is said of those that may not. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { type RunOptions, runOptionsSchema } from "../../../src/config.ts";
import { HeadlightError } from "../../../src/errors.ts";
import {
  ALLOWED_CHANGES,
  allowedChangeSchema,
  changeNotice,
  EXTENSIONS,
  isExtension,
  listedDifferences,
  optionDifferences,
  preparedDifferences,
  processorDifferences,
  refuseDifferences,
} from "../../../src/run/resume/changes.ts";
import { readRunConfig, type Resolved } from "../../../src/run/folder/run_config.ts";
import { join } from "node:path";
import type { Difference } from "../../../src/run/resume/words.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

const WAS: RunOptions = runOptionsSchema.parse({});

/** Another value of every option. */
const OTHER = {
  data: "demo",
  validation_split: 0.5,
  max_broken: 0.5,
  base: "squeezenet11",
  cut: "pool4",
  weights: "random",
  preprocess: "imagenet",
  size: 96,
  resize: "antialias",
  pooling: "avg",
  head: "linear",
  hidden: 7,
  dropout: 0.1,
  batch: 16,
  class_weight: "balanced",
  epochs: 60,
  patience: 9,
  monitor: "val_loss",
  mode: "min",
  min_delta: 0.01,
  baseline: 0.3,
  start_from_epoch: 3,
  restore_best: true,
  keep: 3,
  tensorboard: "/logs",
  notify: "mail",
  from: "/runs/other",
  from_checkpoint: "last",
  learning_rate: 0.01,
  seed: 5,
  shuffle_together: 64,
  engine: "wasm",
  gpu: 1,
  tf32: true,
  tensorflow: "/opt/tensorflow",
  precision: "bfloat16",
  runs: "/elsewhere",
  name: "another",
  expect_features: "0123456789abcdef",
} as const satisfies Record<keyof RunOptions, unknown>;

/** Options that decide nothing about the result. */
const FREE: readonly string[] = ["runs", "name", "keep", "tensorboard", "notify", "expect_features"];
/** Options of which only what they lead to counts, as the next test shows. */
const BY_EFFECT: readonly string[] = ["data", "weights", "preprocess", "engine", "gpu", "tensorflow"];

function refusal(
  differences: Parameters<typeof refuseDifferences>[1],
  allowed: Parameters<typeof refuseDifferences>[2] = [],
) {
  try {
    refuseDifferences({ id: "R", path: "/runs of/R" }, differences, allowed);
    return null;
  } catch (error) {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 2);
    return error.message;
  }
}

for (const name of Object.keys(OTHER) as (keyof typeof OTHER)[]) {
  const option = runOptionsSchema.keyof().parse(name);
  Deno.test(`another --${name.replaceAll("_", "-")} is an extension, free, compared by its effect, or refused by name with both values`, () => {
    const now = { ...WAS, [name]: OTHER[name] };
    assert.ok(!isDeepStrictEqual(WAS, now), "the value is not another one");
    const differences = optionDifferences(WAS, now);
    const text = refusal(differences);
    if (FREE.includes(option) || BY_EFFECT.includes(option)) return assert.deepEqual([differences, text], [[], null]);
    assert.deepEqual(differences, [{ name, from: WAS[option] ?? null, to: OTHER[name] }]);
    if (EXTENSIONS.some((one) => one === name)) return assert.equal(text, null);
    const was = WAS[option] === undefined ? "not set" : String(WAS[option]);
    const flag = `--${name.replaceAll("_", "-")}`;
    assert.ok(
      text?.startsWith(`Run R cannot go on, because ${flag} changed from ${was} to ${OTHER[name]}. `),
      String(text),
    );
    assert.ok(/\. (?:Use|Leave out) --/.test(text ?? ""), String(text));
    assert.doesNotMatch(text ?? "", /\n/);
    const allowed = allowedChangeSchema.safeParse(name);
    if (allowed.success) {
      assert.ok(
        text?.endsWith(`or go on nevertheless with --allow-change ${name.replaceAll("_", "-")}.`),
        String(text),
      );
      assert.equal(refusal(differences, [allowed.data]), null);
    } else {
      // The advice must not be refused in its turn.
      assert.match(
        text ?? "",
        name === "dropout"
          ? /or start a new run from these weights: deno task train --from '\/runs of\/R' --dropout \S+$/
          : /, or start a new run\.$/,
      );
      assert.notEqual(refusal(differences, [...ALLOWED_CHANGES]), null, "it cannot be allowed");
    }
  });
}

Deno.test("to shuffle all images together, named or not, is no difference", () => {
  const all = { ...WAS, shuffle_together: "all" } as const;
  assert.deepEqual([optionDifferences(WAS, all), optionDifferences(all, WAS)], [[], []]);
  const differences = optionDifferences({ ...WAS, shuffle_together: 64 }, all);
  assert.match(
    refusal(differences) ?? "",
    /--shuffle-together changed from 64 to all\. Use --shuffle-together 64, or .* --allow-change shuffle-together\.$/,
  );
});

Deno.test("what data, weights, preprocessing and engine lead to is compared, and each difference refused by name with both values", async () => {
  await withTemporaryFolder((folder) => {
    const { resolved } = readRunConfig(makeRun(join(folder, "20261123-205501-densenet121-demo")).config);
    assert.ok(resolved);
    assert.deepEqual(preparedDifferences(resolved, { ...resolved, data: { kind: "npy" }, data_name: "moved" }), []);
    const weights = { ...resolved.weights, sha256: "ff00" };
    assert.deepEqual(
      preparedDifferences(resolved, { ...resolved, weights: { ...resolved.weights, path: "/moved" } }),
      [],
    );
    const changed: [string, Resolved, string][] = [
      [
        "classes",
        { ...resolved, classes: ["day bed", "wheel"] },
        'its classes changed: class 1 was ".+", now "wheel"',
      ],
      ["data", { ...resolved, train: 877 }, "its data changed: 878 training images, now 877"],
      ["data", { ...resolved, validation: 3 }, "its data changed: 293 validation images, now 3"],
      ["weights", { ...resolved, weights }, "the weights of its base changed from .+ to ff00"],
      ["preprocess", { ...resolved, preprocess: "imagenet" }, "--preprocess changed from .+ to imagenet"],
      [
        "tensorflow",
        { ...resolved, engine: { kind: "wasm", version: "9.9", device: "cpu" } },
        "the version of its engine changed from .+ to 9\\.9",
      ],
    ];
    // Random weights are made for the preprocessing, so they need no name of their own.
    const random = { ...resolved, weights: { ...resolved.weights, kind: "random" } } as const;
    const otherScale = { ...random, preprocess: "imagenet", weights: { ...random.weights, sha256: "ff00" } } as const;
    assert.deepEqual(preparedDifferences(random, otherScale).map(({ name }) => name), ["preprocess"]);
    for (const [name, now, says] of changed) {
      const differences: Difference[] = [...preparedDifferences(resolved, now), ...listedDifferences(resolved, now)];
      assert.deepEqual(differences.map((one) => one.name), [name]);
      assert.match(refusal(differences) ?? "", new RegExp(`because ${says}\\. `));
    }
  });
});

Deno.test("the version of an engine that computes the base beside TensorFlow is compared by the engine's own name", async () => {
  await withTemporaryFolder((folder) => {
    const { resolved } = readRunConfig(makeRun(join(folder, "20261123-205501-densenet121-demo")).config);
    assert.ok(resolved);
    const trainer = { kind: "tensorflow", version: "2.21.0", device: "cpu" } as const;
    const on = (kind: "openvino" | "webgpu", version: string): Resolved => ({
      ...resolved,
      engine: { kind, version, device: "cpu", trainer },
    });
    for (const [kind, what] of [["openvino", "OpenVINO"], ["webgpu", "the WebGPU engine"]] as const) {
      const differences = preparedDifferences(on(kind, "1.0"), on(kind, "2.0"));
      assert.deepEqual(differences, [{ name: kind, from: "1.0", to: "2.0" }]);
      assert.match(
        refusal(differences) ?? "",
        new RegExp(`because the version of ${what} changed from 1\\.0 to 2\\.0`),
      );
      assert.equal(refusal(differences, [kind]), null);
    }
    assert.deepEqual(preparedDifferences(on("openvino", "1.0"), on("webgpu", "4.22.0")).map(({ name }) => name), [
      "engine",
    ]);
  });
});

Deno.test("another processor and another number of threads are refused by name", () => {
  const was = { processor: "AMD EPYC", threads: 2 } as Parameters<typeof processorDifferences>[0];
  assert.deepEqual(processorDifferences(was, was), []);
  const differences = processorDifferences(was, { ...was, threads: 8 });
  assert.match(refusal(differences) ?? "", /the number of threads changed from 2 to 8\. .*--allow-change threads\.$/);
  assert.equal(refusal(differences, ["threads"]), null);
  assert.match(
    refusal(processorDifferences(was, { ...was, processor: "Xeon" })) ?? "",
    /the processor changed from AMD EPYC to Xeon/,
  );
});

Deno.test("the notice of an allowed change says what changed and where, and whether the bits may differ from there", () => {
  const at = { epoch: 3, step: 7 };
  assert.equal(
    changeNotice({ name: "batch", from: 32, to: 16, ...at }),
    "batch changed from 32 to 16 at epoch 4, step 8, so its weights are not those of an unchanged run",
  );
  assert.equal(
    changeNotice({ name: "min_delta", from: 0, to: 0.01, epoch: 3, step: 0 }),
    "min delta changed from 0 to 0.01 at epoch 4",
  );
  assert.equal(
    changeNotice({ name: "data", from: "1", to: "2", words: "6 training images, now 5", epoch: 3, step: 0 }),
    "data changed at epoch 4 (6 training images, now 5), so its weights are not those of an unchanged run",
  );
  for (const name of EXTENSIONS) {
    assert.ok(isExtension({ name }));
    assert.equal(changeNotice({ name, from: 1, to: 2, ...at }), null);
  }
});
