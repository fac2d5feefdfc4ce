import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "commander";
import { addFlags } from "../../src/commands/flags.ts";
import { TRAIN_FLAGS, trainOptions } from "../../src/commands/train_options.ts";
import { type RunOptions, runOptionsSchema } from "../../src/config.ts";
import { factsOf } from "../../src/options.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { repeatCommand, repeatOf, trainCommand } from "../../src/run/repeat.ts";
import { type Resolved, type RunConfig, runConfigSchema } from "../../src/run/folder/run_config.ts";

const DEFAULTS: RunOptions = { ...runOptionsSchema.parse({}), runs: join(PROJECT_ROOT, "runs") };

const RESOLVED: Resolved = {
  data: { kind: "npy", folder: "/x/data/dataset_dollarstreet", name: "dollarstreet" },
  data_name: "dollarstreet",
  classes: ["day bed"],
  train: 878,
  validation: 293,
  weights: { kind: "published", path: "/cache/weights/densenet121.h5", sha256: "00" },
  preprocess: "scale",
  engine: { kind: "tensorflow", version: "2.21.0", addon: "/cache/engines/x/tfjs_binding.node", device: "cpu" },
};

function repeat(options: Partial<RunOptions> = {}, resolved: Partial<Resolved> = {}): string {
  return repeatCommand({ options: { ...DEFAULTS, ...options }, resolved: { ...RESOLVED, ...resolved } }) ?? "";
}

/** The config of a run that is prepared, without its repeat command. */
const PREPARED: Omit<RunConfig, "repeat"> = {
  version: 1,
  created: "2026-11-23T20:55:01.000Z",
  options: DEFAULTS,
  resolved: RESOLVED,
  notices: [],
  machine: { host: "h", os: "linux", cpu: "c", cores: 2, memory_bytes: 1 },
  versions: {},
};

/** Returns the arguments that a real shell makes of a command, without `deno task train`. */
function wordsOf(command: string): string[] {
  assert.doesNotMatch(command, /\n/, "one line");
  const { stdout } = new Deno.Command("bash", {
    args: ["-c", `printf '%s\\0' ${command}`],
    env: { LC_ALL: "C.UTF-8" },
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\0").slice(3, -1);
}

/** Returns the options that a command sets, after a shell and the flags of `train` have parsed it. */
function optionsOf(command: string): RunOptions {
  let options: RunOptions | undefined;
  addFlags(new Command("train"), TRAIN_FLAGS).exitOverride()
    .action((collected) => void (options = trainOptions(collected).options))
    .parse(wordsOf(command), { from: "user" });
  assert.ok(options);
  return options;
}

Deno.test("the repeat command has the resolved options and those that differ from the defaults", () => {
  assert.equal(
    repeat(),
    "deno task train --data dollarstreet --weights imagenet --preprocess scale --seed 2 --engine tensorflow",
  );
  assert.equal(
    repeat(
      { base: "squeezenet11", epochs: 3, restore_best: true, seed: 7, runs: "/elsewhere" },
      {
        data: { kind: "demo", seed: 10 },
        weights: { kind: "random", path: "/cache/weights/random-1.h5", sha256: "00" },
        engine: { kind: "wasm", version: "4.22.0", device: "cpu" },
      },
    ),
    "deno task train --data demo --base squeezenet11 --weights random --preprocess scale --epochs 3 --restore-best " +
      "--seed 7 --engine wasm --runs /elsewhere",
  );
});

Deno.test("the repeat command has the paths of the person's own data and weights", () => {
  const command = repeat(
    { data: "/images/my cats", weights: "/w/own.h5" },
    {
      data: { kind: "pictures", folder: "/images/my cats" },
      weights: { kind: "file", path: "/w/own.h5", sha256: "00" },
      preprocess: "imagenet",
    },
  );
  assert.match(command, / --data '\/images\/my cats' --weights \/w\/own\.h5 --preprocess imagenet /);
});

/** A value for every option that is not its default. */
const OTHER: Required<RunOptions> = {
  ...DEFAULTS,
  data: '/data/it\'s "mine"; rm -rf $HOME `x` \\',
  weights: "/w/a b.h5",
  preprocess: "imagenet",
  base: "/m/my model.keras",
  cut: "block_3/out",
  size: 64,
  resize: "antialias",
  pooling: "avg",
  head: "bn,dense:128:relu,dropout:0.3,bn,dense:64",
  hidden: 7,
  dropout: 0.25,
  batch: 5,
  class_weight: "balanced",
  epochs: 3,
  patience: 9,
  monitor: "val_loss",
  mode: "max",
  min_delta: 1e-7,
  baseline: -0.5,
  start_from_epoch: 4,
  restore_best: true,
  keep: 4,
  tensorboard: "/logs/it's mine",
  notify: "curl -d @- 'https://host/secret'",
  from: "/runs/it's one",
  from_checkpoint: "epoch-0007",
  learning_rate: 3e-5,
  seed: 123,
  shuffle_together: 8192,
  engine: "wasm",
  gpu: 1,
  tf32: true,
  precision: "bfloat16",
  tensorflow: "/opt/tensor flow",
  runs: "/tmp/my runs",
  name: "--a\x1b[2J\nname\u009b\u202e 1'\\",
  validation_split: 0.125,
  max_broken: 0.5,
  expect_features: "0123456789abcdef",
};

for (const name of Object.keys(runOptionsSchema.shape) as (keyof RunOptions)[]) {
  Deno.test(`--${name.replaceAll("_", "-")} survives the repeat command, a shell and train's flags`, () => {
    // A cut is one of a base from a file, and a checkpoint one of another run.
    const base = name === "cut" ? { base: OTHER.base } : name === "from_checkpoint" ? { from: OTHER.from } : {};
    const options: RunOptions = { ...DEFAULTS, ...base, [name]: OTHER[name] };
    assert.notDeepEqual(options, DEFAULTS);
    // What may be a secret is named only where it is asked for.
    const always = factsOf(runOptionsSchema.shape[name]).secret ? [name] : [];
    assert.deepEqual(optionsOf(trainCommand(options, always)), options);
  });
}

Deno.test("the repeat command contains no control characters", () => {
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(trainCommand(OTHER), /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
});

Deno.test("a run that chose how many images are shuffled together is repeated with the number, also one of an earlier version", () => {
  const ending = (options: Partial<RunOptions>) => / --shuffle-together \S+/.exec(repeat(options))?.[0];
  assert.equal(ending({}), undefined);
  assert.equal(ending({ shuffle_together: "all" }), " --shuffle-together all");
  assert.equal(ending({ shuffle_together: 8192 }), " --shuffle-together 8192");
  const { options, repeat: again } = runConfigSchema.parse({ ...PREPARED, shuffled_together: 8192, repeat: "earlier" });
  assert.deepEqual([options.shuffle_together, again], [8192, null]);
  assert.equal(
    repeatOf({ ...PREPARED, shuffled_together: 8192, repeat: "earlier" }),
    repeat({ shuffle_together: 8192 }),
  );
});

Deno.test("a run that was never prepared has no repeat command, and one of an earlier version gets it from config.json", () => {
  assert.equal(repeatCommand({ options: DEFAULTS, resolved: null }), null);
  assert.equal(runConfigSchema.parse(PREPARED).repeat, null);
  assert.equal(repeatOf(PREPARED), repeat());
  assert.equal(repeatOf({ ...PREPARED, repeat: "deno task train --seed 3" }), "deno task train --seed 3");
  assert.equal(repeatOf({ ...PREPARED, resolved: null }), null);
  assert.equal(repeatOf({ something: "else" }), null);
});

Deno.test("a run with unknown options or without some of this version's options is read", () => {
  const { monitor: _, ...older } = DEFAULTS;
  const config = {
    version: 1,
    created: "2026-11-23T20:55:01.000Z",
    options: { ...older, momentum: 0.9 },
    resolved: RESOLVED,
    notices: [],
    machine: { host: "h", os: "linux", cpu: "c", cores: 2, memory_bytes: 1 },
    versions: {},
  };
  assert.deepEqual(runConfigSchema.parse(config).options, DEFAULTS);
  assert.equal(repeatOf(config), repeat());
});
