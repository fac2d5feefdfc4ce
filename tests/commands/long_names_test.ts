/** Class names of 100,000 letters must make no command hang or flood the screen. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { evaluationLines } from "../../src/results/evaluation_text.ts";
import { metrics } from "../../src/results/metrics.ts";
import { image } from "../data/images/made_images.ts";
import { publishedFile } from "../model/published_files.ts";
import { layOutOldRun } from "../old_runs.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

/** `summary` prints 20,000 characters of layers. A single name in full would be 100,000. */
const CHARACTERS = 40_000;

/** Replaces a string in a file of JSON. */
function replaceString(path: string, from: string, to: string): void {
  Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replaceAll(JSON.stringify(from), JSON.stringify(to)));
}

Deno.test("with class names of 100,000 letters every command finishes and prints no flood", async () => {
  await withTemporaryFolder(async (runs) => {
    const { id, directory } = await layOutOldRun("version-1", runs);
    const { resolved: { classes, weights } } = JSON.parse(Deno.readTextFileSync(join(directory, "config.json")));
    const manifest = join(directory, "checkpoints", "epoch-0005", "manifest.json");
    const texts = [join(directory, "config.json"), join(directory, "events.jsonl"), manifest];
    // The run's own weights are too large for the repository.
    const madeUp = publishedFile("squeezenet11.h5");
    const sha256 = await weightsHash(madeUp);
    for (const path of texts) {
      replaceString(path, weights.path, madeUp);
      replaceString(path, weights.sha256, sha256);
      for (const name of classes) replaceString(path, name, `${name} ${"long".repeat(25_000)}`);
    }
    const photo = join(runs, "photo.jpg");
    await image(64, 64).jpeg().toFile(photo);
    for (
      const args of [
        ["runs"],
        ["watch", id, "--plain"],
        ["summary", id],
        ["plot", id, "--term"],
        ["predict", id, photo],
      ]
    ) {
      const { status, stdout, stderr } = await headlight([...args, "--runs", runs]);
      assert.deepEqual([status, stderr], [0, ""], `${args}: ${stderr.slice(0, 300)}`);
      assert.ok(stdout.length < CHARACTERS, `${args}: ${stdout.length} characters`);
    }
    // The demo set has other class names, which is a short one-line error.
    const unknown = await headlight(["evaluate", id, "--runs", runs]);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /has no class day bed/);
    assert.ok(unknown.stderr.length < 5000, `${unknown.stderr.length} characters`);
    Deno.writeTextFileSync(
      manifest,
      Deno.readTextFileSync(manifest).replace(`${classes[0]} long`, `${classes[0]} lung`),
    );
    const { status, stderr } = await headlight(["evaluate", id, "--runs", runs]);
    assert.equal(status, 2);
    assert.match(stderr, /class 0 is "day bed long/);
    assert.ok(stderr.length < 1000, `${stderr.length} characters`);
  });
});

Deno.test("an evaluation with class names of 100,000 letters gives a report of the usual length", () => {
  const classes = ["a", "b"].map((name) => name.repeat(100_000));
  const labels = Int32Array.of(0, 1, 1);
  const probabilities = Float64Array.of(0.1, 0.9, 0.2, 0.8, 0.7, 0.3);
  const lines = evaluationLines({ run: "r", checkpoint: "best", epoch: 1, step: 0, images: "p" }, {
    metrics: metrics({ classes, labels, probabilities }),
    majority: { name: "a".repeat(100_000), accuracy: 1 / 3 },
    trainedOn: [2, 1],
    loss: 1,
    indexOf: Number,
    keyOf: String,
    imageOf: (row) => `image ${row}`,
    broken: [],
    caveats: { gone: ["a".repeat(500)], changed: [], redrawn: null, trainedOn: null },
    probabilities,
  }, 80);
  assert.ok(lines.every((line) => line.length < 600), String(Math.max(...lines.map(({ length }) => length))));
});
