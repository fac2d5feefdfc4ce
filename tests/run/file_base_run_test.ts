/** Whole runs on a base from a file, from the command line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { tensorflowEngine } from "../engine.ts";
import { kerasFile } from "../model/keras_files.ts";
import { emptyFeatureCache, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const DEMO = ["train", "--data", "demo", "--epochs", "2"];

for (const engine of ["tensorflow", "wasm"]) {
  Deno.test(`a run on a base from a .keras file trains, is summarized, evaluated and asked on ${engine}`, async () => {
    await withTemporaryFolder(async (folder) => {
      const env = emptyFeatureCache(folder);
      const path = join(folder, "my model.keras");
      Deno.copyFileSync(kerasFile("mixed.keras"), path);
      const runs = join(folder, "runs");
      const run = new JsonRun(
        [...DEMO, "--base", path, "--size", "32", "--engine", engine, "--runs", runs],
        { env },
      );
      assert.equal(await run.status(), 0, run.stderr);
      const [said] = run.all("run");
      assert.ok(said);
      assert.match(said.id, /-my-model-demo$/);
      assert.deepEqual([said.model.base, said.model.weights, said.model.preprocess], [
        "my model.keras",
        "own",
        "scale",
      ]);
      const [base] = said.parameters.rows;
      assert.deepEqual([base?.name, base?.trainable], ["my model.keras", 0]);
      assert.deepEqual(base?.output_shape, [null, 12]);
      assert.deepEqual([said.model.weights_size, said.model.preprocesses_inside], [24, true]);

      const config = readRunConfig(join(said.directory, "config.json"));
      assert.deepEqual([config.resolved?.base_file?.path, config.resolved?.weights.kind], [path, "own"]);
      assert.ok(
        config.repeat?.includes(`--base '${path}'`) && !config.repeat.includes("--weights"),
        config.repeat ?? "",
      );

      const evaluated = await headlight(["evaluate", said.id, "--runs", runs], { env });
      assert.equal(evaluated.status, 0, evaluated.stderr);
      const listed = await headlight(["runs", "--json", "--runs", runs], { env });
      assert.equal(JSON.parse(listed.stdout).base, "my model.keras");
      const summary = await headlight(["summary", said.id, "--runs", runs], { env });
      assert.match(summary.stdout, /stem_depthwise/);
      assert.equal(summary.status, 0, summary.stderr);

      const image = join(folder, "red.png");
      await sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } }).png().toFile(image);
      const answer = await headlight(["predict", said.id, image, "--runs", runs], { env });
      assert.match(answer.stdout, /red\.png( {2}[a-z ]+ \d\.\d{3}){3}/, answer.stderr);

      // Without its features in the cache, evaluate needs the base too.
      Deno.mkdirSync(join(folder, "new"));
      const elsewhere = { env: emptyFeatureCache(join(folder, "new")) };
      const needing = [["predict", said.id, image], ["evaluate", said.id]];
      const using = async (says: RegExp) => {
        for (const args of needing) {
          const { status, stderr } = await headlight([...args, "--runs", runs], elsewhere);
          assert.match(stderr, says);
          assert.equal(stderr.trim().split("\n").length, 1, stderr);
          assert.notEqual(status, 0);
        }
      };
      Deno.renameSync(path, join(folder, "moved.keras"));
      await using(
        /my model\.keras: no such file, and the base('s weights are| is the model) in it\. Put the file back/,
      );
      const watched = await headlight(["watch", said.id, "--plain", "--runs", runs], { env });
      assert.equal(watched.status, 0, watched.stderr);
      Deno.copyFileSync(kerasFile("chain.keras"), path);
      await using(/my model\.keras has changed since the run was set up\. /);
    });
  });
}

Deno.test("a base from a file takes random weights and --cut, and its layers may have the names of the head's", async () => {
  await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const given = ["--base", kerasFile("mixed.h5"), "--cut", "hidden", "--weights", "random", "--size", "24"];
    const run = new JsonRun([...DEMO, ...given, "--runs", join(folder, "runs")], { env });
    assert.equal(await run.status(), 0, run.stderr);
    const [said] = run.all("run");
    assert.deepEqual([said?.model.weights, said?.parameters.rows[0]?.output_shape], ["random", [null, 5]]);
    // The model has a batch normalization and a dropout of Keras's default names.
    assert.match(Deno.readTextFileSync(join(said?.directory ?? "", "summary.txt")), /batch_normalization_1 /);
  });
});

Deno.test("bad input: what is wrong with a base from a file is one line, exit status 2, before anything is written", async () => {
  await withTemporaryFolder(async (folder) => {
    const mixed = kerasFile("mixed.keras");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--base", join(folder, "none.keras")], /--base .*none\.keras: no such file\. Name a/],
      [["--base", kerasFile("mixed.kers")], /no such file, did you mean .*mixed\.keras\?/],
      [["--base", kerasFile("mixed.weights.h5")], /mixed\.weights\.h5: it has weights but no model\./],
      [["--base", kerasFile("unsupported.keras")], /layers of these types are not supported: Attention, LSTM\./],
      [["--base", mixed, "--cut", "lst"], /mixed\.keras: it has no layer lst, did you mean last\? Name another/],
      [["--base", mixed, "--weights", "imagenet"], /--weights imagenet: cannot be combined with a base from a file\./],
      [["--base", mixed, "--weights", kerasFile("chain.h5")], /chain\.h5: the file has \d+ layers with weights/],
      [["--base", "squeezenet11", "--cut", "pool1"], /--cut pool1: cannot be combined with --base squeezenet11\./],
      [["--base", kerasFile("chain.h5"), "--preprocess", "imagenet"], /chain\.h5 does not say how its images were/],
      [["--base", kerasFile("chain.h5"), "--size", "4"], /chain\.h5: it does not take images of 4×4: .* such as 24\./],
    ];
    for (const [args, says] of cases) {
      const runs = join(folder, "runs");
      const { status, stdout, stderr } = await headlight([...DEMO, ...args, "--runs", runs]);
      assert.match(stderr, says);
      assert.deepEqual([status, stdout, stderr.trimEnd().split("\n").length], [2, "", 1], stderr);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});
