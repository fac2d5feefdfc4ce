import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "commander";
import { addTrainFlags, trainOptions } from "../../src/commands/train_options.ts";
import { runOptionsSchema } from "../../src/config.ts";
import { HeadlightError } from "../../src/errors.ts";
import { withTemporaryFolder } from "../support.ts";

/** What the flags of a command line make of a run. */
function parse(...args: string[]): ReturnType<typeof trainOptions> {
  let result: ReturnType<typeof trainOptions> | undefined;
  addTrainFlags(new Command("train")).exitOverride().configureOutput({ writeErr: () => {} })
    .action((collected) => void (result = trainOptions(collected)))
    .parse(args, { from: "user" });
  assert.ok(result);
  return result;
}

function refused(pattern: RegExp, ...args: string[]): void {
  assert.throws(
    () => parse(...args),
    (error) => error instanceof HeadlightError && error.exitStatus === 2 && pattern.test(error.message),
    `${args.join(" ")} should be refused with ${pattern}`,
  );
}

Deno.test("without flags a run has the lesson's options", () => {
  const { options, view } = parse();
  assert.deepEqual(view, { plain: false, json: false, fps: 4, readOnly: false });
  const { runs, ...rest } = options;
  assert.match(runs, /\/runs$/);
  assert.deepEqual(rest, {
    validation_split: 0.25,
    max_broken: 0.01,
    resize: "bilinear",
    base: "densenet121",
    size: 160,
    pooling: "max",
    hidden: 50,
    dropout: 0.5,
    batch: 32,
    epochs: 30,
    patience: 5,
    monitor: "val_accuracy",
    mode: "auto",
    min_delta: 0,
    start_from_epoch: 0,
    restore_best: false,
    learning_rate: 0.001,
    seed: 2,
    engine: "auto",
    precision: "float32",
  });
});

Deno.test("flags become options under the schema's names, numbers as numbers", () => {
  const { options } = parse(
    "--learning-rate",
    "1e-4",
    "--min-delta",
    "0.01",
    "--restore-best",
    "--name",
    "42",
    "--seed",
    "7",
  );
  assert.equal(options.learning_rate, 1e-4);
  assert.equal(options.min_delta, 0.01);
  assert.equal(options.restore_best, true);
  assert.equal(options.name, "42");
  assert.equal(options.seed, 7);
});

Deno.test("every flag of train is an option of a run, or one of config, plain, json and fps", () => {
  const command = addTrainFlags(new Command("train"));
  const known = new Set([...Object.keys(runOptionsSchema.shape), "config", "plain", "json", "fps"]);
  for (const { long } of command.options) assert.ok(known.has((long ?? "").slice(2).replaceAll("-", "_")), `${long}`);
});

Deno.test("bad input: a number out of range is one line with the flag, what was given and what is wanted", () => {
  refused(/^--dropout 1\.5: less than 1 is wanted$/, "--dropout", "1.5");
  refused(/^--epochs 0: at least 1 is wanted$/, "--epochs", "0");
  refused(/^--learning-rate 0: more than 0 is wanted$/, "--learning-rate", "0");
  refused(/^--batch 2\.5: a whole number is wanted$/, "--batch", "2.5");
  refused(/^--hidden many: a number is wanted$/, "--hidden", "many");
  for (const fps of ["0", "31", "2.5", "many"]) refused(/^--fps: a whole number from 1 to 30 is wanted$/, "--fps", fps);
  refused(/^--seed -1: at least 0 is wanted$/, "--seed", "-1");
});

Deno.test("bad input: an empty text is said to be empty, with what the flag takes", async () => {
  refused(/^--data "": empty; give a value or leave it out: dollarstreet, demo, or a folder /, "--data", "");
  refused(/^--weights "": empty; .*: imagenet, random, or a Keras \.h5 file /, "--weights", "");
  refused(/^--tensorflow "": empty; .*: a TensorFlow package folder /, "--tensorflow", "");
  refused(/^--runs "": empty; .*: where runs are kept /, "--runs", "");
  refused(/^--name "": empty; .*: a name for this run$/, "--name", "");
  refused(/^--base "": one of densenet121, squeezenet11 is wanted$/, "--base", "");
  refused(/^--size "": a number is wanted$/, "--size", "");
  refused(/^--name x{201}: at most 200 characters are wanted$/, "--name", "x".repeat(201));
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, '{"data": ""}');
    refused(/^--config .*run\.json: data "": empty; .*: dollarstreet, demo, /, "--config", path);
  });
});

Deno.test("bad input: a name that is not known is one line with the near one", () => {
  refused(
    /^--base densenet212: one of densenet121, squeezenet11 is wanted, did you mean densenet121\?$/,
    "--base",
    "densenet212",
  );
  refused(/did you mean val_loss\?$/, "--monitor", "val_los");
  refused(/^--engine gpu: one of auto, tensorflow, wasm is wanted/, "--engine", "gpu");
  refused(/^--precision float16: one of float32, bfloat16 is wanted/, "--precision", "float16");
});

Deno.test("bad input: --plain and --json exclude each other", () => refused(/exclude each other/, "--plain", "--json"));

Deno.test("a config file gives options, flags win over it", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, JSON.stringify({ epochs: 3, "learning-rate": 0.5, hidden: 8, baseline: 0.4 }));
    const { options } = parse("--config", path, "--hidden", "9");
    assert.deepEqual(
      [options.epochs, options.learning_rate, options.hidden, options.baseline],
      [3, 0.5, 9, 0.4],
    );
  });
});

Deno.test("bad input: a config file with an unknown option, a wrong value, no JSON, or not there is one line", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    refused(/no such file/, "--config", path);
    for (
      const [text, pattern] of [
        ['{"epoch": 3}', /no option epoch, did you mean epochs\?$/],
        ['{"epochs": "3"}', /run\.json: epochs "3": a number is wanted$/],
        ["{", /not JSON/],
        ["[1]", /one JSON object/],
      ] as const
    ) {
      Deno.writeTextFileSync(path, text);
      refused(pattern, "--config", path);
    }
  });
});
