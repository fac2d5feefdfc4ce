/** Starts runs with the weights of others (`--from`), from the command line. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { evaluationSchema } from "../../../src/results/evaluation_json.ts";
import { readCheckpoint } from "../../../src/run/checkpoints/read_checkpoint.ts";
import { readRunConfig } from "../../../src/run/folder/run_config.ts";
import { image, writeFiles } from "../../data/images/made_images.ts";
import { tensorflowEngine } from "../../engine.ts";
import { encodeNpy } from "../../npy.ts";
import { headlight, JsonRun } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";
import { madeUpImages, SIDE } from "../../training/made_up_pixels.ts";
import { SMALL_RUN } from "../small_run.ts";
import { runPasted } from "../pasted.ts";

await tensorflowEngine();

/** Trains a run and returns its folder. */
async function trained(...flags: string[]): Promise<string> {
  const run = new JsonRun(["train", ...flags]);
  assert.equal(await run.status(), 0, run.stderr);
  return await run.directory();
}

function configOf(run: string) {
  return readRunConfig(join(run, "config.json"));
}

function snapshotOf(run: string, checkpoint = "last") {
  return readCheckpoint(join(run, "checkpoints", checkpoint)).snapshot;
}

function hash(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** Returns what the same run always ends with: the whole state of the training, and its rows of figures. */
function result(run: string) {
  return { snapshot: snapshotOf(run), history: readFileSync(join(run, "history.csv"), "utf8") };
}

/** Returns the largest difference of a dense layer's or a convolution's kernel. */
function kernelDifference(one: string, other: string): number {
  const [mine, theirs] = [snapshotOf(one).weights, snapshotOf(other, "best").weights];
  const kernels = Object.keys(mine).filter((name) => name.endsWith("/kernel"));
  assert.ok(kernels.length >= 2);
  return Math.max(
    ...kernels.map((name) =>
      Math.max(...(mine[name] ?? []).map((value, at) => Math.abs(value - (theirs[name]?.[at] ?? NaN))))
    ),
  );
}

/** A learning rate with which no weight changes by more than the last bits. */
const STILL = ["--learning-rate", "1e-12", "--epochs", "1"];

for (const engine of ["tensorflow", "wasm"]) {
  Deno.test(`a run starts with the weights of another run's best epoch and says so everywhere: ${engine}`, async () => {
    await withTemporaryFolder(async (runs) => {
      const small = [...SMALL_RUN, "--engine", engine, "--runs", runs];
      const source = await trained(...small, "--epochs", "3", "--name", "source");
      const best = Deno.readLinkSync(join(source, "checkpoints", "best"));
      const still = await trained(...small, ...STILL, "--seed", "7", "--from", "source");
      assert.ok(kernelDifference(still, source) < 1e-9, String(kernelDifference(still, source)));

      const { started_from: from, repeat } = configOf(still);
      const { epoch } = snapshotOf(source, "best");
      assert.deepEqual(from, {
        run: basename(source),
        path: source,
        checkpoint: best,
        epoch,
        step: 0,
        weights_sha256: hash(join(source, "checkpoints", "best", "weights.bin")),
      });
      assert.ok(repeat?.includes(`--from ${source} --from-checkpoint ${best} `), repeat ?? "");
      // The optimizer and early stopping begin anew: 28 steps of one epoch.
      assert.deepEqual([snapshotOf(still).epoch, snapshotOf(still).optimizer.step], [1, 28]);
      assert.equal(snapshotOf(still).seed, 7);

      const said = `from ${basename(source)}, epoch ${epoch}`;
      const plain = await headlight(["train", ...small, "--epochs", "1", "--from", source, "--plain"]);
      assert.equal(plain.status, 0, plain.stderr);
      assert.match(plain.stdout, new RegExp(`SqueezeNet 1.1, random weights, ${said}; `));
      assert.match(plain.stdout, new RegExp(`\n  start       ${said}\n`));
      const summary = await headlight(["summary", still]);
      assert.match(
        summary.stdout,
        new RegExp(`\n  start       ${said}: checkpoint ${best}, ${source}, sha256 ${from?.weights_sha256}`),
      );
    });
  });
}

Deno.test("--from takes over what must agree and the data, names it first, and a flag or a config file wins over it", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const other = ["--pooling", "avg", "--hidden", "20", "--preprocess", "imagenet", "--learning-rate", "0.01"];
    const source = await trained(...SMALL_RUN, ...other, "--epochs", "2", "--seed", "7", "--runs", runs);
    const config = join(folder, "next.json");
    Deno.writeTextFileSync(config, JSON.stringify({ epochs: 1, dropout: 0.1 }));
    const { status, stderr, stdout } = await headlight(
      ["train", "--from", source, "--runs", runs, "--config", config, "--batch", "16", "--plain"],
    );
    assert.equal(status, 0, stderr + stdout);
    const [first] = stderr.split("\n");
    assert.equal(
      first,
      `headlight: From run ${
        basename(source)
      }: --data demo --base squeezenet11 --weights random --preprocess imagenet ` +
        "--size 64 --pooling avg --hidden 20; its engine, tensorflow, is not taken over: this run uses --engine auto",
    );
    const [run = ""] = [...Deno.readDirSync(runs)].map(({ name }) => join(runs, name)).filter((path) =>
      path !== source
    );
    const { options } = configOf(run);
    const { data, base, weights, preprocess, size, pooling, hidden } = options;
    assert.deepEqual(
      [data, base, weights, preprocess, size, pooling, hidden],
      ["demo", "squeezenet11", "random", "imagenet", 64, "avg", 20],
    );
    // What does not have to agree is that of this command.
    const { dropout, epochs, batch, seed, learning_rate: rate } = options;
    assert.deepEqual([dropout, epochs, batch, seed, rate], [0.1, 1, 16, 2, 0.001]);
    const json = new JsonRun(["train", "--from", source, "--runs", runs, "--epochs", "1"]);
    assert.equal(await json.status(), 0);
    assert.equal(json.stderr, "");
  });
});

Deno.test("with --from alone, a folder of images is split as in the other run, and a folder that is gone is named", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const cats = await writeFolder(join(folder, "cats"), ["cat", "dog"]);
    const base = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--runs", runs, "--epochs", "1"];
    const source = await trained(...base, "--data", cats, "--seed", "9", "--validation-split", "0.4");
    const next = await trained("--from", source, "--runs", runs, "--epochs", "1");
    const { options } = configOf(next);
    assert.deepEqual([options.data, options.seed, options.validation_split], [cats, 9, 0.4]);
    const pictures = (run: string) => JSON.parse(readFileSync(join(run, "pictures.json"), "utf8")).validation;
    assert.ok(pictures(source).length > 0);
    assert.deepEqual(pictures(next), pictures(source));

    Deno.renameSync(cats, join(folder, "moved"));
    const gone = await headlight(["train", "--from", source, "--runs", runs]);
    assert.deepEqual([gone.status, gone.stderr], [
      2,
      `headlight: --from ${
        basename(source)
      }: its --data ${cats} does not exist. If it was moved, name its new place with --data.\n`,
    ]);
    const moved = await trained("--from", source, "--runs", runs, "--epochs", "1", "--data", join(folder, "moved"));
    assert.equal(configOf(moved).options.preprocess, "imagenet");
  });
});

Deno.test("two runs with the same --from have the same bits, its seed counts, and its repeat command repeats it", async () => {
  await withTemporaryFolder(async (runs) => {
    const small = [...SMALL_RUN, "--epochs", "3", "--runs", runs];
    const source = await trained(...small);
    const from = [...small, "--from", basename(source), "--from-checkpoint", "last"];
    const one = await trained(...from, "--seed", "5");
    assert.deepEqual(result(await trained(...from, "--seed", "5")), result(one));
    assert.notDeepEqual(result(await trained(...from, "--seed", "6")), result(one));
    assert.notDeepEqual(result(await trained(...small, "--seed", "5")), result(one));
    const before = new Set([...Deno.readDirSync(runs)].map(({ name }) => name));
    await runPasted(configOf(one).repeat ?? "false");
    const [repeated = ""] = [...Deno.readDirSync(runs)].map(({ name }) => name).filter((name) => !before.has(name));
    assert.deepEqual(result(join(runs, repeated)), result(one));
  });
});

/** Writes small images as arrays, in as many classes as `madeUpImages` has. */
function writeArrays(folder: string): string {
  const files: Record<string, Uint8Array> = {};
  for (const [part, count, seed] of [["train", 40, 1], ["test", 15, 2]] as const) {
    const { pixels, labels } = madeUpImages(count, seed);
    files[`${part}_images.npy`] = encodeNpy({ dtype: "uint8", shape: [count, SIDE, SIDE, 3], data: pixels });
    files[`${part}_labels.npy`] = encodeNpy({ dtype: "int32", shape: [count], data: labels });
  }
  writeFiles(join(folder, "arrays"), files);
  return join(folder, "arrays");
}

Deno.test("a network from scratch starts with the weights of another run, also with those in final/", async () => {
  await withTemporaryFolder(async (folder) => {
    const flags = [
      "--data",
      writeArrays(folder),
      "--base",
      "lesson-cnn",
      "--size",
      String(SIDE),
      "--runs",
      join(folder, "runs"),
    ];
    const source = await trained(...flags, "--epochs", "2", "--restore-best");
    const still = await trained(...flags, ...STILL, "--from", source);
    assert.ok(kernelDifference(still, source) < 1e-9);
    const final = await trained(...flags, ...STILL, "--from", source, "--from-checkpoint", "final");
    assert.equal(configOf(final).started_from?.checkpoint, "final");
    assert.equal(hash(join(final, "from", "weights.bin")), hash(join(source, "final", "weights.bin")));
    const evaluated = await headlight(["evaluate", final, "--json"]);
    assert.equal(evaluationSchema.parse(JSON.parse(evaluated.stdout)).checkpoint, "best");
  });
});

/** Writes a folder of images with these classes. */
async function writeFolder(folder: string, classes: readonly string[]): Promise<string> {
  const bytes = new Uint8Array(await image(40, 40).png().toBuffer());
  writeFiles(
    folder,
    Object.fromEntries(classes.flatMap((name) => [1, 2, 3, 4, 5].map((at) => [`${name}/${at}.png`, bytes]))),
  );
  return folder;
}

Deno.test("what differs from the other run is refused by name in one line, and nothing is written", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const base = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--runs", runs];
    const cats = await writeFolder(join(folder, "cats"), ["cat", "dog"]);
    const source = await trained(...base, "--data", cats, "--epochs", "1", "--preprocess", "scale");
    const cases: [flags: string[], said: RegExp][] = [
      [
        ["--data", await writeFolder(join(folder, "cows"), ["cat", "cow"])],
        /class 1 is "dog" in that run and "cow" in this one/,
      ],
      [
        ["--data", await writeFolder(join(folder, "three"), ["cat", "dog", "eel"])],
        /the number of classes is 2 .* 3 in this one/,
      ],
      [["--data", "demo"], /the number of classes is 2 in that run and 10 in this one/],
      [
        ["--hidden", "20"],
        /the head is bn,dense:50:relu,dropout:0.5 .*Use --head bn,dense:50:relu,dropout:0.5, or another run/,
      ],
      [["--head", "bn,dense:50:tanh,dropout:0.5"], /the head is bn,dense:50:relu,dropout:0.5 in that run/],
      [
        ["--base", "mobilenet_v2"],
        /base is "squeezenet11" in that run and "mobilenet_v2" in this one. Use --base squeezenet11/,
      ],
      [["--size", "96"], /size is 64 in that run and 96 in this one/],
      [
        ["--data", join(folder, "cows"), "--size", "96", "--hidden", "20"],
        /from \S+: size is 64 in that run and 96 in this one; class 1 is "dog" and "cow"; the head is bn,dense:50:relu,dropout:0.5 and \S+\. Use --size 64, data with the same classes in the same order, --head \S+, or another run\.$/m,
      ],
      [["--pooling", "avg"], /pooling is "max" in that run and "avg" in this one/],
      [["--resize", "antialias"], /resize is "bilinear" in that run and "antialias" in this one/],
      [["--preprocess", "imagenet"], /preprocess is "scale" in that run and "imagenet" in this one/],
      [["--weights", "imagenet"], /weights is random in that run and imagenet in this one. Use --weights random/],
      [["--from-checkpoint", "epoch-0099"], /has no checkpoint epoch-0099/],
      [["--from", "nobody"], /^headlight: --from nobody: nobody is neither a run/],
    ];
    for (const [flags, said] of cases) {
      const { status, stderr } = await headlight([
        ...["train", ...base, "--data", cats, "--preprocess", "scale", "--from", source, ...flags],
      ]);
      assert.equal(status, 2, `${flags}: ${stderr}`);
      assert.match(stderr, said);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
      assert.deepEqual([...Deno.readDirSync(runs)].map(({ name }) => name), [basename(source)], String(flags));
    }
    // The rate of a dropout has no weights, so another one is no difference.
    await trained(
      ...base,
      "--data",
      cats,
      "--preprocess",
      "scale",
      "--epochs",
      "1",
      "--from",
      source,
      "--dropout",
      "0.1",
    );
  });
});

Deno.test("a damaged checkpoint of the other run is named with --from-checkpoint as the remedy, and nothing is written", async () => {
  await withTemporaryFolder(async (runs) => {
    const source = await trained(...SMALL_RUN, "--epochs", "2", "--runs", runs);
    const file = join(Deno.realPathSync(join(source, "checkpoints", "best")), "weights.bin");
    const bytes = readFileSync(file);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    Deno.writeFileSync(file, bytes);
    const { status, stderr } = await headlight(["train", ...SMALL_RUN, "--runs", runs, "--from", source]);
    assert.equal(status, 2);
    assert.ok(stderr.includes(`--from ${basename(source)}: ${file} was damaged or edited`), stderr);
    assert.match(stderr, /[Uu]se another checkpoint with --from-checkpoint/);
    assert.equal([...Deno.readDirSync(runs)].length, 1);
  });
});

/** Leaves a run as after a kill before its first checkpoint. */
function loseCheckpoints(run: string): void {
  Deno.removeSync(join(run, "checkpoints"), { recursive: true });
  const log = join(run, "events.jsonl");
  const lines = Deno.readTextFileSync(log).split("\n");
  Deno.writeTextFileSync(log, lines.filter((line) => !line.includes('"type":"checkpoint"')).join("\n"));
}

Deno.test("a run with --from does not need the other run once it has begun: resumed without it, it ends with the same bits", async () => {
  await withTemporaryFolder(async (runs) => {
    const small = [...SMALL_RUN, "--seed", "3", "--runs", runs];
    const source = await trained(...small, "--epochs", "2");
    const from = [...small, "--from", source, "--epochs"];
    const unbroken = result(await trained(...from, "6"));
    const short = await trained(...from, "3");
    const bare = await trained(...from, "3");
    const damaged = await trained(...from, "3");
    Deno.removeSync(source, { recursive: true });

    // The name of the other run may be repeated, as a batch script does.
    const again = await headlight([
      "train",
      "--resume",
      short,
      "--epochs",
      "6",
      "--from",
      source,
      "--runs",
      runs,
      "--plain",
    ]);
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual(result(short), unbroken);

    loseCheckpoints(bare);
    const begun = await headlight(["train", "--resume", bare, "--epochs", "6", "--plain"]);
    assert.equal(begun.status, 0, begun.stderr);
    assert.deepEqual(result(bare), unbroken);

    loseCheckpoints(damaged);
    const file = join(damaged, "from", "weights.bin");
    Deno.writeFileSync(file, readFileSync(file).subarray(4));
    const failed = await headlight(["train", "--resume", damaged, "--epochs", "6", "--plain"]);
    assert.equal(failed.status, 1);
    assert.ok(
      (failed.stdout + failed.stderr).includes(
        `${file} was damaged or edited: it does not match manifest.json. Start the run again.`,
      ),
      failed.stdout + failed.stderr,
    );
  });
});

Deno.test("a resumed run does not take the weights of another run", async () => {
  await withTemporaryFolder(async (runs) => {
    const one = await trained(...SMALL_RUN, "--epochs", "1", "--runs", runs);
    const other = await trained(...SMALL_RUN, "--epochs", "1", "--runs", runs);
    const { status, stderr } = await headlight(["train", "--resume", one, "--epochs", "2", "--from", other]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /cannot go on, because --from changed from not set to .*\. Leave out --from, or start a new run\./,
    );
  });
});

Deno.test("--from-checkpoint without --from, and --from with several bases, are refused", async () => {
  const alone = await headlight(["train", "--from-checkpoint", "last"]);
  assert.deepEqual([alone.status, alone.stderr.trim()], [
    2,
    "headlight: --from-checkpoint last: can be used only with --from. Remove it, or name a run with --from.",
  ]);
  const several = await headlight(["train", "--from", "x", "--base", "squeezenet11,mobilenet_v2"]);
  assert.equal(several.status, 2);
  assert.match(several.stderr, /--from cannot be combined with several bases/);
});
