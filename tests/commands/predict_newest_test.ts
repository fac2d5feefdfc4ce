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
