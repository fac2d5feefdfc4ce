import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { checkpointName } from "../../../src/run/checkpoints/checkpoint_names.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import type { HeadOrigin } from "../../../src/run/checkpoints/head_origin.ts";
import { readCheckpoint } from "../../../src/run/checkpoints/read_checkpoint.ts";
import { Control } from "../../../src/training/control.ts";
import { toTensors } from "../../../src/training/initial_weights.ts";
import { predictLogits } from "../../../src/training/step.ts";
import type { TrainingSnapshot } from "../../../src/training/snapshot.ts";
import { eagerSteps } from "../../../src/training/steps.ts";
import { train, type TrainingEvent } from "../../../src/training/train.ts";
import { tensorflowEngine } from "../../engine.ts";
import { withTemporaryFolder } from "../../support.ts";
import { eventsOf, MADE_UP, type MadeUpOptions, madeUpOptions, stepsSpec } from "../../training/made_up.ts";

const { tf } = await tensorflowEngine();

const PROVENANCE: HeadOrigin = {
  run: "20261123-205501-densenet121-demo",
  base: "densenet121",
  base_weights_sha256: "0".repeat(64),
  preprocess: "scale",
  size: 160,
  pooling: "max",
  resize: "bilinear",
  precision: "float32",
  classes: ["a", "b", "c", "d"],
};

/** Returns the snapshots of a run, which stops in epoch 3 after its second batch by default. */
async function snapshots(options: MadeUpOptions, from: TrainingSnapshot | null = null, cut = true) {
  const control = new Control();
  const events: TrainingEvent[] = [];
  for await (const event of train(eagerSteps(tf, stepsSpec(options)), MADE_UP, options, control, from)) {
    events.push(event);
    if (cut && event.type === "step" && event.epoch === 3 && event.step === 2) control.requestStop();
  }
  return eventsOf(events, "snapshot");
}

function last(list: Awaited<ReturnType<typeof snapshots>>): TrainingSnapshot {
  const found = list.findLast(({ kind }) => kind === "last");
  assert.ok(found);
  return found.snapshot;
}

/** The lesson's head, and others: short forms of `--head`. */
const HEADS = [undefined, "linear", "bn,dense:20:relu,dropout:0.3,bn,dense:9:tanh,dropout:0.2,dense:5:sigmoid"];

for (const head of HEADS) {
  Deno.test(`a run continued from a checkpoint on disk ends bit-identically to an uncut run: ${head ?? "the lesson's head"}`, async () => {
    const options = madeUpOptions({ head, restoreBest: true });
    await withTemporaryFolder(async (folder) => {
      const store = new CheckpointStore(folder, PROVENANCE);
      const { path } = store.save(last(await snapshots(options)), "last");
      const { snapshot, manifest } = readCheckpoint(path);
      assert.deepEqual([manifest.epoch, manifest.step, manifest.base], [2, 2, "densenet121"]);
      const continued = last(await snapshots(options, snapshot, false));
      assert.deepEqual(continued, last(await snapshots(options, null, false)));
    });
  });

  Deno.test(`a checkpoint loads with tf.loadLayersModel and makes the run's predictions: ${head ?? "the lesson's head"}`, async () => {
    await loadsInTfjs(madeUpOptions({ head }));
  });
}

async function loadsInTfjs(options: MadeUpOptions): Promise<void> {
  const snapshot = last(await snapshots(options));
  await withTemporaryFolder(async (folder) => {
    const { path } = new CheckpointStore(folder, PROVENANCE).save(snapshot, "manual");
    const { validation } = MADE_UP;
    const rows = await validation.gather(Int32Array.from({ length: validation.count }, (_, row) => row));
    const before = tf.memory().numTensors;
    const model = await tf.loadLayersModel(`file://${join(path, "model.json")}`);
    tf.tidy(() => {
      const features = tf.tensor(rows, [validation.count, ...validation.shape]);
      const predicted = model.predict(features);
      assert.ok(!Array.isArray(predicted));
      const ours = predictLogits(tf, snapshot.layers, toTensors(tf, snapshot.layers, snapshot.weights), features);
      const difference = tf.max(tf.abs(tf.sub(predicted, ours))).dataSync()[0] ?? NaN;
      assert.ok(difference < 1e-5, `logits differ by ${difference}`);
    });
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("the links best and last are moved; best, last and requested checkpoints are kept and the others removed", async () => {
  const snapshot = last(await snapshots(madeUpOptions()));
  await withTemporaryFolder((folder) => {
    const store = new CheckpointStore(folder, PROVENANCE);
    const at = (epoch: number, step = 0): TrainingSnapshot => ({ ...snapshot, epoch, step });
    const names = (): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    store.save(at(1), "best");
    assert.deepEqual(names(), ["best", "epoch-0001", "last"]);
    store.save(at(2, 7), "manual");
    store.save(at(3), "last");
    store.save(at(4), "best");
    store.save(at(5), "last");
    assert.deepEqual(names(), ["best", "epoch-0002-step-0007", "epoch-0004", "epoch-0005", "last"]);
    assert.equal(Deno.readLinkSync(join(folder, "best")), "epoch-0004");
    assert.equal(Deno.readLinkSync(join(folder, "last")), "epoch-0005");
  });
});

Deno.test("a checkpoint of an epoch that another run saved in the same directory gets a suffix", async () => {
  const snapshot = last(await snapshots(madeUpOptions()));
  await withTemporaryFolder((folder) => {
    const paths = [1, 2].map(() => new CheckpointStore(folder, PROVENANCE).save(snapshot, "manual").path);
    assert.deepEqual(paths, ["epoch-0002-step-0002", "epoch-0002-step-0002-2"].map((name) => join(folder, name)));
  });
  assert.equal(checkpointName(12, 0), "epoch-0012");
});

Deno.test("a checkpoint with a changed byte is refused, naming the file", async () => {
  const snapshot = last(await snapshots(madeUpOptions()));
  for (const name of ["model.json", "weights.bin", "state.json", "optimizer.bin", "history.bin"]) {
    await withTemporaryFolder((folder) => {
      const { path } = new CheckpointStore(folder, PROVENANCE).save(snapshot, "last");
      const file = join(path, name);
      const bytes = Deno.readFileSync(file);
      bytes[10] = (bytes[10] ?? 0) ^ 1;
      Deno.writeFileSync(file, bytes);
      assert.throws(
        () => readCheckpoint(path),
        (error) => error instanceof HeadlightError && error.message.includes(name),
      );
    });
  }
});

Deno.test("figures that are not finite survive a checkpoint", async () => {
  const snapshot = last(await snapshots(madeUpOptions()));
  const broken: TrainingSnapshot = {
    ...snapshot,
    sums: { loss: NaN, correct: 3, count: 32 },
    earlyStopping: { ...snapshot.earlyStopping, reference: NaN },
  };
  await withTemporaryFolder((folder) => {
    const { path } = new CheckpointStore(folder, PROVENANCE).save(broken, "last");
    assert.deepEqual(readCheckpoint(path).snapshot, broken);
  });
});
