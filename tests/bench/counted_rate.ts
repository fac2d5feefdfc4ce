/** Measures how many images a second a process handles, and the processor time that it takes for one. */
import { z } from "zod";
import { processorMs } from "../../src/run/system/process_tree.ts";

/**
 * The shares of the images between which is measured. At the start code is still being compiled, and at the end nothing
 * is read ahead any more.
 */
const FROM = 0.2;
const TO = 0.9;

export const rateResultSchema = z.object({
  imagesPerSecond: z.number(),
  /** The processor time of all threads of the process per image, in milliseconds. */
  processorMs: z.number(),
});

interface Moment {
  readonly done: number;
  readonly atMs: number;
  readonly processorMs: number;
}

export class CountedRate {
  #done = 0;
  #from: Moment | null = null;
  #to: Moment | null = null;

  /** @param total the number of images that will be handled */
  constructor(private readonly total: number) {}

  /** Counts images that have been handled. */
  add(count: number): void {
    this.#done += count;
    if (this.#from === null && this.#done >= this.total * FROM) this.#from = this.#now();
    if (this.#to === null && this.#done >= this.total * TO) this.#to = this.#now();
  }

  /** @throws RangeError if too few images were handled */
  result(): z.infer<typeof rateResultSchema> {
    if (!this.#from || !this.#to || this.#to.done <= this.#from.done) {
      throw new RangeError(`${this.#done} of ${this.total} images are too few to measure`);
    }
    const images = this.#to.done - this.#from.done;
    return {
      imagesPerSecond: images / ((this.#to.atMs - this.#from.atMs) / 1000),
      processorMs: (this.#to.processorMs - this.#from.processorMs) / images,
    };
  }

  #now(): Moment {
    return { done: this.#done, atMs: performance.now(), processorMs: processorMs(Deno.pid) ?? NaN };
  }
}
