/**
 * The provenance of a feature row: the processor and the number of threads, which affect the last bits of float32 sums.
 */
import { z } from "zod";
import type { Capabilities } from "../../engine/engine.ts";
import { processorText, thisProcessor } from "../../engine/processor.ts";
import { threadsPerOp } from "../../engine/threads.ts";

export const provenanceSchema = z.object({
  /** The processor's model and, on Linux, the instruction sets that TensorFlow's code depends on. */
  processor: z.string(),
  /** The number of threads that the engine uses for one op. */
  threads: z.int().min(1),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/**
 * Returns the processor and the number of threads with which an engine computes in this process. Call `preferThreads`
 * first.
 */
export function describeProcessor({ threads }: Pick<Capabilities, "threads">): Provenance {
  return { processor: processorText(thisProcessor()), threads: threads ? threadsPerOp() : 1 };
}

/** Returns a list without duplicates, sorted, so that equal sets give equal lists. */
export function distinct(list: readonly Provenance[]): Provenance[] {
  const byText = new Map(list.map((one) => [JSON.stringify([one.processor, one.threads]), one]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, provenance]) => provenance);
}
