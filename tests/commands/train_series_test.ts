/** Trains several bases with one command, in real processes. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bases } from "../../src/bases/bases.ts";
import { seriesSchema } from "../../src/commands/run_series.ts";
import { type EventOf, parseEvent, type RunEvent } from "../../src/events.ts";
import { comparisonSchema } from "../../src/results/comparison/comparison_json.ts";
import { readHistory } from "../../src/run/log/history_file.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { custodyOf } from "../../src/run/owner/custody.ts";
import { cacheRoot } from "../../src/paths.ts";
import { emptyFeatureCache, eventually, headlight, headlightArgs } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

const SERIES = ["train", "--base", "squeezenet11,densenet121", "--data", "demo", "--size", "64", "--epochs", "2"];

interface JsonLines {
  readonly series: ReturnType<typeof seriesSchema.parse>[];
  readonly events: RunEvent[];
  readonly comparisons: ReturnType<typeof comparisonSchema.parse>[];
}

/** Sorts the lines of `train --json`. Throws on a line of another kind. */
function readLines(stdout: string): JsonLines {
  const lines: JsonLines = { series: [], events: [], comparisons: [] };
  for (const line of stdout.trimEnd().split("\n")) {
    const value = JSON.parse(line);
    if (value.type === "series") lines.series.push(seriesSchema.parse(value));
    else if (value.type === "comparison") lines.comparisons.push(comparisonSchema.parse(value));
    else lines.events.push(parseEvent(value) ?? assert.fail(line));
  }
  return lines;
}

function ends(events: readonly RunEvent[]): EventOf<"end">[] {
  return events.filter((event) => event.type === "end");
}

Deno.test("train --base A,B --json: the events of one run after the other, and the comparison as the last line", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const { status, stdout, stderr } = await headlight(
      [...SERIES, "--weights", "random", "--name", "mine", "--runs", runs, "--json"],
      { env: emptyFeatureCache(folder) },
    );
    assert.deepEqual([status, stderr], [0, ""]);
    const { series, events, comparisons: [comparison, ...others] } = readLines(stdout);
    assert.ok(comparison && others.length === 0 && stdout.trimEnd().endsWith(JSON.stringify(comparison)));
    assert.deepEqual(series.map(({ place, of, base }) => [place, of, base]), [
      [1, 2, "squeezenet11"],
      [2, 2, "densenet121"],
    ]);
    assert.deepEqual(ends(events).map(({ run, epochs }) => [run, epochs]), series.map(({ run }) => [run, 2]));
    // Each run is a run of its own, which its own command repeats.
    for (const { directory, base } of series) {
      const { options, repeat } = readRunConfig(join(directory, "config.json"));
      assert.deepEqual([options.base, options.name, options.preprocess], [base, `mine-${base}`, "imagenet"]);
      assert.match(repeat ?? "", /^deno task train /);
      assert.ok(!repeat?.includes(","), repeat ?? "");
    }
    assert.deepEqual(
      comparison.runs.map(({ name, preprocess, preprocess_mode: mode, end }) => [name, preprocess, mode, end]),
      [
        ["mine-squeezenet11", "imagenet", bases.squeezenet11.preprocessing, "completed"],
        ["mine-densenet121", "imagenet", bases.densenet121.preprocessing, "completed"],
      ],
    );
    assert.deepEqual(comparison.pairs.map(({ images }) => images), [293]);
    assert.ok(comparison.runs.every(({ images_per_second: rate }) => rate !== null && rate > 0));
  });
});

Deno.test("a run that fails is in the table with its reason, the series goes on, and its status counts", async () => {
  await withTemporaryFolder(async (folder) => {
    const cache = join(folder, "headlight");
    Deno.mkdirSync(cache);
    Deno.symlinkSync(join(cacheRoot(), "engines"), join(cache, "engines"));
    // Folders take the place of the locks, so that the weights cannot be obtained.
    for (const base of ["squeezenet11", "densenet121"] as const) {
      Deno.mkdirSync(join(cache, "weights", `${bases[base].published[0].name}.lock`), { recursive: true });
    }
    const runs = join(folder, "runs");
    const { status, stdout } = await headlight([...SERIES, "--weights", "imagenet", "--runs", runs, "--plain"], {
      env: { XDG_CACHE_HOME: folder },
    });
    assert.equal(status, 1);
    assert.equal(listRuns(runs).length, 2);
    const table = stdout.slice(stdout.lastIndexOf("run 2 of 2: densenet121"));
    assert.match(table, /^ A \S+ +SqueezeNet 1\.1 +– +–/m);
    assert.match(table, /^ B \S+ +DenseNet121 +– +–/m);
    assert.match(table.replaceAll("\n", " "), /SqueezeNet 1\.1 \(\S+\) failed: .*squeezenet11 are not available/);
    assert.match(table.replaceAll("\n", " "), /DenseNet121 \(\S+\) failed: .*densenet121 are not available/);
  });
});

/** Starts a series whose runs have no end and calls `body` once the first one trains. Returns the exit status. */
async function interrupted(
  runs: string,
  env: Record<string, string>,
  body: (series: { readonly viewer: Deno.ChildProcess; readonly trainer: number }) => void,
): Promise<{ status: number; stdout: string; stderr: string }> {
  const flags = ["--weights", "random", "--epochs", "300", "--patience", "300", "--runs", runs, "--json"];
  const viewer = new Deno.Command(Deno.execPath(), {
    args: headlightArgs([...SERIES, ...flags]),
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = viewer.output();
  await eventually("a first epoch", () => {
    const [run] = listRuns(runs);
    return run !== undefined && existsSync(join(run.checkpoints, "best"));
  }, 90_000);
  const [first] = listRuns(runs);
  const custody = custodyOf(first ?? assert.fail("no run"));
  assert.ok(custody.kind === "owned" && custody.owner);
  body({ viewer, trainer: custody.owner.pid });
  const { code, stdout, stderr } = await output;
  return { status: code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("a run whose trainer is killed is in the comparison, and the series goes on", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const { status, stdout, stderr } = await interrupted(
      runs,
      emptyFeatureCache(folder),
      ({ trainer }) => Deno.kill(trainer, "SIGKILL"),
    );
    assert.equal(status, 1);
    assert.match(stderr, /The trainer was killed by SIGKILL without finishing the run/);
    const { series, events, comparisons: [comparison] } = readLines(stdout);
    assert.deepEqual(ends(events).map(({ run, epochs }) => [run, epochs]), [[series[1]?.run, 300]]);
    assert.deepEqual(
      comparison?.runs.map(({ end, error }) => [end, /^The trainer exited without/.test(error ?? "")]),
      [[null, true], ["completed", false]],
    );
  });
});

Deno.test("a signal ends the run and the series, with the signal's status", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const { status, stdout } = await interrupted(
      runs,
      emptyFeatureCache(folder),
      ({ viewer }) => viewer.kill("SIGTERM"),
    );
    assert.equal(status, 143);
    const { series, events, comparisons } = readLines(stdout);
    assert.deepEqual([series.length, comparisons.length, listRuns(runs).length], [1, 0, 1]);
    assert.deepEqual(ends(events).map(({ reason }) => reason), ["interrupted"]);
  });
});

/** Starts a series of short runs and sends a signal as soon as `when` is in its output. */
async function signalledAt(when: RegExp, args: readonly string[], env: Record<string, string>) {
  const viewer = new Deno.Command(Deno.execPath(), {
    args: headlightArgs([...SERIES, "--weights", "random", ...args]),
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let stdout = "";
  for await (const chunk of viewer.stdout.pipeThrough(new TextDecoderStream())) {
    const before = when.test(stdout);
    stdout += chunk;
    if (!before && when.test(stdout)) viewer.kill("SIGTERM");
  }
  return { status: (await viewer.status).code, stdout };
}

for (const [view, end] of [["--json", /"type":"end"/], ["--plain", /: finished after 2 epochs/]] as const) {
  Deno.test(`a signal right after the end of a run ends the series, and nothing more is trained: ${view}`, async () => {
    await withTemporaryFolder(async (folder) => {
      const runs = join(folder, "runs");
      const { status, stdout } = await signalledAt(end, ["--runs", runs, view], emptyFeatureCache(folder));
      assert.equal(status, 143, stdout);
      // A slow signal may find the next run at its beginning.
      const epochs = listRuns(runs).map((run) => readHistory(run.history).loss.length);
      assert.deepEqual(epochs.filter((count) => count > 0), [2], stdout);
      assert.ok(
        epochs.length === 2 || view === "--json" || /^The series ends here\. To train what/m.test(stdout),
        stdout,
      );
    });
  });
}

Deno.test("an error that is known beforehand is reported before any run of the series begins", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    for (const flags of [["--base", "squeezenet11,none"], ["--base", "squeezenet11,densenet121", "--data", "none"]]) {
      const { status, stdout, stderr } = await headlight(["train", ...flags, "--runs", runs]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^headlight: --(?:base|data) .*none: [^\n]*\n$/);
    }
    assert.deepEqual(listRuns(runs), []);
  });
});
