import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { createRunDirectory, findRun, listRuns } from "../../../src/run/folder/directory.ts";
import { makeRunId } from "../../../src/run/folder/run_id.ts";
import { withTemporaryFolder } from "../../support.ts";

Deno.test("a run's id is its time in UTC, its base and its data, plain enough for a file name", () => {
  const date = new Date("2026-11-23T20:55:01.999Z");
  assert.equal(makeRunId(date, "densenet121", "dollarstreet"), "20261123-205501-densenet121-dollarstreet");
  assert.equal(makeRunId(date, "squeezenet11", "../My Pictures (2)"), "20261123-205501-squeezenet11-my-pictures-2");
  assert.equal(makeRunId(date, "densenet121", "图片"), "20261123-205501-densenet121");
});

Deno.test("two runs in one second get directories of their own", async () => {
  await withTemporaryFolder((runs) => {
    assert.deepEqual([1, 2, 3].map(() => createRunDirectory(runs, "x").id), ["x", "x-2", "x-3"]);
  });
});

Deno.test("RUN is an id, a unique prefix, a path or latest", async () => {
  await withTemporaryFolder((runs) => {
    for (const id of ["20261101-a", "20261102-b", "20261102-c"]) {
      Deno.writeTextFileSync(createRunDirectory(runs, id).config, "{}");
    }
    const id = (wanted: string, cwd = "/") => findRun(wanted, runs, cwd).id;
    assert.equal(id("20261102-b"), "20261102-b");
    assert.equal(id("20261101"), "20261101-a");
    assert.equal(id("latest"), "20261102-c");
    assert.equal(id(join(runs, "20261101-a")), "20261101-a");
    assert.equal(id("./20261101-a", runs), "20261101-a");
    assert.deepEqual(listRuns(runs).map((run) => run.id), ["20261102-c", "20261102-b", "20261101-a"]);
    assert.throws(
      () => id("20261102"),
      (error) => error instanceof HeadlightError && /2 runs begin with/.test(error.message),
    );
    assert.throws(() => id("nothing"), (error) => error instanceof HeadlightError && error.exitStatus === 2);
  });
});

Deno.test("bad input: a folder that cannot be written is one line that names --runs", async () => {
  await withTemporaryFolder((folder) => {
    const file = join(folder, "file");
    Deno.writeTextFileSync(file, "");
    assert.throws(
      () => createRunDirectory(join(file, "runs"), "x"),
      (error) => error instanceof HeadlightError && error.exitStatus === 2 && /--runs/.test(error.message),
    );
  });
});

Deno.test("bad input: a run that does not exist is one line that says where was looked", () => {
  assert.throws(
    () => findRun("latest", "/nowhere/runs", "/"),
    (error) => error instanceof HeadlightError && /no run in \/nowhere\/runs yet/.test(error.message),
  );
});
