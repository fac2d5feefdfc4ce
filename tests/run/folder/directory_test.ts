import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { createRunDirectory } from "../../../src/run/folder/directory.ts";
import { makeRunId, timeInId } from "../../../src/run/folder/run_id.ts";
import { withTemporaryFolder } from "../../support.ts";

Deno.test("a run's id consists of its time in UTC, its base and its data, all safe in file names", () => {
  const date = new Date("2026-11-23T20:55:01.999Z");
  assert.equal(makeRunId(date, "densenet121", "dollarstreet"), "20261123-205501-densenet121-dollarstreet");
  assert.equal(makeRunId(date, "squeezenet11", "../My Images (2)"), "20261123-205501-squeezenet11-my-images-2");
  assert.equal(makeRunId(date, "densenet121", "图片"), "20261123-205501-densenet121");
});

Deno.test("two runs in the same second get separate directories", async () => {
  await withTemporaryFolder((runs) => {
    assert.deepEqual([1, 2, 3].map(() => createRunDirectory(runs, "x").id), ["x", "x-2", "x-3"]);
  });
});

Deno.test("bad input: a folder that cannot be written is reported in one line that names --runs", async () => {
  await withTemporaryFolder((folder) => {
    const file = join(folder, "file");
    Deno.writeTextFileSync(file, "");
    assert.throws(
      () => createRunDirectory(join(file, "runs"), "x"),
      (error) => error instanceof HeadlightError && error.exitStatus === 2 && /--runs/.test(error.message),
    );
  });
});

Deno.test("the time can be read from a run's id", () => {
  assert.equal(timeInId("20261123-205501-densenet121-demo")?.toISOString(), "2026-11-23T20:55:01.000Z");
  assert.equal(timeInId("20261123-205501")?.toISOString(), "2026-11-23T20:55:01.000Z");
  for (const id of ["20261123-2055012", "20269923-205501-x", "notes", ""]) assert.equal(timeInId(id), null, id);
});
