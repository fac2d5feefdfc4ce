/** What made a feature row: the processor and the number of threads, which move the last bits of float32 sums. */
import { z } from "zod";
import type { Capabilities } from "../../engine/engine.ts";
import { processorText, thisProcessor } from "../../engine/processor.ts";
import { threadsPerOp } from "../../engine/threads.ts";

export const provenanceSchema = z.object({
  /** The processor's model and, where Linux tells, the features that TensorFlow's code depends on. */
  processor: z.string(),
  /** Threads that the engine takes for one op. */
  threads: z.int().min(1),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** Describes the processor and threads that an engine computes with in this process, once `preferThreads` was called. */
export function describeProcessor({ threads }: Pick<Capabilities, "threads">): Provenance {
  return { processor: processorText(thisProcessor()), threads: threads ? threadsPerOp() : 1 };
}

/** Returns the different ones of a list, sorted, so that equal sets are equal lists. */
export function distinct(list: readonly Provenance[]): Provenance[] {
  const byText = new Map(list.map((one) => [JSON.stringify([one.processor, one.threads]), one]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, provenance]) => provenance);
}
