import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { checkRunName } from "../../../src/run/folder/run_name.ts";
import { headlight } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

const ID = "20261123-205501-squeezenet11-demo";

for (
  const [name, says] of [
    ["latest", /^--name "latest": this word stands for the newest run\. Choose another name\.$/],
    [" ", /^--name " ": the name must not be blank\. Choose another name\.$/],
    [
      "20261123-2055",
      /^--name "20261123-2055": the id of run 20261123-205501-\S+ begins so, .* Choose another name\.$/,
    ],
    [ID, /^--name "20261123-\S+": the id of run /],
  ] as const
) {
  Deno.test(`a run cannot be called ${JSON.stringify(name)}`, async () => {
    await withTemporaryFolder((runs) => {
      makeRun(join(runs, ID));
      assert.throws(
        () => checkRunName(name, runs),
        (error) => error instanceof HeadlightError && error.exitStatus === 2 && says.test(error.message),
      );
    });
  });
}

Deno.test("a run can be called anything else, also by the name of another run", async () => {
  await withTemporaryFolder((runs) => {
    makeRun(join(runs, ID), { options: { name: "night" } });
    for (const name of [undefined, "night", "late", "squeezenet11", "20261124"]) checkRunName(name, runs);
  });
});

Deno.test("train refuses a name that would hide another run, before it makes a folder", async () => {
  await withTemporaryFolder(async (runs) => {
    makeRun(join(runs, ID));
    const { status, stderr } = await headlight(["train", "--name", "20261123-205501", "--runs", runs]);
    assert.deepEqual([status, [...Deno.readDirSync(runs)].map(({ name }) => name)], [2, [ID]]);
    assert.match(stderr, /^headlight: --name "20261123-205501": the id of run [^\n]*\n$/);
  });
});
