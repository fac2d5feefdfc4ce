/** Checks that networks are trained from scratch on pixels as heads are on features. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../src/run/checkpoints/checkpoint_store.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { Control } from "../../src/training/control.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { toTensors } from "../../src/training/initial_weights.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import { predictLogits } from "../../src/training/step.ts";
import { eagerSteps, type Steps, type StepsSpec } from "../../src/training/steps.ts";
import { train, type TrainingEvent, type TrainingOptions } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import { PROVENANCE } from "../run/checkpoints/made_checkpoint.ts";
import { withTemporaryFolder } from "../support.ts";
import { eventsOf, madeUpOptions } from "./made_up.ts";
import { CLASSES, MADE_UP_PIXELS, scratchSpec, SIDE } from "./made_up_pixels.ts";

const { tf } = await tensorflowEngine();

const NETWORKS = ["lesson-cnn", "lesson-cnn-plain"] as const;
/** 40 images are two whole batches and a short one. */
const OPTIONS: TrainingOptions = madeUpOptions({ epochs: 3, batchSize: 16, learningRate: 0.001 });

async function run(
  make: (spec: StepsSpec) => Steps,
  spec: StepsSpec,
  { options = OPTIONS, from = null, react = () => {} }: {
    options?: TrainingOptions;
    from?: TrainingSnapshot | null;
    react?: (event: TrainingEvent, control: Control) => void;
  } = {},
): Promise<{ readonly events: readonly TrainingEvent[]; readonly last: TrainingSnapshot }> {
  const before = tf.memory().numTensors;
  const control = new Control();
  const events: TrainingEvent[] = [];
  const steps = make(spec);
  for await (const event of train(steps, MADE_UP_PIXELS, options, control, from)) {
    events.push(event);
    react(event, control);
  }
  steps.dispose();
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
  const last = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last");
  assert.ok(last);
  return { events, last: last.snapshot };
}

const eager = (spec: StepsSpec) => eagerSteps(tf, spec);
const graph = (spec: StepsSpec) => new GraphSteps(tf, spec);

for (const base of NETWORKS) {
  const spec = scratchSpec(base);

  Deno.test(`${base}: steps run as a graph equal steps run op by op within 1e-5, with a short last batch`, async () => {
    const [{ last: one }, { last: other }] = [await run(eager, spec), await run(graph, spec)];
    assert.deepEqual(Object.keys(other.weights).sort(), Object.keys(one.weights).sort());
    for (const [name, values] of Object.entries(one.weights)) {
      values.forEach((value, place) => {
        const difference = Math.abs(value - (other.weights[name]?.[place] ?? NaN));
        assert.ok(difference <= 1e-5, `${name}[${place}] differs by ${difference}`);
      });
    }
  });

  Deno.test(`${base}: the same seed gives the same bits, another seed other ones`, async () => {
    const { last } = await run(graph, spec);
    assert.deepEqual((await run(graph, spec)).last, last);
    const other = await run(graph, spec, { options: { ...OPTIONS, seed: 3 } });
    assert.notDeepEqual(other.last.weights, last.weights);
  });

  Deno.test(`${base}: a run cut within an epoch and continued from its checkpoint on disk ends bit-identically`, async () => {
    const options = { ...OPTIONS, restoreBest: true };
    const cut = await run(graph, spec, {
      options,
      react: (event, control) => {
        if (event.type === "step" && event.epoch === 2 && event.step === 2) control.requestStop();
      },
    });
    assert.deepEqual([cut.last.epoch, cut.last.step], [1, 2]);
    await withTemporaryFolder(async (folder) => {
      const { path } = new CheckpointStore(folder, PROVENANCE).save(cut.last, "last");
      const { snapshot } = readCheckpoint(path);
      assert.deepEqual(snapshot, cut.last);
      const whole = await run(graph, spec, { options });
      assert.deepEqual((await run(graph, spec, { options, from: snapshot })).last, whole.last);
    });
  });

  Deno.test(`${base}: a checkpoint loads with tf.loadLayersModel and makes the run's predictions`, async () => {
    const { last } = await run(graph, spec);
    const { validation } = MADE_UP_PIXELS;
    const rows = await validation.gather(Int32Array.from({ length: validation.count }, (_, row) => row));
    await withTemporaryFolder(async (folder) => {
      const { path } = new CheckpointStore(folder, PROVENANCE).save(last, "manual");
      const model = await tf.loadLayersModel(`file://${join(path, "model.json")}`);
      tf.tidy(() => {
        const pixels = tf.tensor(rows, [validation.count, SIDE, SIDE, 3]);
        const predicted = model.predict(pixels);
        assert.ok(!Array.isArray(predicted));
        assert.deepEqual(predicted.shape, [validation.count, CLASSES]);
        const ours = predictLogits(tf, last.layers, toTensors(tf, last.layers, last.weights), pixels);
        const difference = tf.max(tf.abs(tf.sub(predicted, ours))).dataSync()[0] ?? NaN;
        assert.ok(difference < 1e-5, `logits differ by ${difference}`);
      });
      model.dispose();
    });
  });

  Deno.test(`${base}: a learning rate that breaks the weights ends the run with reason nan`, async () => {
    const { events } = await run(graph, spec, { options: { ...OPTIONS, learningRate: 1e30 } });
    assert.equal(eventsOf(events, "end")[0]?.reason, "nan");
  });
}

Deno.test("lesson-cnn-plain learns classes that differ in brightness", async () => {
  const { last } = await run(graph, scratchSpec("lesson-cnn-plain"), { options: { ...OPTIONS, epochs: 12 } });
  assert.ok((last.history.val_accuracy.at(-1) ?? 0) > 0.6, `${last.history.val_accuracy}`);
});
