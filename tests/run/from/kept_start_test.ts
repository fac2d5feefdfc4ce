/** Tests what the trainer compares once the data and the base's weights are there. */
import assert from "node:assert/strict";
import { runOptionsSchema } from "../../../src/config.ts";
import { HeadlightError, UnusableOptionsError } from "../../../src/errors.ts";
import { type Fit } from "../../../src/run/from/agreement.ts";
import { keptStart } from "../../../src/run/from/kept_start.ts";
import { keepStart, type StartSource } from "../../../src/run/from/source.ts";
import type { StartedFrom } from "../../../src/run/folder/run_config.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { networkFiles } from "../../../src/run/checkpoints/network_format.ts";
import { readManifest } from "../../../src/run/checkpoints/manifest.ts";
import { withTemporaryFolder } from "../../support.ts";
import { madeUpHead } from "../../training/made_up.ts";
import { LAYERS, madeSnapshot, PROVENANCE } from "../checkpoints/made_checkpoint.ts";

const { weights } = madeSnapshot(LAYERS);
const OURS: Fit = { origin: PROVENANCE, layers: LAYERS, head: "bn,dense:1:relu,dropout:0.5" };

/** Makes the folder of a run that starts with the weights of another one. */
async function withStart(
  body: (run: ReturnType<typeof runDirectory>, startedFrom: StartedFrom) => void,
): Promise<void> {
  await withTemporaryFolder((folder) => {
    const run = runDirectory(folder);
    const startedFrom = {
      run: "other",
      path: "/r/other",
      checkpoint: "epoch-0007",
      epoch: 7,
      step: 0,
      weights_sha256: "",
    };
    const source: StartSource = {
      ...{ startedFrom, options: runOptionsSchema.parse({}), origin: PROVENANCE, layers: LAYERS },
      files: networkFiles({ layers: LAYERS, weights }),
      resolved: {
        ...{ data: {}, data_name: "d", classes: PROVENANCE.classes, train: 1, validation: 1, preprocess: "scale" },
        weights: { kind: "random", path: "", sha256: "" },
        engine: { kind: "wasm", version: "1", device: "cpu" },
      },
    };
    keepStart(run, source);
    const sha256 = readManifest(run.from).files["weights.bin"]?.sha256 ?? "";
    body(run, { ...startedFrom, weights_sha256: sha256 });
  });
}

function refused(act: () => unknown): HeadlightError {
  try {
    act();
  } catch (error) {
    if (error instanceof HeadlightError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

Deno.test("the weights to start with are those that were kept, and none without --from", async () => {
  await withStart((run, startedFrom) => {
    assert.deepEqual(keptStart(run, { started_from: startedFrom }, OURS), weights);
    assert.equal(keptStart(run, {}, OURS), null);
  });
});

Deno.test("weights of the base that turn out to be others are refused with exit status 2 before anything is computed", async () => {
  await withStart((run, startedFrom) => {
    const origin = { ...PROVENANCE, base_weights_sha256: "1".repeat(64) };
    const error = refused(() => keptStart(run, { started_from: startedFrom }, { ...OURS, origin }));
    assert.ok(error instanceof UnusableOptionsError);
    assert.match(
      error.message,
      /^--from other: the SHA-256 of the base's weights is "0+…?"? .* Use the same --weights/,
    );
    const others = { ...PROVENANCE, classes: ["day bed", "sofa"] };
    assert.match(
      refused(() => keptStart(run, { started_from: startedFrom }, { ...OURS, origin: others })).message,
      /class 1 is "wheel" in that run and "sofa" in this one/,
    );
    const layers = madeUpHead(512, { hidden: 2, classes: 2 });
    assert.match(
      refused(() => keptStart(run, { started_from: startedFrom }, { ...OURS, layers })).message,
      /the head is other layers in that run and bn,dense:1:relu/,
    );
  });
});

Deno.test("kept weights that are not those of config.json are refused, even if their own seal is right", async () => {
  await withStart((run, startedFrom) => {
    const other = { ...startedFrom, weights_sha256: "2".repeat(64) };
    assert.match(
      refused(() => keptStart(run, { started_from: other }, OURS)).message,
      /are not those that config.json names/,
    );
  });
});
