/**
 * The provenance of a feature row: the processor and the number of threads, or the GPU, which affect the last bits of
 * float32 sums, and what was computed in bfloat16.
 */
import { z } from "zod";
import type { Capabilities } from "../../engine/engine.ts";
import { processorText, thisProcessor } from "../../engine/processor.ts";
import { roundingSchema } from "../base/rounding.ts";
import { threadsPerOp } from "../../engine/threads.ts";

export const provenanceSchema = z.object({
  /**
   * The processor's model and, on Linux, the instruction sets that TensorFlow's code depends on. The name of the device
   * if another one computes.
   */
  processor: z.string(),
  /** The number of threads that the engine uses for one op. */
  threads: z.int().min(1),
  /** How much of the base was computed in bfloat16. Missing if float32 was requested. */
  bfloat16: roundingSchema.optional(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/**
 * Returns the processor and the number of threads with which an engine computes in this process. Call `preferThreads`
 * first.
 *
 * @param deviceName the name of the device, if it is not the processor
 */
export function describeProcessor({ threads }: Pick<Capabilities, "threads">, deviceName?: string): Provenance {
  return { processor: deviceName ?? processorText(thisProcessor()), threads: threads ? threadsPerOp() : 1 };
}

/** Returns the list without duplicates, and sorted, so that equal sets give equal lists. */
export function distinct(list: readonly Provenance[]): Provenance[] {
  const byText = new Map(list.map((one) => [JSON.stringify([one.processor, one.threads, one.bfloat16]), one]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, provenance]) => provenance);
}
