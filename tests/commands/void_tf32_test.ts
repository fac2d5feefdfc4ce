/** `--tf32` with an engine that does not compute in TF32, which `--engine auto` may take. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { resumedOptions } from "../../src/commands/resumed_options.ts";
import { type EngineKind, type RunOptions, runOptionsSchema } from "../../src/config.ts";
import { hasDriver } from "../../src/engine/cuda/driver.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig, type RunConfig } from "../../src/run/folder/run_config.ts";
import { repeatOf } from "../../src/run/repeat.ts";
import { optionDifferences } from "../../src/run/resume/changes.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlight } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { needs, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const NOTICE =
  /--tf32 does not apply, because the base is computed with \w+ on the processor\. It needs an NVIDIA GPU with CUDA: deno task doctor says why none is used\./;

async function trains(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await headlight(["train", ...args, "--plain"]);
  assert.equal(status, 0, stderr + stdout);
  return stdout + stderr;
}

/** Writes what older versions recorded: `--tf32` with an engine that does not compute in TF32. */
function recordTf32(run: string): void {
  const { config } = runDirectory(run);
  const stored = JSON.parse(Deno.readTextFileSync(config));
  const { options } = stored;
  Deno.writeTextFileSync(
    config,
    JSON.stringify({
      ...stored,
      options: { ...options, tf32: true },
      repeat: "deno task train --engine tensorflow --tf32",
    }),
  );
}

Deno.test({
  name: "--tf32 without an NVIDIA GPU is not recorded and said, and the run goes on, is extended and is repeated" +
    (hasDriver() ? needs("a machine without NVIDIA's driver") : ""),
  ignore: hasDriver(),
  fn: () =>
    withTemporaryFolder(async (runs) => {
      const script = [
        ...SMALL_RUN,
        "--epochs",
        "1",
        "--tf32",
        "--runs",
        runs,
        "--name",
        "nightly",
        "--resume-or-start",
      ];
      assert.match(await trains(...script), NOTICE);
      const run = listRuns(runs)[0]?.path ?? "";
      const { options, notices, repeat } = readRunConfig(join(run, "config.json"));
      assert.deepEqual([options.tf32, options.engine], [false, "auto"]);
      assert.match(notices.join("\n"), NOTICE);
      assert.doesNotMatch(repeat ?? "--tf32", /--tf32/);
      await trains("--resume", run, "--epochs", "2");
      // What an older version recorded goes on too.
      recordTf32(run);
      await trains("--resume", run, "--epochs", "3");
      recordTf32(run);
      const again = await trains(...script.with(script.indexOf("1"), "4"));
      assert.match(again, /--tf32 does not apply, because the run goes on with \w+, as it began\./);
      assert.equal(listRuns(runs).length, 1);
      recordTf32(run);
      const { stdout } = await headlight(["summary", run]);
      const command = /repeat +deno task train (.*)$/m.exec(stdout)?.[1] ?? "";
      assert.doesNotMatch(command, /--tf32/);
      await trains(...command.replace("nightly", "again").replace("--epochs 4", "--epochs 1").split(" "));
    }),
});

/** A run with these options, and the engine that it took. */
function ran(options: Partial<RunOptions>, engine: EngineKind): Pick<RunConfig, "options" | "resolved"> {
  const folder = Deno.makeTempDirSync({ prefix: "headlight-test-" });
  const { options: usual, resolved } = readRunConfig(makeRun(join(folder, "20261123-205501-a")).config);
  Deno.removeSync(folder, { recursive: true });
  if (resolved === null) throw new Error("not prepared");
  const files = { kind: engine, version: "2.21.0", device: "cpu" as const, ...(options.tf32 ? { tf32: true } : {}) };
  return { options: runOptionsSchema.parse({ ...usual, ...options }), resolved: { ...resolved, engine: files } };
}

function goesOn(run: ReturnType<typeof ran>, flags: Record<string, unknown>) {
  const said: string[] = [];
  const options = resumedOptions(run, { flags, file: {}, path: null }, (line) => said.push(line));
  return { options, said, differences: optionDifferences(run.options, options).map(({ name }) => name) };
}

Deno.test("--tf32, --gpu and --tensorflow of a run stay behind when another engine is named that does not have them", () => {
  const run = ran({ engine: "auto", tf32: true, gpu: 2, tensorflow: "/opt/tensorflow" }, "cuda");
  const { options, differences } = goesOn(run, { engine: "tensorflow" });
  assert.deepEqual([options.tf32, options.gpu, options.tensorflow], [false, undefined, "/opt/tensorflow"]);
  assert.deepEqual(differences, [], "the engine itself is the change");
  assert.equal(goesOn(run, { engine: "wasm" }).options.tensorflow, undefined);
  const same = goesOn(run, { epochs: 9 }).options;
  assert.deepEqual([same.tf32, same.gpu], [true, 2]);
});

Deno.test("--tf32 is a change for a run on a GPU in float32, and for no other run", () => {
  const onGpu = goesOn(ran({}, "cuda"), { tf32: true });
  assert.deepEqual([onGpu.differences, onGpu.said], [["tf32"], []]);
  const onProcessor = goesOn(ran({}, "tensorflow"), { tf32: true });
  assert.deepEqual([onProcessor.differences, onProcessor.options.tf32], [[], false]);
  assert.deepEqual(onProcessor.said, [
    "--tf32 does not apply, because the run goes on with TensorFlow, as it began.",
  ]);
});

Deno.test("a run that an older version recorded with --tf32 and TensorFlow is read as it ran", () =>
  withTemporaryFolder((folder) => {
    const run = makeRun(join(folder, "20261123-205501-squeezenet11-demo"));
    recordTf32(run.path);
    assert.equal(readRunConfig(run.config).options.tf32, false);
    assert.doesNotMatch(repeatOf(JSON.parse(Deno.readTextFileSync(run.config))) ?? "--tf32", /--tf32/);
    return Promise.resolve();
  }));
