/** Checks that a checkpoint is used only with the run that it belongs to. */
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import { openTrainedRun } from "../../src/results/trained_run.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { readRunConfig, type RunConfig, writeRunConfig } from "../../src/run/folder/run_config.ts";
import { layOutOldRun } from "../old_runs.ts";
import { LAYERS, makeCheckpoint, PROVENANCE } from "../run/checkpoints/made_checkpoint.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

function refusal(act: () => unknown): { readonly line: string; readonly status: number } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof HeadlightError, String(error));
    return { line: error.message, status: error.exitStatus };
  }
  return assert.fail("nothing was refused");
}

function withOldRun(body: (run: RunDirectory, runs: string) => void | Promise<void>): Promise<void> {
  return withTemporaryFolder(async (runs) =>
    body(runDirectory((await layOutOldRun("version-1", runs)).directory), runs)
  );
}

type Edit = (config: RunConfig & { resolved: NonNullable<RunConfig["resolved"]> }) => RunConfig;

const EDITS: readonly [what: string, edit: Edit, says: RegExp][] = [
  [
    "base",
    (c) => ({ ...c, options: { ...c.options, base: "densenet121" } }),
    /base is "densenet121" in \S+config\.json and "squeezenet11" in \S+manifest\.json/,
  ],
  [
    "weights",
    (c) => ({ ...c, resolved: { ...c.resolved, weights: { ...c.resolved.weights, sha256: "00" } } }),
    /base_weights_sha256 is "00" in \S+ and "[0-9a-f]{64}" in/,
  ],
  [
    "preprocess",
    (c) => ({
      ...c,
      resolved: { ...c.resolved, preprocess: c.resolved.preprocess === "scale" ? "imagenet" : "scale" },
    }),
    /preprocess is "\w+" in \S+ and "\w+" in/,
  ],
  ["size", (c) => ({ ...c, options: { ...c.options, size: 65 } }), /size is 65 in \S+ and \d+ in/],
  [
    "pooling",
    (c) => ({ ...c, options: { ...c.options, pooling: c.options.pooling === "max" ? "avg" : "max" } }),
    /pooling is "\w+" in \S+ and "\w+" in/,
  ],
  [
    "the order of the classes",
    (c) => ({ ...c, resolved: { ...c.resolved, classes: c.resolved.classes.toReversed() } }),
    /class 0 is "[^"]+" in \S+ and "[^"]+" in/,
  ],
  [
    "the number of classes",
    (c) => ({ ...c, resolved: { ...c.resolved, classes: c.resolved.classes.slice(1) } }),
    /the number of classes is 9 in \S+ and 10 in/,
  ],
];

for (const [what, edit, says] of EDITS) {
  Deno.test(`if ${what} was edited in config.json, best, last and final are refused, naming both values and files`, () =>
    withOldRun((run) => {
      const config = readRunConfig(run.config);
      assert.ok(config.resolved);
      writeRunConfig(run.config, edit({ ...config, resolved: config.resolved }));
      for (const checkpoint of ["best", "last", "final"]) {
        const { line, status } = refusal(() => openTrainedRun(run, checkpoint));
        assert.match(line, says);
        assert.match(
          line,
          /^The checkpoint does not belong to the run: [^\n]+\. Restore the file that was changed, or /,
        );
        assert.equal(status, 2);
      }
    }));
}

Deno.test("a run with an edited name, or in a renamed or copied folder, is used as before", () =>
  withOldRun(async (run, runs) => {
    const before = openTrainedRun(run, "best").weights;
    const config = readRunConfig(run.config);
    writeRunConfig(run.config, { ...config, options: { ...config.options, name: "another" } });
    const copy = runDirectory(join(runs, "copy"));
    await cp(run.path, copy.path, { recursive: true, verbatimSymlinks: true });
    for (const one of [run, copy]) assert.deepEqual(openTrainedRun(one, "best").weights, before);
  }));

Deno.test("resize and precision, which checkpoints have from version 2 on, are compared too", async () => {
  await withTemporaryFolder((folder) => {
    const run = makeRun(join(folder, "run"), { options: { base: "squeezenet11", size: 64 } });
    const config = readRunConfig(run.config);
    assert.ok(config.resolved);
    const origin = {
      ...PROVENANCE,
      base_weights_sha256: config.resolved.weights.sha256,
      classes: config.resolved.classes,
    };
    makeCheckpoint(run.checkpoints, LAYERS, origin);
    assert.equal(openTrainedRun(run, "epoch-0001").manifest.version, 2);
    for (const change of [{ resize: "antialias" }, { precision: "bfloat16" }] as const) {
      writeRunConfig(run.config, { ...config, options: { ...config.options, ...change } });
      const [[key, value] = []] = Object.entries(change);
      assert.ok(
        refusal(() => openTrainedRun(run, "epoch-0001")).line.includes(`${key} is "${value}" in ${run.config} and`),
      );
    }
  });
});

Deno.test("config.json with any byte flipped or cut off gives one line or the same result, never a stack trace", () =>
  withOldRun((run) => {
    const bytes = Deno.readFileSync(run.config);
    const decides = ({ options, classes, resolved }: ReturnType<typeof openTrainedRun>) => ({
      base: options.base,
      size: options.size,
      pooling: options.pooling,
      preprocess: resolved.preprocess,
      weights: resolved.weights.sha256,
      classes,
    });
    const before = decides(openTrainedRun(run, "best"));
    let taken = 0;
    const tries = [
      ...bytes.keys().map((index) => bytes.map((byte, place) => place === index ? byte ^ (1 << index % 8) : byte)),
      ...Array.from({ length: 200 }, (_, cut) => bytes.subarray(0, Math.floor(bytes.length * cut / 200))),
    ];
    for (const [index, damaged] of tries.entries()) {
      Deno.writeFileSync(run.config, damaged);
      try {
        assert.deepEqual(decides(openTrainedRun(run, "best")), before, `damage ${index}`);
        taken++;
      } catch (error) {
        assert.ok(error instanceof HeadlightError, `damage ${index}: ${error}`);
        assert.ok(!error.message.includes("\n") && error.message.includes(run.config), error.message);
      }
    }
    console.log(
      `  config.json: ${tries.length} damages, ${taken} taken, none of them in ${Object.keys(before).join(", ")}`,
    );
  }));
