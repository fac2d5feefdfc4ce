/**
 * Counts what a viewer and a trainer allocate for one more epoch, after few and after many: V8 counts every byte that is
 * allocated, so the figures do not depend on time. Prints them as JSON. Needs --v8-flags=--expose-gc.
 */
import { getHeapStatistics } from "node:v8";
import { drawnDashboard, recordedRun } from "../bench/drawn_dashboard.ts";
import { printResult, readRequest } from "../bench/children.ts";
import { median } from "../bench/numbers.ts";
import { plainLines } from "../../src/dashboard/plain/plain_lines.ts";
import { type DashboardState, reduce } from "../../src/dashboard/view/state.ts";
import type { RunEvent } from "../../src/events.ts";
import { byClassFigure, byFigure } from "../../src/metrics.ts";
import { figuresOfEpochs, type History } from "../../src/training/history.ts";
import { Control } from "../../src/training/control.ts";
import { eagerSteps } from "../../src/training/steps.ts";
import { train, type TrainingEvent } from "../../src/training/train.ts";
import { CheckpointStore } from "../../src/run/checkpoints/checkpoint_store.ts";
import { bestNames } from "../../src/run/checkpoints/keeping.ts";
import { tensorflowEngine } from "../engine.ts";
import { pressed, stream } from "../dashboard/replay.ts";
import { LAYERS, madeSnapshot, PROVENANCE } from "../run/checkpoints/made_checkpoint.ts";
import { MADE_UP, madeUpOptions, stepsSpec } from "../training/made_up.ts";
import { allocatedBytes, collect } from "./allocated.ts";
import { type Cost, growthRequestSchema, type GrowthResult } from "./growth.ts";

/** After this many, V8 has compiled what runs, and no longer allocates for it. */
const WARM_UP = 100;
/** Of what saves a checkpoint, much is called once per checkpoint, and is compiled later. */
const WARM_UP_SAVING = 300;
const COUNTED = 20;
const PARTS = 5;
/** More than a chart is wide: every column has several epochs already. */
const FEW = 1000;
const MANY = 30_000;
/** The window shows a quarter of the epochs, so it takes four times as many until every column has several. */
const FEW_IN_WINDOW = 4 * FEW;
const SIZE = { columns: 200, rows: 50 };

const { what: asked } = readRequest(growthRequestSchema);
const events = stream("overfit");

/**
 * Returns the number of bytes that one call allocates. It is the median of several means, because every now and then an
 * array that grows is moved to more room.
 */
async function allocatedBy(once: () => void | Promise<void>, warmUp = WARM_UP): Promise<number> {
  for (let turn = 0; turn < warmUp; turn++) await once();
  const means: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const before = allocatedBytes();
    for (let turn = 0; turn < COUNTED; turn++) await once();
    means.push((allocatedBytes() - before) / COUNTED);
  }
  return median(means);
}

/** Returns the events of one more epoch. */
function nextEpoch({ run }: DashboardState): RunEvent[] {
  const known = events.filter(({ type }) => type === "epoch" || type === "early_stopping" || type === "progress");
  const epoch = run.epochs.length + 1;
  const last = (type: RunEvent["type"]) => known.filter((event) => event.type === type).slice(-2);
  return [...last("progress"), ...last("epoch").slice(-1), ...last("early_stopping").slice(-1)]
    .map((event) => "epoch" in event ? { ...event, epoch } : event)
    // The recorded run is of before the class metrics.
    .map((event) => event.type === "epoch" ? { ...event, ...byClassFigure(() => 1 / epoch) } : event);
}

/** A run that goes on epoch by epoch. */
class Going {
  constructor(public state: DashboardState) {}

  static async after(epochs: number): Promise<Going> {
    return new Going(await recordedRun(events, epochs, SIZE));
  }

  epoch(print = false): void {
    for (const event of nextEpoch(this.state)) {
      const before = this.state;
      this.state = reduce(before, event);
      if (print) plainLines(before, event);
    }
  }
}

async function eventsCost(epochs: number, print: boolean): Promise<number> {
  const run = await Going.after(epochs);
  return await allocatedBy(() => run.epoch(print));
}

/** Draws a frame after each epoch. */
async function frameCost(epochs: number, size: typeof SIZE, ...keys: string[]): Promise<number> {
  const run = await Going.after(epochs);
  run.state = pressed(reduce(run.state, { type: "resize", ...size }), ...keys);
  const dashboard = await drawnDashboard(run.state, size);
  const bytes = await allocatedBy(async () => {
    run.epoch();
    await dashboard.draw(run.state);
  });
  dashboard.close();
  return bytes;
}

/** Trains on from a state with this many epochs. */
async function trainingCost(epochs: number): Promise<number> {
  const { tf } = await tensorflowEngine();
  const options = madeUpOptions({ batchSize: 100, epochs: 1 });
  const first = await Array.fromAsync(train(eagerSteps(tf, stepsSpec(options)), MADE_UP, options, new Control()));
  const begun = first.find((event) => event.type === "snapshot");
  if (begun?.type !== "snapshot") throw new Error("the first epoch has no checkpoint");
  const more = WARM_UP + PARTS * COUNTED + 1;
  const earlyStopping = { ...options.earlyStopping, patience: epochs + more };
  const going = { ...options, epochs: epochs + more, earlyStopping };
  const from = { ...begun.snapshot, epoch: epochs, history: historyOf(epochs) };
  // The clock stands still, so that no epoch reports predictions.
  const steps = eagerSteps(tf, stepsSpec(options));
  const loop: AsyncGenerator<TrainingEvent> = train(steps, MADE_UP, going, new Control(), from, () => 0);
  let tensors: number | null = null;
  return await allocatedBy(async () => {
    for (let finished = false; !finished;) {
      const { value } = await loop.next();
      finished = value.type === "early_stopping";
    }
    tensors ??= tf.memory().numTensors;
    if (tf.memory().numTensors !== tensors) throw new Error(`${tf.memory().numTensors} tensors, ${tensors} before`);
  });
}

/** Decides which checkpoints are kept, as after each epoch of a run with --keep. */
function keepingCost(epochs: number): Promise<number> {
  const all = historyOf(epochs);
  const names = [1, 2, 3, epochs].map((epoch) => `epoch-${String(epoch).padStart(4, "0")}`);
  return allocatedBy(() => void bestNames(names, all, { count: 3, monitor: "val_loss", mode: "min" }));
}

/** Saves a checkpoint. Its history is the only thing in it that grows with the epochs. */
async function savingCost(epochs: number): Promise<number> {
  const folder = Deno.makeTempDirSync();
  const store = new CheckpointStore(folder, PROVENANCE);
  const snapshot = { ...madeSnapshot(LAYERS), history: historyOf(epochs) };
  let epoch = epochs;
  const save = () => void store.save({ ...snapshot, epoch: ++epoch }, "last");
  const bytes = await allocatedBy(save, WARM_UP_SAVING);
  Deno.removeSync(folder, { recursive: true });
  return bytes;
}

/** Returns a history whose first epoch is the best one. */
function historyOf(epochs: number): History {
  const figures = () =>
    figuresOfEpochs(Array.from({ length: epochs }, (_, index) => index === 0 ? 1 : index / epochs / 2));
  return { ...byFigure(figures), ...byClassFigure(figures) };
}

/** Returns what the dashboard keeps of each epoch, with what the charts find out about it. */
async function keptOfAnEpoch(): Promise<number> {
  const used = async () => {
    await collect();
    // Columns of floats are outside of V8's heap.
    return getHeapStatistics().used_heap_size + Deno.memoryUsage().external;
  };
  const run = await Going.after(FEW);
  const dashboard = await drawnDashboard(run.state, SIZE);
  const settle = async () => {
    for (let turn = 0; turn < WARM_UP; turn++) run.epoch();
    await dashboard.draw(run.state);
  };
  await settle();
  const before = await used();
  const more = MANY;
  for (let turn = 0; turn < more; turn++) run.epoch();
  await settle();
  const grown = (await used() - before) / (more + WARM_UP);
  dashboard.close();
  return grown;
}

const COSTS: Readonly<Record<Cost, (epochs: number) => Promise<number>>> = {
  events: (epochs) => eventsCost(epochs, false),
  plain: (epochs) => eventsCost(epochs, true),
  frame: (epochs) => frameCost(epochs, SIZE),
  window: (epochs) => frameCost(epochs, SIZE, "w"),
  smoothed: (epochs) => frameCost(epochs, SIZE, "m"),
  compact: (epochs) => frameCost(epochs, { columns: 80, rows: 14 }),
  training: trainingCost,
  keeping: keepingCost,
  saving: savingCost,
};

const costs = [];
for (const what of asked) {
  const few = what === "window" ? FEW_IN_WINDOW : FEW;
  costs.push({ what, few: await COSTS[what](few), many: await COSTS[what](MANY) });
}
printResult({ costs, kept: asked.includes("events") ? await keptOfAnEpoch() : null } satisfies GrowthResult);
Deno.exit(0);
