/** What made a feature row: the processor and the number of threads, which move the last bits of float32 sums. */
import { cpus } from "node:os";
import { z } from "zod";
import { processorFeatures } from "../engine/processor.ts";

export const provenanceSchema = z.object({
  /** The processor's model and, where Linux tells, the features that TensorFlow's code depends on. */
  processor: z.string(),
  /** Threads that the engine takes for one op. */
  threads: z.int().min(1),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** Describes the processor and threads that this process computes with, once `preferThreads` has been called. */
export function describeProcessor(env = (name: string) => Deno.env.get(name)): Provenance {
  const features = processorFeatures(readText("/proc/cpuinfo"));
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const threads = Number(env("TF_NUM_INTRAOP_THREADS"));
  return {
    processor: [model, ...features].join(", "),
    // 0 and what is no number mean to TensorFlow: one for each core.
    threads: Number.isInteger(threads) && threads > 0 ? threads : navigator.hardwareConcurrency,
  };
}

/** Returns the different ones of a list, sorted, so that equal sets are equal lists. */
export function distinct(list: readonly Provenance[]): Provenance[] {
  const byText = new Map(list.map((one) => [JSON.stringify([one.processor, one.threads]), one]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, provenance]) => provenance);
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // Only Linux has it.
    return "";
  }
}
