/**
 * Runs whose files are missing or are something other than files. Every command must report this, and none may hang.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { overviewSchema } from "../../src/run/overview/overview.ts";
import { takeOwnership } from "../../src/run/owner/ownership.ts";
import type { RunDirectory } from "../../src/run/folder/directory.ts";
import { headlight } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

const ID = "20261123-205501-densenet121-demo";
const ONE_LINE = /^headlight: [^\n]{1,500}\n$/;

function withRun(body: (run: RunDirectory, runs: string) => Promise<void>): Promise<void> {
  return withTemporaryFolder((runs) => body(makeRun(join(runs, ID)), runs));
}

function makePipe(path: string): void {
  Deno.removeSync(path);
  assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
}

/** Every command that uses a run. */
const USES: readonly string[][] = [
  ["watch", ID, "--plain"],
  ["watch", "latest", "--json"],
  ["watch", ID, ID],
  ["evaluate", ID],
  ["predict", ID, "image.png"],
  ["plot", ID],
  ["stop", ID],
  ["checkpoint", ID],
];

const DAMAGES: readonly [what: string, damage: (config: string) => void, says: string][] = [
  ["without config.json", (config) => Deno.removeSync(config), "config.json does not exist"],
  ["with half a config.json", (config) => Deno.truncateSync(config, 40), "config.json is not valid JSON"],
  [
    "with a config.json that lacks a key",
    (config) => Deno.writeTextFileSync(config, "{}"),
    'config.json lacks "created"',
  ],
  ["with a named pipe for a config.json", makePipe, "config.json is a named pipe, not a file"],
];

for (const [what, damage, says] of DAMAGES) {
  Deno.test(`a run ${what} is reported as broken by every command in one line, status 2; runs and summary show it, rm removes it`, () =>
    withRun(async (run, runs) => {
      damage(run.config);
      for (const args of USES) {
        const { status, stdout, stderr } = await headlight([...args, "--runs", runs]);
        assert.deepEqual([status, stdout], [2, ""], `${args}: ${stderr}`);
        assert.match(stderr, ONE_LINE);
        assert.ok(stderr.startsWith(`headlight: Run ${ID} is broken: ${says}`), `${args}: ${stderr}`);
        assert.ok(
          stderr.endsWith(`. Restore it from a copy, or remove the run: deno task runs rm ${run.path}\n`),
          stderr,
        );
      }
      const listed = await headlight(["runs", "--json", "--runs", runs]);
      assert.equal(overviewSchema.parse(JSON.parse(listed.stdout)).status, "broken");
      assert.ok(
        (await headlight(["summary", ID, "--runs", runs])).stdout.includes(
          `: broken after 3 epochs\n  why         ${says}`,
        ),
      );
      assert.equal((await headlight(["runs", "rm", run.path, "--yes", "--runs", runs])).status, 0);
      assert.equal(existsSync(run.path), false);
    }));
}

Deno.test("a training run whose config.json was deleted is not broken, so its trainer can be told to stop", () =>
  withRun(async (run, runs) => {
    const ownership = await takeOwnership(run, join(runs, "no socket"));
    Deno.removeSync(run.config);
    try {
      const { status, stderr } = await headlight(["stop", ID, "--runs", runs]);
      assert.equal(status, 1);
      assert.match(stderr, /the trainer does not answer; to save and stop the run: kill -TERM \d+/);
    } finally {
      ownership?.release();
    }
  }));

Deno.test("named pipes in place of events.jsonl, history.csv, summary.txt and lock make no command hang", () =>
  withRun(async (run, runs) => {
    for (const path of [run.events, run.history, run.summary, run.lock]) makePipe(path);
    const listed = await headlight(["runs", "--json", "--runs", runs]);
    const { status, problem } = overviewSchema.parse(JSON.parse(listed.stdout));
    assert.deepEqual([status, problem], ["broken", "events.jsonl is a named pipe, not a file"]);
    for (const args of [["watch", ID, "--plain"], ["watch", ID, "--json"], ["plot", ID]]) {
      const { status, stderr } = await headlight([...args, "--runs", runs]);
      assert.ok(status === 1 || status === 2, `${args}: ${status}`);
      assert.match(stderr, /^headlight: \S+events\.jsonl is a named pipe, not a file\. [^\n]+\n/);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
    assert.equal((await headlight(["summary", ID, "--runs", runs])).status, 0);
    assert.equal((await headlight(["stop", ID, "--runs", runs])).status, 2);
    assert.equal((await headlight(["runs", "rm", ID, "--yes", "--runs", runs])).status, 0);
  }));

Deno.test("a checkpoint of named pipes makes no command hang", () =>
  withRun(async (run, runs) => {
    const path = join(run.checkpoints, "epoch-0002", "manifest.json");
    Deno.writeTextFileSync(path, "");
    makePipe(path);
    const { status, stderr } = await headlight(["evaluate", ID, "--runs", runs]);
    assert.equal(status, 1);
    assert.match(stderr, /^headlight: \S+manifest\.json is a named pipe, not a file\. [^\n]+\n$/);
  }));

Deno.test("runs with a time in the future are listed, watched and removed like any other", () =>
  withRun(async (run, runs) => {
    const nextYear = Date.now() / 1000 + 365 * 86_400;
    const config = JSON.parse(Deno.readTextFileSync(run.config));
    Deno.writeTextFileSync(run.config, JSON.stringify({ ...config, created: new Date(nextYear * 1000).toISOString() }));
    Deno.writeTextFileSync(run.events, Deno.readTextFileSync(run.events).replaceAll('"2026-', '"2126-'));
    Deno.removeSync(run.lock);
    for (const path of [run.config, run.events]) Deno.utimeSync(path, nextYear, nextYear);
    const listed = await headlight(["runs", "--json", "--runs", runs]);
    assert.equal(overviewSchema.parse(JSON.parse(listed.stdout)).status, "ended");
    assert.equal((await headlight(["runs", "--runs", runs])).status, 0);
    assert.equal((await headlight(["watch", ID, "--plain", "--runs", runs])).status, 0);
    Deno.removeSync(run.events);
    assert.equal((await headlight(["stop", ID, "--runs", runs])).status, 2);
    assert.equal((await headlight(["runs", "rm", ID, "--yes", "--runs", runs])).status, 0);
  }));
