/**
 * Sets up the engine and the training steps when they are first asked for, best while the extractor works in its own
 * process. It takes half a second, during which this process handles no messages.
 */
import type { RunOptions } from "../config.ts";
import { trainerOf } from "../engine/engine.ts";
import { loadEngine } from "../engine/engines/load.ts";
import { preferThreads } from "../engine/threads.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { describeProcessor, type Provenance } from "../features/rows/provenance.ts";
import { describe } from "../model/layers.ts";
import { makeSteps } from "../training/make_steps.ts";
import type { Steps } from "../training/steps.ts";
import type { Prepared } from "./prepare.ts";

/**
 * Below this number of products, two threads take longer than one because of synchronization: 27 steps of the lesson's
 * head took 13 ms with one thread and 19.5 ms with two (three alternating rounds). With 512 hidden units they took 39
 * and 47 ms, and with 1024 both took the same time.
 */
const SMALL_PRODUCT = 17e6;

export class StepsSetUp {
  #making: Promise<Steps> | null = null;
  #made: Steps | null = null;
  #processor: Provenance | null = null;

  constructor(
    private readonly prepared: Pick<Prepared, "engine" | "dataset">,
    private readonly options: Pick<RunOptions, "batch" | "class_weight">,
    /** The layers that are trained. */
    private readonly layers: readonly LayerSpec[],
  ) {}

  /** Returns the steps; a second call returns the same ones. */
  steps(): Promise<Steps> {
    this.#making ??= this.#make();
    // The caller that awaits the steps gets the error. Without this handler, it would end the process before that.
    this.#making.catch(() => {});
    return this.#making;
  }

  /** Returns the processor and the number of threads that the steps run on. */
  async processor(): Promise<Provenance> {
    await this.steps();
    if (this.#processor === null) throw new Error("the steps are made with an engine");
    return this.#processor;
  }

  /** Frees what has been set up. Does not wait for a set-up in progress, because the process is about to end. */
  dispose(): void {
    this.#made?.dispose();
  }

  async #make(): Promise<Steps> {
    const { prepared: { engine, dataset }, options, layers } = this;
    const largest = Math.max(...describe(layers).map(({ macs }) => macs));
    if (largest * options.batch < SMALL_PRODUCT) preferThreads(1);
    const loaded = await loadEngine(trainerOf(engine));
    this.#processor = describeProcessor(loaded.capabilities);
    const spec = { layers, weighted: options.class_weight !== "none" };
    this.#made = await makeSteps(loaded, spec, {
      images: dataset.train.count,
      batchSize: options.batch,
    });
    return this.#made;
  }
}
