import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { comparisonSchema } from "../../src/results/comparison/comparison_json.ts";
import { headlight } from "../process.ts";
import { withImageRun } from "../results/image_run.ts";

Deno.test("compare: a table, the test of two runs on the same images and curves; as JSON; also if the images of one are gone", async () => {
  await withImageRun(["--seed", "1"], async ({ directory, data, env }) => {
    const runs = dirname(directory);
    const copy = join(dirname(data), "copy of colours");
    cpSync(data, copy, { recursive: true });
    const second = await headlight(
      [
        ...["train", "--data", copy, "--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "1"],
        ...["--seed", "2", "--name", "second", "--runs", runs, "--plain"],
      ],
      { env },
    );
    assert.equal(second.status, 0, second.stderr);
    const compare = (...flags: string[]) => headlight(["compare", ...flags, "--runs", runs], { env });
    const first = basename(directory);

    const lines = await compare(first, "second");
    assert.deepEqual([lines.status, lines.stderr], [0, ""]);
    assert.match(lines.stdout, /^ {3}run +base +preprocess +best +95 % interval/m);
    assert.match(
      lines.stdout,
      new RegExp(`^[ *]A ${first.slice(0, 15)} +SqueezeNet 1\\.1 +imagenet +0\\.\\d{3} +0\\.`, "m"),
    );
    assert.match(lines.stdout, /^[ *]B second +SqueezeNet 1\.1 +imagenet +0\.\d{3}/m);
    assert.match(lines.stdout.replaceAll("\n", " "), /Of 18 images|of their 18 images/);
    assert.match(lines.stdout, /^accuracy .*train .*val/m);

    const json = await compare(first, "second", "--json");
    assert.deepEqual([json.status, json.stderr], [0, ""]);
    const { runs: told, pairs, unpaired } = comparisonSchema.parse(JSON.parse(json.stdout));
    assert.deepEqual(told.map(({ name, epochs, end }) => [name, epochs, end]), [
      [null, 3, "completed"],
      ["second", 1, "completed"],
    ]);
    // The images of both folders are the same ones: they are recognized by their content.
    assert.deepEqual([pairs.length, pairs[0]?.images, unpaired], [1, 18, []]);

    Deno.removeSync(copy, { recursive: true });
    const gone = await compare(first, "second");
    assert.deepEqual([gone.status, gone.stderr], [0, ""]);
    assert.match(gone.stdout, /^[ *]B second +SqueezeNet 1\.1 +imagenet +0\.\d{3}/m);
    assert.match(
      gone.stdout.replaceAll("\n", " "),
      /second cannot be compared image by image: The data of \S+ are no longer in .*copy of colours/,
    );
    const goneJson = comparisonSchema.parse(JSON.parse((await compare(first, "second", "--json")).stdout));
    assert.deepEqual([goneJson.pairs, goneJson.unpaired.length], [[], 1]);

    // compare has no --data. The remedy must be a command that has it.
    assert.match(gone.stdout.replaceAll("\n", " "), /name the new folder: .* evaluate RUN --data DIR/);
    const one = /^headlight: compare needs at least two runs\. Name them: .* compare RUN RUN…\n$/;
    const same = /^headlight: All the names are of run \S+\. Name another run too\.\n$/;
    for (
      const [few, says] of [[[], one], [[first], one], [[first, first], same], [[first, directory], same]] as const
    ) {
      const refused = await compare(...few);
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, says);
    }
  });
});
