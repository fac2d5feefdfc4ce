/** What a process reports about the machine's WebGPU adapter. */
import { z } from "zod";

/**
 * The limits that are requested of a device. Without them it has WebGPU's default limits, which are lower than those of
 * most GPUs. They are those that tfjs's backend needs (its own start requests the same).
 */
export const LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

const limitsSchema = z.record(z.enum(LIMITS), z.number().positive());
export type Limits = z.infer<typeof limitsSchema>;

const adapterSchema = z.object({
  /** The GPU's name, as its driver reports it. */
  name: z.string(),
  /** Whether it is a driver that computes on the processor. */
  software: z.boolean(),
  limits: limitsSchema,
});
export type AdapterFacts = z.infer<typeof adapterSchema>;

export const webgpuFactsSchema = z.object({
  /** Whether Deno has WebGPU. */
  supported: z.boolean(),
  /** Null if no driver finds a GPU. */
  adapter: adapterSchema.nullable(),
  /** Why the adapter gives no device; null if it does, or if there is no adapter. */
  refused: z.string().nullable(),
});
export type WebgpuFacts = z.infer<typeof webgpuFactsSchema>;
