/**
 * Sets up the engine and the head's training steps when they are first requested. This takes half a second, during
 * which this process handles no messages, so it should happen while the extractor works in its own process.
 */
import type { RunOptions } from "../config.ts";
import { loadEngine } from "../engine/engines/load.ts";
import { preferThreads } from "../engine/threads.ts";
import { bases } from "../bases/bases.ts";
import type { HeadSteps } from "../training/head_steps.ts";
import { makeHeadSteps } from "../training/make_steps.ts";
import type { Prepared } from "./prepare.ts";

/**
 * Below this number of products, two threads take longer than one because of synchronization: 27 steps of the lesson's
 * head took 13 ms with one thread and 19.5 ms with two (three alternating rounds). With 512 hidden units they took 39
 * and 47 ms, and with 1024 both took the same time.
 */
const SMALL_PRODUCT = 17e6;

export class HeadSetUp {
  #making: Promise<HeadSteps> | null = null;
  #made: HeadSteps | null = null;

  constructor(
    private readonly prepared: Pick<Prepared, "engine" | "dataset">,
    private readonly options: Pick<RunOptions, "base" | "hidden" | "dropout" | "batch" | "class_weight">,
  ) {}

  /** Returns the steps. Further calls return the same ones. */
  steps(): Promise<HeadSteps> {
    this.#making ??= this.#make();
    // The caller that awaits the steps gets the error. Without this handler, it would end the process before that.
    this.#making.catch(() => {});
    return this.#making;
  }

  /** Frees what has been set up. Does not wait for a set-up in progress, because the process is about to end. */
  dispose(): void {
    this.#made?.dispose();
  }

  async #make(): Promise<HeadSteps> {
    const { prepared: { engine, dataset }, options } = this;
    const head = { width: bases[options.base].featureWidth, hidden: options.hidden, classes: dataset.classes.length };
    if (head.width * head.hidden * options.batch < SMALL_PRODUCT) preferThreads(1);
    const loaded = await loadEngine(engine);
    const shape = { head, dropout: options.dropout > 0, weighted: options.class_weight !== "none" };
    this.#made = await makeHeadSteps(loaded, shape, {
      images: dataset.train.count,
      batchSize: options.batch,
    });
    return this.#made;
  }
}
