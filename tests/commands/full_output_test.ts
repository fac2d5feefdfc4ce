/** Output that cannot be written, and the limit on the size of files. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { type Finished, headlight, headlightArgs } from "../process.ts";
import { ENDLESS, SMALL_RUN } from "../run/small_run.ts";
import { needs, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

/** Runs Headlight from a shell. In `script` its command line is "$@". */
async function inShell(script: string, args: readonly string[]): Promise<Finished> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", Deno.execPath(), ...headlightArgs(args)],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { status: code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

function onlyRun(runs: string): string {
  const [run, ...others] = [...Deno.readDirSync(runs)];
  assert.ok(run && others.length === 0);
  return join(runs, run.name);
}

const hasFull = existsSync("/dev/full");

for (const view of ["--plain", "--json"]) {
  Deno.test({
    name: `train ${view} > /dev/full says what is full and that it ended the run, exit status 1${needs("/dev/full")}`,
    ignore: !hasFull,
    fn: async () => {
      await withTemporaryFolder(async (runs) => {
        const { status, stderr } = await inShell('"$@" > /dev/full', [
          "train",
          ...SMALL_RUN,
          ...ENDLESS,
          view,
          "--runs",
          runs,
        ]);
        assert.equal(status, 1, stderr);
        const run = onlyRun(runs);
        const line =
          /^headlight: Standard output cannot be written \(No space left on device\)\. The run in (.*) was stopped[^\n]*\.\n$/;
        assert.equal(line.exec(stderr)?.[1], run, stderr);
        const end = readEvents(join(run, "events.jsonl")).at(-1);
        assert.ok(end?.type === "end" && end.reason === "interrupted", JSON.stringify(end));
      });
    },
  });
}

Deno.test({
  name: `other commands say that standard output is full, exit status 1${needs("/dev/full")}`,
  ignore: !hasFull,
  fn: async () => {
    for (const args of [["runs"], ["summary"], ["cache"], ["--help"], ["train", "--help"], ["--version"]]) {
      const { status, stderr } = await inShell('"$@" > /dev/full', args);
      assert.equal(status, 1, args.join(" "));
      assert.match(stderr, /^headlight: Standard output cannot be written \(No space left on device\)\. [^\n]*\n$/);
    }
  },
});

/**
 * Makes what the limit leaves no room for: the weights and features that a run needs, and Deno's own caches, which it
 * writes before the program runs. Deno caches the modules at their first start and their compiled code at the second.
 */
async function fillCaches(folder: string): Promise<void> {
  for (const start of ["first", "second"]) {
    const runs = join(folder, start);
    const { status, stderr } = await headlight(["train", ...SMALL_RUN, "--epochs", "1", "--plain", "--runs", runs]);
    assert.equal(status, 0, stderr);
  }
}

// 300 kB leave room for checkpoints and the events of some hundred epochs.
const LIMITED = 'ulimit -f 300; "$@"';

Deno.test("a limit on file size ends and saves the run with reason failed and a message, and SIGXFSZ kills no process", async () => {
  await withTemporaryFolder(async (folder) => {
    await fillCaches(folder);
    const runs = join(folder, "runs");
    const args = ["train", ...SMALL_RUN, ...ENDLESS, "--plain", "--runs", runs];
    const { status, stdout, stderr } = await inShell(LIMITED, args);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /: failed after \d+ epochs\n/);
    assert.match(
      stdout,
      /why +writing to [^\n]*: File too large\. Raise the limit on file sizes \(ulimit -f\)/,
    );
    assert.match(stdout, /saved +checkpoints\/epoch-\d+[^\n]*\(best[^\n]*last\)/);
    assert.ok(existsSync(join(onlyRun(runs), "checkpoints", "last", "manifest.json")));
  });
});

Deno.test("output that reaches the limit on file size ends and saves the run with a message", async () => {
  await withTemporaryFolder(async (folder) => {
    await fillCaches(folder);
    const runs = join(folder, "runs");
    const args = ["train", ...SMALL_RUN, ...ENDLESS, "--json", "--runs", runs];
    // The file has content already, so the output reaches the limit before the run's own files do.
    const script = `head -c 150000 /dev/zero > ${folder}/out; ulimit -f 300; "$@" >> ${folder}/out`;
    const { status, stderr } = await inShell(script, args);
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      /^headlight: Standard output cannot be written \(File too large, the limit of ulimit -f\)\. The run in [^\n]* was stopped and saved\.\n$/,
    );
    const end = readEvents(join(onlyRun(runs), "events.jsonl")).at(-1);
    assert.ok(end?.type === "end" && end.reason === "interrupted", JSON.stringify(end));
  });
});
