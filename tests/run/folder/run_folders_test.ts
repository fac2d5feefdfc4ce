import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { findRunFolder, listRunFolders, timeInId } from "../../../src/run/folder/run_folders.ts";
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

Deno.test("the time in a run's id is read back", () => {
  assert.equal(timeInId("20261123-205501-densenet121-demo")?.toISOString(), "2026-11-23T20:55:01.000Z");
  assert.equal(timeInId("20261123-205501")?.toISOString(), "2026-11-23T20:55:01.000Z");
  for (const id of ["20261123-2055012", "20269923-205501-x", "notes", ""]) assert.equal(timeInId(id), null, id);
});

Deno.test("a folder of runs holds runs, broken ones too, and nothing else that lies there", async () => {
  await withTemporaryFolder((runs) => {
    makeRun(join(runs, "own-name"));
    Deno.removeSync(makeRun(join(runs, "no-config")).config);
    Deno.mkdirSync(join(runs, "20261101-000000-empty"));
    Deno.mkdirSync(join(runs, "notes"));
    Deno.mkdirSync(join(runs, ".hidden"));
    Deno.writeTextFileSync(join(runs, "20261101-000000-file"), "");
    Deno.symlinkSync("own-name", join(runs, "20261101-000000-link"));
    const ids = listRunFolders(runs).map(({ id }) => id).sort();
    assert.deepEqual(ids, ["20261101-000000-empty", "no-config", "own-name"]);
    assert.deepEqual(listRunFolders(join(runs, "nothing")), []);
    refused(/cannot be read.*--runs/, () => listRunFolders(join(runs, "20261101-000000-file")));
  });
});

Deno.test("RUN is an id, a unique prefix, a path or latest, also where the run is broken", async () => {
  await withTemporaryFolder((runs) => {
    for (const id of ["20261101-000000-a", "20261102-000000-b", "20261102-000000-b-2"]) {
      Deno.removeSync(makeRun(join(runs, id)).config);
    }
    const id = (wanted: string, cwd = "/") => findRunFolder(wanted, runs, cwd).id;
    assert.equal(id("20261101"), "20261101-000000-a");
    assert.equal(id("20261102-000000-b"), "20261102-000000-b");
    assert.equal(id("latest"), "20261102-000000-b-2");
    assert.equal(id(join(runs, "20261101-000000-a") + "/"), "20261101-000000-a");
    assert.equal(id("./20261101-000000-a", runs), "20261101-000000-a");
    assert.equal(
      findRunFolder(join(runs, "20261101-000000-a"), "/elsewhere", "/").path,
      join(runs, "20261101-000000-a"),
    );
    refused(/^2 runs begin with 20261102 \(/, () => id("20261102"));
    refused(/^no run nothing: neither in .*deno task runs/, () => id("nothing"));
  });
});

Deno.test("a folder that is no run is none, however it is named", async () => {
  await withTemporaryFolder((folder) => {
    const runs = join(folder, "runs");
    makeRun(join(runs, "20261101-000000-a"));
    const model = join(folder, "model");
    Deno.mkdirSync(model);
    Deno.writeTextFileSync(join(model, "config.json"), '{"architectures": ["Bert"]}');
    Deno.mkdirSync(join(folder, "20261101-000000-photos"));
    Deno.symlinkSync(join(runs, "20261101-000000-a"), join(folder, "link"));
    const find = (wanted: string) => findRunFolder(wanted, runs, folder);
    for (const wanted of ["model", "20261101-000000-photos", "runs", ".", "..", "/", "./model/config.json"]) {
      refused(/is no run/, () => find(wanted));
    }
    refused(/is a link: name the run's own folder/, () => find("link"));
    // Everything begins with nothing.
    refused(/^no run ""/, () => find(""));
  });
});
