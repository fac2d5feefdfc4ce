/** Tests which arguments of `predict` are the run and which are images. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { makeRun } from "../run/made_run.ts";
import { withTemporaryFolder } from "../support.ts";

const ID = "20261123-205501-densenet121-demo";

Deno.test("predict with images alone uses the newest run, and names the arguments that are neither run nor image", () =>
  withTemporaryFolder(async (runs) => {
    makeRun(join(runs, ID));
    // Without config.json the chosen run is reported as broken before anything is computed.
    Deno.removeSync(join(runs, ID, "config.json"));
    const said = async (...words: string[]) => {
      const { status, stdout, stderr } = await headlight(["predict", ...words, "--runs", runs]);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      return stderr;
    };
    assert.match(await said("photo.jpg"), new RegExp(`^headlight: Run ${ID} is broken`));
    assert.match(await said(ID, "photo.jpg"), new RegExp(`^headlight: Run ${ID} is broken`));
    for (const words of [[], ["latest"], [ID]]) {
      assert.match(await said(...words), /^headlight: No images to predict\. Name image files, folders/);
    }
    assert.match(await said("nosuch"), /^headlight: nosuch is neither a run, nor an image, nor a folder of images\./);
    assert.match(await said("nosuch", "photo.jpg"), /^headlight: nosuch is neither a run /);
  }));

Deno.test("without a RUN, predict, evaluate and plot use the newest run that they can use, and name the newer ones", () =>
  withTemporaryFolder(async (runs) => {
    makeRun(join(runs, ID));
    const [failed, broken] = ["20261124-205501-densenet121-demo", "20261125-205501-densenet121-demo"];
    const unsaved = makeRun(join(runs, failed), { created: "2026-11-24T20:55:01.000Z", valAccuracy: [] });
    Deno.removeSync(unsaved.checkpoints, { recursive: true });
    const gone = makeRun(join(runs, broken), { created: "2026-11-25T20:55:01.000Z" });
    Deno.removeSync(gone.config);
    const said = async (...words: string[]) => (await headlight([...words, "--runs", runs])).stderr;
    const passed = (lack: string) =>
      `headlight: Using run ${ID}. Newer, but passed over: ${broken} (broken), ${failed} (${lack})\n`;
    assert.equal(await said("plot", "--term"), passed("no finished epoch"));
    // The made checkpoint cannot be opened, which is reported after the choice.
    assert.ok((await said("evaluate")).startsWith(passed("no checkpoint best")));
    assert.ok((await said("predict", "photo.jpg")).startsWith(passed("no checkpoint best")));
    assert.match(
      await said("evaluate", failed),
      new RegExp(`^headlight: Run ${failed} has no checkpoint\\. Use another run\\.\n$`),
    );

    Deno.removeSync(join(runs, ID), { recursive: true });
    assert.match(await said("evaluate"), new RegExp(`^headlight: Run ${broken} is broken`));
  }));
