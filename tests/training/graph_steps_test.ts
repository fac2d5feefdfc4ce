import assert from "node:assert/strict";
import { featureSource } from "../../src/training/batches.ts";
import { Control } from "../../src/training/control.ts";
import { GraphSteps, type GraphStepsOptions } from "../../src/training/graph_steps.ts";
import { eagerSteps, type Steps } from "../../src/training/steps.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import { train, type TrainingData, type TrainingEvent } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import { eventsOf, MADE_UP, type MadeUpOptions, madeUpOptions, madeUpSet, madeUpSource, stepsSpec } from "./made_up.ts";

const { tf } = await tensorflowEngine();

type Make = (options: MadeUpOptions, width: number) => Steps | Promise<Steps>;

const eager: Make = (options, width) => eagerSteps(tf, stepsSpec(options, width));
const graph = (how: GraphStepsOptions = {}): Make => (options, width) =>
  new GraphSteps(tf, stepsSpec(options, width), how);

interface Ran {
  readonly events: readonly TrainingEvent[];
  readonly last: TrainingSnapshot;
}

async function run(
  make: Make,
  options: MadeUpOptions,
  { data = MADE_UP, from = null, react = () => {} }: {
    data?: TrainingData;
    from?: TrainingSnapshot | null;
    react?: (event: TrainingEvent, control: Control) => void;
  } = {},
): Promise<Ran> {
  const before = tf.memory().numTensors;
  const control = new Control();
  const events: TrainingEvent[] = [];
  const steps = await make(options, data.train.shape[0] ?? 0);
  for await (const event of train(steps, data, options, control, from)) {
    events.push(event);
    react(event, control);
  }
  steps.dispose();
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
  const last = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last");
  assert.ok(last);
  return { events, last: last.snapshot };
}

/** Returns the results of each step and each epoch, without the seconds. */
function figures(events: readonly TrainingEvent[]) {
  return {
    steps: eventsOf(events, "step").map(({ epoch, step, means }) => ({ epoch, step, means })),
    history: eventsOf(events, "end")[0]?.history,
    reason: eventsOf(events, "end")[0]?.reason,
  };
}

function assertSame(one: Ran, other: Ran): void {
  assert.deepEqual(one.last, other.last);
  assert.deepEqual(figures(one.events), figures(other.events));
}

const CASES: Readonly<Record<string, { options: Partial<MadeUpOptions>; data?: TrainingData }>> = {
  "a short last batch": { options: {} },
  "a last batch of one image": { options: { batchSize: 33 } },
  "only whole batches": { options: { batchSize: 25 } },
  "one batch, larger than the set": { options: { batchSize: 128 } },
  "no dropout": { options: { dropout: 0 } },
  "a linear head": { options: { head: "linear" } },
  "a deeper head": { options: { head: "bn,dense:20:relu,dropout:0.3,bn,dense:9:tanh,dropout:0.2,dense:5:sigmoid" } },
  "the lesson's widths": {
    options: { hidden: 50, classes: 10, epochs: 2 },
    data: { train: madeUpSource(150, 10, 1024, 1), validation: madeUpSource(40, 10, 1024, 2) },
  },
};

for (const [what, { options: changed, data }] of Object.entries(CASES)) {
  Deno.test(`steps run as a graph equal steps run op by op, bit for bit: ${what}`, async () => {
    const options = madeUpOptions(changed);
    const reference = await run(eager, options, data ? { data } : {});
    assertSame(await run(graph(), options, data ? { data } : {}), reference);
    assertSame(await run(graph({ mostPerCall: 2 }), options, data ? { data } : {}), reference);
  });
}

Deno.test("a run cut within an epoch and continued as a graph ends bit-identically to an uncut run op by op", async () => {
  const options = madeUpOptions({ batchSize: 10, restoreBest: true });
  // A clock that stands still, so that the number of steps in a call does not depend on the load of the machine.
  const cut = await run(graph({ mostPerCall: 3, nowMs: () => 0 }), options, {
    react: (event, control) => {
      if (event.type === "step" && event.epoch === 3 && event.step === 5) control.requestStop();
    },
  });
  assert.deepEqual([cut.last.epoch, cut.last.step], [2, 6], "a stop waits for the call under way, no longer");
  const whole = await run(eager, options);
  assert.deepEqual((await run(graph(), options, { from: cut.last })).last, whole.last);
});

Deno.test("a loss that is not finite ends a graph of several steps at the same step as single steps", async () => {
  const train = madeUpSet(100, 4, 12, 1);
  train.features.fill(Infinity, 12 * 57, 12 * 58);
  const options = madeUpOptions({ batchSize: 10, shuffle: false });
  const data = { ...MADE_UP, train: featureSource(train) };
  const reference = await run(eager, options, { data });
  assert.equal(eventsOf(reference.events, "end")[0]?.reason, "nan");
  assert.equal(eventsOf(reference.events, "step").length, 6);
  assertSame(await run(graph(), options, { data }), reference);
});

Deno.test("warming up changes no bit and leaves no tensor", async () => {
  const options = madeUpOptions();
  const warmed: Make = async (asked, width) => {
    const steps = new GraphSteps(tf, stepsSpec(asked, width));
    const before = tf.memory().numTensors;
    await steps.warmUp([32, 4]);
    assert.equal(tf.memory().numTensors, before);
    return steps;
  };
  assertSame(await run(warmed, options), await run(eager, options));
});
