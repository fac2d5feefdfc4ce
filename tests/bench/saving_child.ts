/** Trains a head on made-up features, with the checkpoints of a run or without any, and measures the time. */
import { join } from "node:path";
import { z } from "zod";
import { engineFilesSchema } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/engines/load.ts";
import { CheckpointStore } from "../../src/run/checkpoints/checkpoint_store.ts";
import { SaveTimer, SavingInterval } from "../../src/run/saving_interval.ts";
import { Control } from "../../src/training/control.ts";
import { makeSteps } from "../../src/training/make_steps.ts";
import { train } from "../../src/training/train.ts";
import { madeUpOptions, madeUpSource, stepsSpec } from "../training/made_up.ts";
import { printResult, readRequest } from "./children.ts";

const requestSchema = z.object({
  engine: engineFilesSchema,
  /** A folder for the checkpoints. */
  folder: z.string(),
  hidden: z.int(),
  epochs: z.int(),
  /** How often `last` is saved at most, in milliseconds; null for the interval of a run. */
  everyMs: z.number().nullable(),
  saves: z.boolean(),
});

export const savingResultSchema = z.object({
  epochMs: z.number(),
  /** The number of checkpoints written, and the time that they took. */
  saved: z.int(),
  saveMs: z.number(),
});

/** The lesson's set: features of DenseNet121. */
const WIDTH = 1024;
const IMAGES = { train: 878, validation: 293 };
/** With it, no epoch is better than the first one. Otherwise both contenders would save each better epoch. */
const STANDSTILL = 1e-12;

if (import.meta.main) {
  const { engine, folder, hidden, epochs, everyMs, saves } = readRequest(requestSchema);
  const options = madeUpOptions({ hidden, classes: 10, epochs, learningRate: STANDSTILL });
  const earlyStopping = { ...options.earlyStopping, patience: epochs };
  const loaded = await loadEngine(engine);
  const data = {
    train: madeUpSource(IMAGES.train, options.classes, WIDTH, 1),
    validation: madeUpSource(IMAGES.validation, options.classes, WIDTH, 2),
  };
  const steps = await makeSteps(loaded, stepsSpec(options, WIDTH), {
    images: IMAGES.train,
    batchSize: options.batchSize,
  });
  const control = new Control();
  const store = new CheckpointStore(join(folder, "checkpoints"), {
    ...{ run: "bench", base: "densenet121", base_weights_sha256: "", preprocess: "scale", size: 160, pooling: "max" },
    classes: Array.from({ length: options.classes }, (_, index) => `class ${index}`),
  });
  const interval = new SavingInterval(everyMs ?? undefined);
  const timer = saves ? new SaveTimer(() => control.requestCheckpoint("last"), interval) : null;
  let saved = 0;
  let saveMs = 0;
  const startedMs = performance.now();
  for await (const event of train(steps, data, { ...options, earlyStopping }, control)) {
    if (event.type !== "snapshot" || !saves) continue;
    const sinceMs = performance.now();
    store.save(event.snapshot, event.kind);
    const tookMs = event.readMs + performance.now() - sinceMs;
    timer?.saved(tookMs);
    saveMs += tookMs;
    saved++;
  }
  const epochMs = (performance.now() - startedMs) / epochs;
  timer?.dispose();
  steps.dispose();
  printResult({ epochMs, saved, saveMs });
  // An engine may keep threads that are not needed any more.
  Deno.exit(0);
}
