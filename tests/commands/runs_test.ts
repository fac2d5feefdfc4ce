import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { overviewSchema } from "../../src/run/overview/overview.ts";
import { headlight } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

/** Control characters that a terminal would obey, except line breaks. */
// deno-lint-ignore no-control-regex
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;

const NEW = "20261102-000000-densenet121-demo";
const OLD = "20261101-000000-densenet121-demo";

function withRuns(body: (runs: string) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (runs) => {
    makeRun(join(runs, OLD), { created: "2026-11-01T00:00:00.000Z" });
    makeRun(join(runs, NEW), { created: "2026-11-02T00:00:00.000Z", dataName: "\x1b[31mred\x9b2J" });
    await body(runs);
  });
}

Deno.test("runs lists the newest runs first, without escape sequences if there is no terminal", () =>
  withRuns(async (runs) => {
    Deno.removeSync(join(runs, OLD, "events.jsonl"));
    const { status, stdout, stderr } = await headlight(["runs", "--runs", runs], { env: { FORCE_COLOR: "1" } });
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`^run .*\\n${NEW} .* red .* finished .*\\n${OLD} .* broken .*\\n`));
    assert.match(
      stdout,
      new RegExp(`^${OLD} is broken: events\\.jsonl does not exist\\n2 runs, .* in ${runs}\\n$`, "m"),
    );
    assert.doesNotMatch(stdout, OBEYED);
  }));

Deno.test("runs --json prints exactly one object per line, following the schema", () =>
  withRuns(async (runs) => {
    const { status, stdout } = await headlight(["runs", "--json", "--runs", runs]);
    assert.equal(status, 0);
    const found = stdout.trimEnd().split("\n").map((line) => overviewSchema.parse(JSON.parse(line)));
    assert.deepEqual(found.map(({ id }) => id), [NEW, OLD]);
    // Programs get the text as it is in the files, but JSON escapes control characters.
    assert.equal(found[0]?.data, "\x1b[31mred\x9b2J");
    assert.doesNotMatch(stdout, OBEYED);
  }));

Deno.test("a missing or empty folder of runs is reported in one line, and --json prints nothing", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const runs of [folder, join(folder, "nothing")]) {
      const { status, stdout } = await headlight(["runs", "--runs", runs]);
      assert.deepEqual([status, stdout], [
        0,
        `There are no runs in ${runs}. Start one with deno task train, or name another folder with --runs.\n`,
      ]);
      assert.equal((await headlight(["runs", "--json", "--runs", runs])).stdout, "");
    }
  });
});

Deno.test("runs rm without a terminal refuses with exit status 2 unless --yes is given", () =>
  withRuns(async (runs) => {
    const refused = await headlight(["runs", "rm", NEW, "--runs", runs]);
    assert.deepEqual([refused.status, refused.stdout], [2, ""]);
    assert.match(refused.stderr, /^headlight: [^\n]*needs a terminal [^\n]*Add --yes [^\n]*\n$/);
    assert.ok(existsSync(join(runs, NEW, "config.json")));

    const { status, stdout, stderr } = await headlight(["runs", "rm", NEW, "20261101", NEW, "--yes", "--runs", runs]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`^removed ${NEW} {2}\\S+ kB\\nremoved ${OLD} {2}\\S+ kB\\n$`));
    assert.deepEqual([...Deno.readDirSync(runs)], []);
  }));

Deno.test("bad input: runs rm of something other than a run is reported in one line, exit status 2, nothing removed", () =>
  withRuns(async (runs) => {
    Deno.mkdirSync(join(runs, "own"));
    Deno.writeTextFileSync(join(runs, "own", "thesis"), "");
    const cases: [string[], RegExp][] = [
      [[OLD, join(runs, "own")], /own is not a run/],
      [[OLD, "2026"], /2 runs begin with 2026 /],
      [[OLD, runs], /is not a run/],
      [[OLD, "nothing"], /nothing is neither a run/],
      [
        [],
        /^headlight: runs rm needs the runs to remove: deno task runs( --runs \S+) rm RUN…\. To list them: deno task runs\1$/m,
      ],
      [[OLD, "--json"], /--json/],
      [[OLD, "--force"], /unknown option '--force'/],
    ];
    for (const [args, says] of cases) {
      const { status, stdout, stderr } = await headlight(["runs", "rm", ...args, "--runs", runs, "--yes"]);
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.match(stderr, /^headlight: [^\n]+\n(\(Did you mean [^\n]+\n)?$/);
      assert.match(stderr, says);
      assert.ok(existsSync(join(runs, OLD, "config.json")) && existsSync(join(runs, "own", "thesis")));
    }
  }));

Deno.test("summary RUN shows the run's model, data, best and last epoch, end reason and repeat command", () =>
  withRuns(async (runs) => {
    const { status, stdout, stderr } = await headlight(["summary", NEW, "--runs", runs]);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.startsWith('Model: "functional"\n Total params: 1\n\n'), stdout);
    for (
      const line of [
        `${NEW}: finished after 3 epochs`,
        "  data        red, 878 training + 293 validation images",
        "  classes     2: day bed, dishrag",
        "  base        densenet121, 160×160, max pooling, preprocess scale",
        "  weights     random, /cache/random.h5, sha256 00ff",
        "  engine      wasm 4.22.0 on h (c, 2 cores)",
        "  best        epoch 2  val_accuracy 0.6000  val_loss 1.0000  accuracy 0.5000  loss 0.5000",
        "  last        epoch 3  val_accuracy 0.5000  val_loss 0.6667  accuracy 0.5000  loss 0.3333",
        "  time        6.0s (prepare 1.0s, features 2.0s, train 3.0s)",
        "  repeat      deno task train --data demo --weights random --preprocess scale --seed 2 --engine wasm " +
        `--runs ${runs}`,
      ]
    ) assert.ok(stdout.includes(`${line}\n`), `${line} is missing from\n${stdout}`);
    assert.doesNotMatch(stdout, OBEYED);
  }));

Deno.test("summary RUN shows what is known of a run that is lost, broken, or was never prepared", () =>
  withRuns(async (runs) => {
    const summary = async (run: string) => (await headlight(["summary", run, "--runs", runs])).stdout;
    const log = Deno.readTextFileSync(join(runs, NEW, "events.jsonl"));
    Deno.writeTextFileSync(join(runs, NEW, "events.jsonl"), log.split("\n").slice(0, -2).join("\n") + "\n");
    assert.match(
      await summary(NEW),
      /: lost after 3 epochs\n {2}why +the trainer exited without[\s\S]*best +epoch 2[\s\S]*repeat +deno/,
    );

    const config = JSON.parse(Deno.readTextFileSync(join(runs, NEW, "config.json")));
    Deno.writeTextFileSync(
      join(runs, NEW, "config.json"),
      JSON.stringify({ ...config, resolved: null, repeat: null, options: { ...config.options, epochs: 7 } }),
    );
    Deno.removeSync(join(runs, NEW, "summary.txt"));
    const unprepared = await summary(NEW);
    assert.match(unprepared, /^summary\.txt is missing: /);
    assert.match(unprepared, /try again +deno task train --epochs 7 --runs /);

    Deno.removeSync(join(runs, NEW, "config.json"));
    assert.match(await summary(NEW), /: broken after 3 epochs\n {2}why +config\.json does not exist\n/);
  }));

Deno.test("bad input: summary RUN refuses flags of the model and a run that does not exist", () =>
  withRuns(async (runs) => {
    for (
      const [args, says] of [[[NEW, "--size", "64"], /--size cannot be combined with a run/], [
        ["x"],
        /x is neither a run/,
      ]] as const
    ) {
      const { status, stdout, stderr } = await headlight(["summary", ...args, "--runs", runs]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^headlight: [^\n]+\n$/);
      assert.match(stderr, says);
    }
  }));
