/** Checks that every change to the files of a checkpoint is noticed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { named } from "../../../src/model/network_weights.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { sealedJson } from "../../../src/files/sealed_json.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { readCheckpoint, readNetwork } from "../../../src/run/checkpoints/read_checkpoint.ts";
import { initialWeights } from "../../../src/training/initial_weights.ts";
import { withTemporaryFolder } from "../../support.ts";
import { madeUpHead } from "../../training/made_up.ts";
import { LAYERS, madeSnapshot, makeCheckpoint, PROVENANCE } from "./made_checkpoint.ts";

const CUTS = 200;

/** Tries every damage and returns how many there were. Each must be refused in one line that names the file. */
function refusesAll(folder: string, name: string, read: () => unknown): { flips: number; cuts: number } {
  const path = join(folder, name);
  const bytes = Deno.readFileSync(path);
  const refused = (what: string) => {
    assert.throws(read, (error) => {
      assert.ok(error instanceof HeadlightError, `${name}, ${what}: ${error}`);
      assert.ok(error.message.includes(path) && !error.message.includes("\n"), `${name}, ${what}: ${error.message}`);
      assert.ok(error.message.length < 500, `${name}, ${what}: ${error.message}`);
      return true;
    }, `${name}, ${what} was taken`);
  };
  {
    using file = Deno.openSync(path, { write: true });
    const put = (index: number, byte: number) => {
      file.seekSync(index, Deno.SeekMode.Start);
      file.writeSync(Uint8Array.of(byte));
    };
    for (const [index, byte] of bytes.entries()) {
      put(index, byte ^ (1 << index % 8));
      refused(`byte ${index}`);
      put(index, byte);
    }
  }
  for (let cut = 0; cut < CUTS; cut++) {
    const length = Math.floor(bytes.length * cut / CUTS);
    Deno.writeFileSync(path, bytes.subarray(0, length));
    refused(`cut after ${length} bytes`);
  }
  Deno.writeFileSync(path, bytes);
  read();
  return { flips: bytes.length, cuts: CUTS };
}

for (
  const { what, make, names, read } of [
    {
      what: "a checkpoint, read to be continued",
      make: (folder: string) => makeCheckpoint(folder, madeUpHead(4, { hidden: 3, classes: 2 })),
      names: ["manifest.json", "model.json", "weights.bin", "state.json", "optimizer.bin", "history.bin"],
      read: readCheckpoint,
    },
    {
      what: "a head, read to be used",
      make: (folder: string) => makeCheckpoint(folder, LAYERS),
      names: ["manifest.json", "model.json", "weights.bin"],
      read: readNetwork,
    },
  ] as const
) {
  Deno.test(`${what}: a flipped byte anywhere and a cut at 200 places of every file are refused by file name`, async () => {
    await withTemporaryFolder((folder) => {
      const path = make(folder);
      const tried = names.map((name) => ({ name, ...refusesAll(path, name, () => read(path)) }));
      for (const { name, flips, cuts } of tried) console.log(`  ${name}: ${flips} flips, ${cuts} cuts, none taken`);
    });
  });
}

function refusal(read: () => unknown): string {
  let line = "nothing was refused";
  assert.throws(read, (error) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 1, String(error));
    line = error.message;
    return true;
  });
  return line;
}

const REMEDY = ". Use another checkpoint with --checkpoint";

Deno.test("a head whose classes differ from its manifest or whose width differs from its base is refused", async () => {
  await withTemporaryFolder((folder) => {
    const classes = makeCheckpoint(join(folder, "classes"), madeUpHead(512, { hidden: 1, classes: 3 }));
    assert.equal(
      refusal(() => readNetwork(classes)),
      `${join(classes, "model.json")} has 3 outputs, but manifest.json has 2 classes${REMEDY}`,
    );
    const width = makeCheckpoint(join(folder, "width"), madeUpHead(511, { hidden: 1, classes: 2 }));
    assert.equal(
      refusal(() => readNetwork(width)),
      `${join(width, "model.json")} has a head for 511 features, but squeezenet11 has 512${REMEDY}`,
    );
  });
});

Deno.test("a head with weights that are NaN or infinite is refused, naming the weight", async () => {
  await withTemporaryFolder((folder) => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const weights = initialWeights(LAYERS, 1);
      named(weights, "dense/bias")[0] = value;
      const path = join(folder, `${value}`);
      new CheckpointStore(folder, PROVENANCE).saveFinal({ epoch: 1, layers: LAYERS, weights }, path);
      assert.equal(
        refusal(() => readNetwork(path)),
        `${join(path, "weights.bin")} has NaN or infinite values in dense/bias${REMEDY}`,
      );
    }
  });
});

Deno.test("a checkpoint with missing weights is refused", async () => {
  await withTemporaryFolder((folder) => {
    const path = makeCheckpoint(folder, LAYERS);
    const manifest = JSON.parse(Deno.readTextFileSync(join(path, "manifest.json")));
    // Sealed again, as a faulty program would write it.
    delete manifest.files["weights.bin"];
    Deno.writeTextFileSync(join(path, "manifest.json"), sealedJson({ ...manifest, seal: undefined }));
    assert.equal(
      refusal(() => readNetwork(path)),
      `${join(path, "weights.bin")} is not listed in its manifest.json${REMEDY}`,
    );
    Deno.removeSync(join(path, "manifest.json"));
    assert.equal(refusal(() => readNetwork(path)), `${join(path, "manifest.json")} does not exist${REMEDY}`);
  });
});

Deno.test("a checkpoint does not create a run folder again after its removal", async () => {
  await withTemporaryFolder((folder) => {
    const store = new CheckpointStore(join(folder, "gone", "checkpoints"), PROVENANCE);
    assert.throws(() => store.save(madeSnapshot(LAYERS), "last"), Deno.errors.NotFound);
    const weights = initialWeights(LAYERS, 1);
    const path = join(folder, "gone", "final");
    assert.throws(() => store.saveFinal({ epoch: 1, layers: LAYERS, weights }, path), Deno.errors.NotFound);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});
