import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { fromCaller } from "../../../src/paths.ts";
import { findRun, listRuns, uniqueStart } from "../../../src/run/folder/find_run.ts";
import { newestFirst } from "../../../src/run/overview/overview.ts";
import { readOverview } from "../../../src/run/overview/read_overview.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

function refused(pattern: RegExp, act: () => unknown): void {
  assert.throws(
    act,
    (error) =>
      error instanceof HeadlightError && error.exitStatus === 2 && pattern.test(error.message) &&
      !error.message.includes("\n"),
  );
}

Deno.test("a folder of runs lists its runs, including broken ones, and nothing else", async () => {
  await withTemporaryFolder((runs) => {
    makeRun(join(runs, "own-name"));
    Deno.removeSync(makeRun(join(runs, "no-config")).config);
    Deno.mkdirSync(join(runs, "20261101-000000-empty"));
    Deno.mkdirSync(join(runs, "notes"));
    Deno.mkdirSync(join(runs, ".hidden"));
    Deno.writeTextFileSync(join(runs, "20261101-000000-file"), "");
    Deno.symlinkSync("own-name", join(runs, "20261101-000000-link"));
    assert.deepEqual(listRuns(runs).map(({ id }) => id), ["own-name", "20261101-000000-empty", "no-config"]);
    assert.deepEqual(listRuns(join(runs, "nothing")), []);
    refused(
      /^--runs \S+-file is not a folder\. Name another place\.$/,
      () => listRuns(join(runs, "20261101-000000-file")),
    );
  });
});

Deno.test("latest is the run that was created last, whatever its folder is called, in the order of `runs`", async () => {
  await withTemporaryFolder((runs) => {
    const made = (name: string, created: string) => makeRun(join(runs, name), { created: `2026-11-${created}.000Z` });
    made("moved-one", "01T00:00:00");
    made("20261102-000000-x", "02T00:00:00");
    made("20261103-000000-y", "03T00:00:00");
    made("0-copy", "04T00:00:00");
    // Two of one second. Which of them is newer, only config.json tells.
    makeRun(join(runs, "20261105-000000-b"), { created: "2026-11-05T00:00:00.100Z" });
    makeRun(join(runs, "20261105-000000-a"), { created: "2026-11-05T00:00:00.900Z" });
    Deno.removeSync(makeRun(join(runs, "unknown")).config);
    const ids = listRuns(runs).map(({ id }) => id);
    assert.deepEqual(ids, [
      "20261105-000000-a",
      "20261105-000000-b",
      "0-copy",
      "20261103-000000-y",
      "20261102-000000-x",
      "moved-one",
      "unknown",
    ]);
    assert.deepEqual(newestFirst(listRuns(runs).map((run) => readOverview(run))).map(({ id }) => id), ids);
    assert.equal(findRun("latest", runs, "/").id, "20261105-000000-a");
    Deno.renameSync(join(runs, "20261105-000000-a"), join(runs, "a"));
    assert.equal(findRun("latest", runs, "/").id, "a");
  });
});

Deno.test("the shortest unique prefix of an id finds its run, even among runs of the same second", async () => {
  await withTemporaryFolder((runs) => {
    const ids = ["20261101-000000-squeezenet11-a", "20261102-000000-densenet121-b", "20261102-000000-squeezenet11-b"];
    const all = [...ids, "20261102-000000-squeezenet11-b-2", "own-name"].map((id) => makeRun(join(runs, id)));
    assert.deepEqual(all.map(uniqueStart), [
      "20261101-000000",
      "20261102-000000-densenet121",
      "20261102-000000-squeezenet11-b",
      "20261102-000000-squeezenet11-b-2",
      "own-name",
    ]);
    for (const run of all) assert.equal(findRun(uniqueStart(run), runs, "/").id, run.id);
  });
});

Deno.test("RUN may be an id, a unique prefix, a path or latest, for broken runs too", async () => {
  await withTemporaryFolder((runs) => {
    for (const id of ["20261101-000000-a", "20261102-000000-b", "20261102-000000-b-2"]) {
      Deno.removeSync(makeRun(join(runs, id)).config);
    }
    const id = (wanted: string, cwd = "/") => findRun(wanted, runs, cwd).id;
    assert.equal(id("20261101"), "20261101-000000-a");
    assert.equal(id("20261102-000000-b"), "20261102-000000-b");
    assert.equal(id("latest"), "20261102-000000-b-2");
    assert.equal(id(join(runs, "20261101-000000-a") + "/"), "20261101-000000-a");
    assert.equal(id("./20261101-000000-a", runs), "20261101-000000-a");
    assert.equal(
      findRun(join(runs, "20261101-000000-a"), "/elsewhere", "/").path,
      join(runs, "20261101-000000-a"),
    );
    refused(/^2 runs begin with 20261102 \(/, () => id("20261102"));
    refused(/^nothing is neither a run in .*deno task runs --runs (\/\S+)$/, () => id("nothing"));
    refused(/ is not a run: .*deno task runs --runs (\/\S+)$/, () => id("/"));
    refused(/^nothing is neither a run in .*deno task runs$/, () => findRun("nothing", fromCaller("runs"), "/"));
  });
});

Deno.test("RUN may be the --name of a run if no other run has that name", async () => {
  await withTemporaryFolder((runs) => {
    for (
      const [id, name] of [["20261101-000000-a", "first"], ["20261102-000000-b", "2026"], [
        "20261103-000000-c",
        "twice",
      ], [
        "20261104-000000-d",
        "twice",
      ]] as const
    ) makeRun(join(runs, id), { options: { name } });
    const id = (wanted: string) => findRun(wanted, runs, "/").id;
    assert.equal(id("first"), "20261101-000000-a");
    assert.equal(id("2026"), "20261102-000000-b", "a name goes before the beginning of an id");
    refused(
      /^2 runs have the name twice \(20261104-000000-d, 20261103-000000-c\)\. Use an id instead\.$/,
      () => id("twice"),
    );
  });
});

Deno.test("a folder that is not a run is not found as one, whatever its name", async () => {
  await withTemporaryFolder((folder) => {
    const runs = join(folder, "runs");
    makeRun(join(runs, "20261101-000000-a"));
    const model = join(folder, "model");
    Deno.mkdirSync(model);
    Deno.writeTextFileSync(join(model, "config.json"), '{"architectures": ["Bert"]}');
    Deno.mkdirSync(join(folder, "20261101-000000-photos"));
    Deno.symlinkSync(join(runs, "20261101-000000-a"), join(folder, "link"));
    const find = (wanted: string) => findRun(wanted, runs, folder);
    for (const wanted of ["model", "20261101-000000-photos", "runs", ".", "..", "/", "./model/config.json"]) {
      refused(/is not a run/, () => find(wanted));
    }
    refused(/is a symbolic link\. Use the run's own folder/, () => find("link"));
    // Every id begins with the empty text.
    refused(/^"" is neither a run/, () => find(""));
  });
});

Deno.test("bad input: a run that does not exist is reported in one line that says where it was searched", () => {
  assert.throws(
    () => findRun("latest", "/nowhere/runs", "/"),
    (error) => error instanceof HeadlightError && /There are no runs in \/nowhere\/runs/.test(error.message),
  );
});

Deno.test("the name of a link in the folder of runs is answered by what it is and which folder to use", async () => {
  await withTemporaryFolder((folder) => {
    const runs = join(folder, "runs");
    const run = makeRun(join(folder, "elsewhere", "20261123-205501-a"));
    Deno.mkdirSync(runs);
    Deno.symlinkSync(run.path, join(runs, "x"));
    assert.throws(
      () => findRun("x", runs, folder),
      (error) =>
        error instanceof HeadlightError && error.message ===
          `${join(runs, "x")} is a symbolic link. Use the run's own folder: ${run.path}`,
    );
  });
});
