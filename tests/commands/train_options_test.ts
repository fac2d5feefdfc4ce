import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { NETWORK_NAMES, smallestSize } from "../../src/bases/networks.ts";
import { RESUME_FLAGS } from "../../src/commands/resume_flags.ts";
import { addFlags, flagsMarkdown } from "../../src/commands/flags.ts";
import { TRAIN_FLAGS, trainOptions } from "../../src/commands/train_options.ts";
import { runOptionsSchema } from "../../src/config.ts";
import { choicesOf, flagOf } from "../../src/options.ts";
import { HeadlightError } from "../../src/errors.ts";
import { homeFolder } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";

/** Returns the run options that result from the flags of a command line. */
function parse(...args: string[]): ReturnType<typeof trainOptions> {
  let result: ReturnType<typeof trainOptions> | undefined;
  addFlags(new Command("train"), TRAIN_FLAGS).exitOverride().configureOutput({ writeErr: () => {} })
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
  assert.deepEqual(view, { plain: false, json: false, fps: 4, bell: false, stay: false, leave: false, detach: false });
  const { runs, ...rest } = options;
  assert.match(runs, /\/runs$/);
  assert.deepEqual(rest, {
    validation_split: 0.25,
    max_broken: 0.01,
    resize: "bilinear",
    base: "densenet121",
    size: 160,
    pooling: "max",
    batch: 32,
    class_weight: "none",
    epochs: 30,
    patience: 5,
    monitor: "val_accuracy",
    mode: "auto",
    min_delta: 0,
    start_from_epoch: 0,
    restore_best: false,
    keep: 0,
    from_checkpoint: "best",
    learning_rate: 0.001,
    seed: 2,
    engine: "auto",
    tf32: false,
    precision: "float32",
  });
});

Deno.test("flags become options under the schema's names, and numbers become numbers", () => {
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

Deno.test("an option is defined once: schema, flag, help, default and row in the docs come from one entry", () => {
  const command = addFlags(new Command("train"), TRAIN_FLAGS);
  const names = [
    ...Object.keys(runOptionsSchema.shape),
    "config",
    ...Object.keys(RESUME_FLAGS),
    "plain",
    "json",
    "fps",
    "bell",
    "stay",
    "leave",
    "detach",
  ];
  assert.deepEqual(command.options.map(({ long }) => long), names.map(flagOf));
  const table = flagsMarkdown(TRAIN_FLAGS).split("\n").slice(2);
  const defaults: Record<string, unknown> = { ...runOptionsSchema.parse({}), fps: 4 };
  for (const [index, { flags, description }] of command.options.entries()) {
    assert.equal(table[index], `| \`${flags}\` | ${description} |`);
    const value = defaults[names[index] ?? ""];
    const told = /\(default: (.*)\)$/.exec(description)?.[1];
    if (value !== undefined && value !== false) assert.equal(told, String(value), flags);
  }
  assert.match(command.helpInformation(), /--epochs <N> +maximum number of epochs \(default: 30\)/);
});

Deno.test("an option without facts is an internal error, not a flag without help", () => {
  assert.throws(() => addFlags(new Command("train"), { new_option: z.int() }), RangeError);
});

Deno.test("bad input: images smaller than the base takes are told by the base's own limit", () => {
  for (const base of NETWORK_NAMES) {
    const smallest = smallestSize(base);
    assert.equal(parse("--base", base, "--size", String(smallest)).options.size, smallest);
    const size = String(smallest - 1);
    refused(
      new RegExp(`^--size ${size}: must be at least ${smallest} for --base ${base}$`),
      "--base",
      base,
      "--size",
      size,
    );
  }
});

Deno.test("bad input: a number out of range is reported in one line with the flag, the value and the range", () => {
  refused(/^--dropout 1\.5: must be less than 1$/, "--dropout", "1.5");
  refused(/^--epochs 0: must be at least 1$/, "--epochs", "0");
  refused(/^--learning-rate 0: must be more than 0$/, "--learning-rate", "0");
  refused(/^--batch 2\.5: must be a whole number$/, "--batch", "2.5");
  refused(/^--hidden many: must be a number$/, "--hidden", "many");
  refused(/^--fps 0: must be at least 1$/, "--fps", "0");
  refused(/^--fps 31: must be at most 30$/, "--fps", "31");
  refused(/^--fps 2\.5: must be a whole number$/, "--fps", "2.5");
  refused(/^--fps many: must be a number$/, "--fps", "many");
  refused(/^--seed -1: must be at least 0$/, "--seed", "-1");
});

Deno.test("--shuffle-together takes all or whole blocks of images, in a config file too", async () => {
  assert.equal(parse("--shuffle-together", "all").options.shuffle_together, "all");
  assert.equal(parse("--shuffle-together", "64").options.shuffle_together, 64);
  refused(/^--shuffle-together 33: must be a multiple of 32$/, "--shuffle-together", "33");
  refused(/^--shuffle-together 0: must be at least 32$/, "--shuffle-together", "0");
  for (const wrong of ["none", "32.5", '""']) {
    refused(/^--shuffle-together .*: must be all, or a multiple of 32$/, "--shuffle-together", wrong);
  }
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, '{"shuffle_together": 96}');
    assert.equal(parse("--config", path).options.shuffle_together, 96);
    Deno.writeTextFileSync(path, '{"shuffle_together": "64"}');
    refused(/run\.json: shuffle_together "64": must be all, or a multiple of 32$/, "--config", path);
  });
});

Deno.test("bad input: a wrong --head is one line with the flag, the wrong piece and what is allowed", () => {
  refused(
    /^--head bn,conv:3: conv:3: no such layer\. Use bn, dense:UNITS:ACTIVATION or dropout:RATE\.$/,
    "--head",
    "bn,conv:3",
  );
  refused(/^--head dense:0: UNITS must be a whole number/, "--head", "dense:0");
  refused(/^--head "": must not be empty\. Give <[A-Z]+> \(layers between the base and the output: bn, /, "--head", "");
});

Deno.test("bad input: --head cannot be combined with --hidden or --dropout, which change the default head", async () => {
  refused(
    /^--head linear: cannot be combined with --hidden\. Remove one of them\.$/,
    "--head",
    "linear",
    "--hidden",
    "9",
  );
  refused(/^--head bn: cannot be combined with --dropout\. /, "--head", "bn", "--dropout", "0.1");
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, '{"hidden": 9}');
    refused(/^--head linear: cannot be combined with --hidden\. /, "--config", path, "--head", "linear");
  });
});

Deno.test("bad input: an empty value is reported as empty, with what the flag expects", async () => {
  refused(
    /^--data "": must not be empty\. Give <[A-Z]+> \(dollarstreet, demo, or a folder .*\), or remove the option\.$/,
    "--data",
    "",
  );
  refused(/^--weights "": must not be empty\. Give <[A-Z]+> \(imagenet, random, or a file of Keras /, "--weights", "");
  refused(
    /^--tensorflow "": must not be empty\. Give <[A-Z]+> \(the folder of a TensorFlow package /,
    "--tensorflow",
    "",
  );
  refused(/^--runs "": must not be empty\. Give <[A-Z]+> \(the folder in which runs are kept\)/, "--runs", "");
  refused(
    /^--name "": must not be empty\. Give <[A-Z]+> \(a name for this run\), or remove the option\.$/,
    "--name",
    "",
  );
  refused(new RegExp(`^--base "": must be one of ${NETWORK_NAMES.join(", ")}, or a .keras or .h5 file$`), "--base", "");
  refused(/^--size "": must be a number$/, "--size", "");
  refused(/^--name x{201}: must have at most 200 characters$/, "--name", "x".repeat(201));
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, '{"data": ""}');
    refused(
      /^--config .*run\.json: data "": must not be empty\. Give <[A-Z]+> \(dollarstreet, demo, /,
      "--config",
      path,
    );
  });
});

Deno.test("bad input: a name that is not known is one line with the near one", () => {
  const line = `^--base mobilenet_v1: must be one of ${
    NETWORK_NAMES.join(", ")
  }, or a .keras or .h5 file\\. Did you mean mobilenet_v2\\?$`;
  refused(new RegExp(line), "--base", "mobilenet_v1");
  refused(/\. Did you mean val_loss\?$/, "--monitor", "val_los");
  refused(/^--engine gpu: must be one of auto, tensorflow, openvino, cuda, webgpu, wasm/, "--engine", "gpu");
  refused(/^--precision float16: must be one of float32, bfloat16/, "--precision", "float16");
});

Deno.test("a network from scratch has a size of its own, a frozen base the lesson's", async () => {
  assert.equal(parse("--base", "lesson-cnn").options.size, 64);
  assert.equal(parse("--base", "lesson-cnn-plain", "--size", "100").options.size, 100);
  assert.equal(parse("--base", "squeezenet11").options.size, 160);
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, '{"base": "lesson-cnn"}');
    assert.equal(parse("--config", path).options.size, 64);
    assert.equal(parse("--config", path, "--size", "80").options.size, 80);
  });
});

Deno.test("a network from scratch has a patience of its own, as many epochs as the lesson trains it", () => {
  assert.equal(parse("--base", "lesson-cnn").options.patience, 20);
  assert.equal(parse("--base", "lesson-cnn-plain").options.patience, 10);
  assert.equal(parse("--base", "lesson-cnn", "--patience", "3").options.patience, 3);
  assert.equal(parse("--base", "squeezenet11").options.patience, 5);
});

for (
  const [name, value] of [
    ["weights", "imagenet"],
    ["preprocess", "imagenet"],
    ["pooling", "avg"],
    ["precision", "bfloat16"],
    ["dropout", "0.5"],
    ["expect-features", "0123456789abcdef"],
  ] as const
) {
  Deno.test(`bad input: a network from scratch cannot be combined with --${name} ${value}`, () => {
    const line = `^--${name} ${value}: cannot be combined with --base lesson-cnn, which is trained from scratch\\. `;
    refused(new RegExp(line), "--base", "lesson-cnn", `--${name}`, value);
  });
}

Deno.test("bad input: --plain and --json cannot be combined", () =>
  refused(/^--plain and --json cannot be combined/, "--plain", "--json"));

Deno.test("a config file sets options, and flags override it", async () => {
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

Deno.test("a misspelled value of any option with choices is answered with a similar one, in flags and config files", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    let tried = 0;
    for (const [name, schema] of Object.entries(runOptionsSchema.shape)) {
      for (const choice of choicesOf(schema).filter((choice) => choice.length > 3)) {
        for (const wrong of [choice.slice(0, 2) + choice.slice(3), `${choice.toUpperCase()}S`]) {
          const says = new RegExp(`${wrong}.*: must be one of .*\. Did you mean ${choice}\\?$`);
          refused(says, flagOf(name), wrong);
          Deno.writeTextFileSync(path, JSON.stringify({ [name]: wrong }));
          refused(says, "--config", path);
          tried++;
        }
      }
    }
    assert.ok(tried >= 20, String(tried));
  });
});

Deno.test("a missing config file is answered with the name of a similar one", async () => {
  await withTemporaryFolder((folder) => {
    Deno.writeTextFileSync(join(folder, "lesson.json"), "{}");
    refused(
      /lesso\.json: there is no such file, did you mean .*\/lesson\.json\?$/,
      "--config",
      join(folder, "lesso.json"),
    );
  });
});

Deno.test("a config file may begin with a byte order mark, in UTF-8 and in UTF-16", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    const text = '{"name": "Äpfel"}';
    const utf16 = new Uint16Array([0xfeff, ...Array.from(text, (letter) => letter.charCodeAt(0))]);
    for (const bytes of [new TextEncoder().encode(`\ufeff${text}`), new Uint8Array(utf16.buffer)]) {
      Deno.writeFileSync(path, bytes);
      assert.equal(parse("--config", path).options.name, "Äpfel");
    }
  });
});

Deno.test("bad input: a config file that never ends, is a folder or is not text is reported in one line", async () => {
  refused(/^--config \/dev\/zero is longer than 1048576 bytes\. Use a text file$/, "--config", "/dev/zero");
  await withTemporaryFolder((folder) => {
    refused(/^--config [^\n]*: is a folder, not a file$/, "--config", folder);
    const path = join(folder, "run.json");
    Deno.writeFileSync(path, Uint8Array.of(0x22, 0xe4, 0x22));
    refused(/^--config .*run\.json is not UTF-8 text\. Save it with the encoding UTF-8$/, "--config", path);
  });
});

Deno.test("~/ means the home folder in every option that is a path, in a config file too", async () => {
  const home = homeFolder();
  assert.ok(home !== null);
  for (const name of ["runs", "data", "weights", "tensorflow"] as const) {
    assert.equal(parse(`--${name}=~/a/b`).options[name], join(home, "a/b"));
  }
  assert.equal(parse("--runs=~").options.runs, home);
  assert.match(parse("--runs", "~runs").options.runs, /\/~runs$/);
  refused(
    /^~nobody-here\/x: ~nobody-here cannot be resolved to a folder\. Write the path in full\.$/,
    "--runs=~nobody-here/x",
  );
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, '{"runs": "~/mine"}');
    assert.equal(parse("--config", path).options.runs, join(home, "mine"));
  });
});

Deno.test("bad input: a config file that is missing, not JSON, or has an unknown option or a wrong value is reported in one line", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    refused(/there is no such file$/, "--config", path);
    for (
      const [text, pattern] of [
        ['{"epoch": 3}', /unknown option epoch, did you mean epochs\?$/],
        ['{"epochs": "3"}', /run\.json: epochs "3": must be a number$/],
        ["{", /not valid JSON .*\. Correct the file\.$/],
        ["[1]", /one JSON object/],
        [
          '{"learning-rate": 0.1, "learning_rate": 0.2}',
          /run\.json: learning_rate occurs twice\. Remove one of them\.$/,
        ],
      ] as const
    ) {
      Deno.writeTextFileSync(path, text);
      refused(pattern, "--config", path);
    }
  });
});
