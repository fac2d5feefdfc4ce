import assert from "node:assert/strict";
import { headlight } from "../process.ts";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { addFlags } from "../../src/commands/flags.ts";
import { refuseSeveralBases, seriesOptions } from "../../src/commands/series_options.ts";
import { TRAIN_FLAGS } from "../../src/commands/train_options.ts";
import { HeadlightError } from "../../src/errors.ts";
import { withOwnPreprocess } from "../../src/run/choose_preprocess.ts";
import { kerasFile } from "../model/keras_files.ts";
import { withTemporaryFolder } from "../support.ts";

/** Returns the options of the runs that result from the flags of a command line. */
function parse(...args: string[]): ReturnType<typeof seriesOptions>["list"] {
  let result: ReturnType<typeof seriesOptions> | undefined;
  addFlags(new Command("train"), TRAIN_FLAGS).exitOverride().configureOutput({ writeErr: () => {} })
    .action((collected) => void (result = seriesOptions(collected)))
    .parse(args, { from: "user" });
  assert.ok(result);
  return result.list;
}

function refused(pattern: RegExp, ...args: string[]): void {
  assert.throws(
    () => parse(...args),
    (error) => error instanceof HeadlightError && error.exitStatus === 2 && pattern.test(error.message),
    `${args.join(" ")} should be refused with ${pattern}`,
  );
}

Deno.test("one base is one run, with the preprocessing that its data decide", () => {
  for (const args of [[], ["--base", "densenet121"]]) {
    const [run, ...others] = parse(...args);
    assert.deepEqual([run.base, run.preprocess, run.name, others.length], ["densenet121", undefined, undefined, 0]);
  }
});

Deno.test("several bases are one run each: all options are the same, each base has its own preprocessing", () => {
  const list = parse("--base", "squeezenet11, densenet121", "--seed", "7", "--epochs", "3", "--data", "demo");
  assert.deepEqual(list.map(({ base }) => base), ["squeezenet11", "densenet121"]);
  const [{ base: _, ...first }, { base: __, ...second } = list[0]] = list;
  assert.deepEqual(first, second);
  assert.deepEqual([first.seed, first.epochs, first.data, first.preprocess], [7, 3, "demo", "imagenet"]);
  const scaled = parse("--base", "squeezenet11,densenet121", "--preprocess", "scale");
  assert.deepEqual(scaled.map(({ preprocess }) => preprocess), ["scale", "scale"]);
});

Deno.test("a network from scratch beside a frozen base has its own size, and its pixels are scaled", () => {
  const list = parse("--base", "squeezenet11,lesson-cnn");
  assert.deepEqual(list.map(({ base, size, preprocess }) => [base, size, preprocess]), [
    ["squeezenet11", 160, "imagenet"],
    ["lesson-cnn", 64, "scale"],
  ]);
  refused(/^--preprocess imagenet: .*lesson-cnn/, "--base", "squeezenet11,lesson-cnn", "--preprocess", "imagenet");
});

Deno.test("a name gets the base of each run added, so that it names one run", () => {
  const named = parse("--base", "squeezenet11,densenet121", "--name", "first try");
  assert.deepEqual(named.map(({ name }) => name), ["first try-squeezenet11", "first try-densenet121"]);
  const long = "x".repeat(190);
  refused(/^--name x+-squeezenet11: must have at most 200/, "--base", "squeezenet11,densenet121", "--name", long);
  refused(/^--name "": /, "--base", "squeezenet11,densenet121", "--name", "");
});

Deno.test("a config file can name several bases, and a flag wins over it", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "run.json");
    Deno.writeTextFileSync(path, JSON.stringify({ base: "densenet121,squeezenet11", epochs: 2 }));
    assert.deepEqual(parse("--config", path).map(({ base, epochs }) => [base, epochs]), [
      ["densenet121", 2],
      ["squeezenet11", 2],
    ]);
    assert.deepEqual(parse("--config", path, "--base", "squeezenet11").map(({ base }) => base), ["squeezenet11"]);
    Deno.writeTextFileSync(path, JSON.stringify({ base: "densenet121,squeezenet" }));
    refused(
      /^--config .*run\.json: base "squeezenet": must be one of .*\. Did you mean squeezenet11\?$/,
      "--config",
      path,
    );
    return Promise.resolve();
  });
});

Deno.test("what fits one base only is refused with several: a file of weights, a digest of features", async () => {
  await withTemporaryFolder((folder) => {
    const file = join(folder, "weights.h5");
    Deno.writeTextFileSync(file, "");
    const several = ["--base", "squeezenet11,densenet121"];
    refused(/^--weights .*weights\.h5: a file fits one base only\. Name one base, or/, ...several, "--weights", file);
    refused(/^--expect-features 0{16}: the features of each base/, ...several, "--expect-features", "0".repeat(16));
    refused(/^--size 10: must be at least \d+ for --base squeezenet11$/, ...several, "--size", "10");
    return Promise.resolve();
  });
});

Deno.test("a list with an unknown base, an empty name or the same base twice is refused", () => {
  refused(/^--base densenet: must be one of .*\. Did you mean densenet121\?$/, "--base", "squeezenet11,densenet");
  for (const list of ["squeezenet11,", ",squeezenet11", "squeezenet11,,densenet121", ",", " , "]) {
    refused(/^--base [^:]*: a base is missing beside a comma\. Remove the comma\.$/, "--base", list);
  }
  refused(
    /^--base squeezenet11,densenet121,squeezenet11: squeezenet11 is named twice\. Name it once\.$/,
    ...["--base", "squeezenet11,densenet121,squeezenet11"],
  );
});

Deno.test("a file in a list decides on its preprocessing by itself, and is found twice under two paths", async () => {
  const [chain, rescaled] = [kerasFile("chain.keras"), kerasFile("tutorial.keras")];
  const list = parse("--base", `squeezenet11,${chain},${rescaled}`);
  assert.deepEqual(list.map(({ preprocess }) => preprocess), ["imagenet", undefined, undefined]);
  const own = await Promise.all(list.map(withOwnPreprocess));
  assert.deepEqual(own.map(({ preprocess }) => preprocess), ["imagenet", "scale", "imagenet"]);
  const asked = parse("--base", `squeezenet11,${rescaled}`, "--preprocess", "scale");
  assert.deepEqual(asked.map(({ preprocess }) => preprocess), ["scale", "scale"]);
  refused(
    /chain\.keras is named twice\./,
    "--base",
    `${chain},${join(dirname(chain), ".", "..", "keras_files")}/chain.keras`,
  );
  await withTemporaryFolder((folder) => {
    const link = join(folder, "link.keras");
    Deno.symlinkSync(chain, link);
    refused(/chain\.keras is named twice\./, "--base", `${link},${chain}`);
    return Promise.resolve();
  });
});

Deno.test("a command that takes one base refuses a list of them", () => {
  assert.throws(
    () => refuseSeveralBases({ base: "densenet121,vgg16" }),
    /^HeadlightError: --base densenet121,vgg16: only one base can be named here\. Run the command once for each base\.$/,
  );
  refuseSeveralBases({ base: "vgg16" });
  refuseSeveralBases({});
});

Deno.test("--weights random in a list is for the frozen bases: a network from scratch has random weights anyway", () => {
  const list = parse("--base", "squeezenet11,lesson-cnn", "--weights", "random");
  assert.deepEqual(list.map(({ base, weights }) => [base, weights]), [
    ["squeezenet11", "random"],
    ["lesson-cnn", undefined],
  ]);
  refused(/^--weights imagenet: .*lesson-cnn/, "--base", "squeezenet11,lesson-cnn", "--weights", "imagenet");
});

Deno.test("bad input: a resume refuses several bases in one line that says why, exit status 2", async () => {
  for (
    const [flags, says] of [
      [["--resume"], "--resume goes on with one run, which has one base. Remove --base: the run keeps its own."],
      [
        ["--resume-or-start", "--name", "x"],
        "--resume-or-start goes on with one run, which has one base. Name one of them.",
      ],
    ] as const
  ) {
    const bases = "squeezenet11,vgg16";
    const { status, stdout, stderr } = await headlight(["train", ...flags, "--base", bases, "--runs", "/nowhere"]);
    assert.deepEqual([status, stdout, stderr], [2, "", `headlight: --base ${bases}: ${says}\n`]);
  }
});
