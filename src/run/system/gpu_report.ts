/** What `report_gpus.ts` reports, one JSON line each. */
import { z } from "zod";
import type { NvmlGpu } from "../../engine/cuda/libnvml.ts";

const figure = z.number().nullable();
const gpuSchema = z.object({
  name: z.string().nullable(),
  pciBusId: z.string().nullable(),
  pids: z.array(z.int()).readonly(),
  utilizationPercent: figure,
  memoryUsedBytes: figure,
  memoryTotalBytes: figure,
  temperatureCelsius: figure,
  powerWatts: figure,
}) satisfies z.ZodType<NvmlGpu>;

export const gpuReportSchema = z.discriminatedUnion("kind", [
  /** The answer to a request. */
  z.object({ kind: z.literal("gpus"), gpus: z.array(gpuSchema) }),
  /** libnvidia-ml cannot be opened. The program ends. */
  z.object({ kind: z.literal("closed"), why: z.string() }),
  /** A call failed, with the library's code and its words for it. The program ends. */
  z.object({ kind: z.literal("failed"), call: z.string(), code: z.int().nullable(), words: z.string().nullable() }),
]);
export type GpuReport = z.infer<typeof gpuReportSchema>;
